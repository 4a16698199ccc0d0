package attack

import (
	"cmp"
	"slices"
	"time"

	"github.com/assay-bench/assay/results"
)

// mostBins bounds what is kept until the end of the attack: 32 MB, or some twenty
// minutes of it. In a longer one each second pays for an earlier one, but no second is
// written before one that is earlier: while a request hangs, more is kept.
const mostBins = 4 << 20

// packed is a second of which every request has ended.
type packed struct {
	key    int64
	warmup bool
	cells  cells[[]bin]
}

// packReady packs the seconds that have ended.
func (r *recorder) packReady() {
	r.out.Lock()
	defer r.out.Unlock()
	for {
		r.mu.Lock()
		all := r.ready
		r.ready = nil
		r.mu.Unlock()
		if len(all) == 0 {
			break
		}
		for _, s := range all {
			r.pack(s)
		}
	}
	r.mu.Lock()
	oldest := r.oldest()
	r.mu.Unlock()
	for r.bins > r.most && r.kept[0].key < oldest {
		r.write(1)
	}
}

// pack keeps what was counted in a second. It is called with out held, and takes
// mu itself.
func (r *recorder) pack(s *second) {
	p := packed{key: s.key, warmup: s.warmup}
	var free []*tally
	begun := uint64(0)
	for part := range s.cells {
		for o, t := range s.cells[part] {
			if t == nil {
				continue
			}
			all := t.take()
			p.cells[part][o] = all
			r.bins += len(all)
			free = append(free, t)
			if part == partService {
				for _, b := range all {
					begun += uint64(b.count)
				}
			}
		}
	}
	at, _ := slices.BinarySearchFunc(r.kept, p.key, func(k packed, key int64) int { return cmp.Compare(k.key, key) })
	r.kept = slices.Insert(r.kept, at, p) // mostly at the end
	r.mu.Lock()
	defer r.mu.Unlock()
	r.free = append(r.free, free...)
	if !s.warmup && s.key >= r.newestKey {
		r.newestKey, r.begun, r.newest = s.key, begun, p.cells[r.headlinePart()][OK]
	}
}

// write adds the first seconds that are kept to the totals and to the log. It is
// called with out held.
func (r *recorder) write(seconds int) {
	r.mu.Lock()
	phases := r.phases
	r.mu.Unlock()
	one := results.NewHistogram()
	for i := range seconds {
		p := &r.kept[i]
		start, end := r.interval(p)
		prefix := r.cfg.TagPrefix
		if p.warmup {
			prefix += "warmup."
		}
		for part := range p.cells {
			for o, all := range p.cells[part] {
				if len(all) == 0 {
					continue
				}
				r.bins -= len(all)
				if !p.warmup {
					r.addTotal(part, o, all)
				}
				if r.cfg.Log == nil || r.err != nil {
					continue
				}
				one.Reset()
				pour(one, all)
				r.err = r.cfg.Log.Write(results.Interval{
					Tag: prefix + results.PartOf(partName(part, phases), Outcome(o)), Start: start, Length: end - start, Hist: one,
				})
			}
		}
	}
	r.kept = append(r.kept[:0], r.kept[seconds:]...)
}

// interval is the second of the attack, or what of it is warm-up or is not.
func (r *recorder) interval(p *packed) (start, end time.Duration) {
	start = time.Duration(p.key/2) * time.Second
	end = start + time.Second
	if p.warmup {
		return start, min(end, r.window.start)
	}
	return max(start, r.window.start), end
}

func (r *recorder) addTotal(part, o int, all []bin) {
	t := &r.total[part][o]
	if *t == nil {
		*t = results.NewHistogram()
	}
	pour(*t, all)
}
