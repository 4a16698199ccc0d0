package attack

import (
	"cmp"
	"slices"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"

	"github.com/assay-bench/assay/results"
)

// mostPacked limits how many bytes of packed bins are kept until the end of the attack,
// about an hour. In a longer attack, for each second an earlier one is written. Seconds
// are written in order, so more are kept while a request hangs.
const mostPacked = 32 << 20

// packed is one second of a book, in which every request has ended.
type packed struct {
	key    int64
	warmup bool
	phases []string // phases of the book
	cells  cells[packedBins]
}

// unpacked is one second of all books.
type unpacked struct {
	key    int64
	warmup bool
	cells  cells[[]bin]
}

// packReady packs the seconds of a book whose requests have all ended.
func (r *recorder) packReady(b *book) {
	r.out.Lock()
	defer r.out.Unlock()
	for {
		b.mu.Lock()
		all := b.ready
		b.ready = nil
		b.mu.Unlock()
		if len(all) == 0 {
			break
		}
		for _, s := range all {
			r.pack(b, s)
		}
	}
	b.mu.Lock()
	b.tell()
	b.mu.Unlock()
	oldest := b.oldest.Load()
	for _, other := range r.books {
		oldest = min(oldest, other.oldest.Load())
	}
	for r.bytes > r.most && r.kept[0].key < oldest {
		r.write(r.sameKey(0))
	}
}

// sameKey returns the end of the kept entries that belong to the same second as the
// one at i.
func (r *recorder) sameKey(i int) (end int) {
	for end = i + 1; end < len(r.kept) && r.kept[end].key == r.kept[i].key; end++ {
	}
	return end
}

// pack keeps what was counted in a second. It is called with out held, and locks the
// book itself.
func (r *recorder) pack(b *book, s *second) {
	p := packed{key: s.key, warmup: s.warmup, phases: b.phases}
	var free []*tally
	begun := uint64(0)
	for part := range s.cells {
		for o, t := range s.cells[part] {
			if t == nil {
				continue
			}
			if part == partService {
				begun += t.total()
			}
			p.cells[part][o] = t.take()
			r.bytes += len(p.cells[part][o])
			free = append(free, t)
		}
	}
	at, _ := slices.BinarySearchFunc(r.kept, p.key, func(k packed, key int64) int { return cmp.Compare(k.key, key) })
	r.kept = slices.Insert(r.kept, at, p) // mostly at the end
	b.mu.Lock()
	b.free = append(b.free, free...)
	b.mu.Unlock()
	switch {
	case s.warmup || s.key < r.newestKey:
	case s.key == r.newestKey: // of another lane
		r.begun += begun
		r.newest = append(r.newest, p.cells[r.headlinePart()][OK].bins()...)
	default:
		r.newestKey, r.begun, r.newest = s.key, begun, p.cells[r.headlinePart()][OK].bins()
	}
}

// write adds the first count kept entries to the totals and to the log; those of one
// second are added together. It is called with out held.
func (r *recorder) write(count int) {
	one := results.NewHistogram()
	for i := 0; i < count; {
		end := r.sameKey(i)
		r.writeSecond(r.join(r.kept[i:end]), one)
		i = end
	}
	r.kept = append(r.kept[:0], r.kept[count:]...)
}

// join combines what several books have of one second. Its phases are those of the
// recorder, because each book numbers its own.
func (r *recorder) join(all []packed) *unpacked {
	p := &unpacked{key: all[0].key, warmup: all[0].warmup}
	for i := range all {
		for part := range all[i].cells {
			to := part
			if part >= partPhases {
				if part-partPhases >= len(all[i].phases) {
					break
				}
				if to = r.phase(all[i].phases[part-partPhases]); to < 0 {
					continue
				}
			}
			for o, more := range all[i].cells[part] {
				r.bytes -= len(more)
				p.cells[to][o] = append(p.cells[to][o], more.bins()...)
			}
		}
	}
	return p
}

// phase returns the index of a phase among those of all books, or a negative number
// if there is none.
func (r *recorder) phase(name string) int {
	i := slices.Index(r.phases, name)
	if i < 0 && len(r.phases) < maxPhases {
		r.phases, i = append(r.phases, name), len(r.phases)
	}
	if i < 0 {
		return -1
	}
	return partPhases + i
}

func (r *recorder) writeSecond(p *unpacked, one *hdrhistogram.Histogram) {
	start, end := r.interval(p)
	prefix := r.cfg.TagPrefix
	if p.warmup {
		prefix += "warmup."
	} else if !r.cfg.closed() {
		r.lags = append(r.lags, SecondLag{start, percentile(slices.Concat(p.cells[partLag][:]...), 0.99)})
	}
	for part := range p.cells {
		for o, all := range p.cells[part] {
			if len(all) == 0 {
				continue
			}
			if !p.warmup {
				r.addTotal(part, o, all)
			}
			if r.cfg.Log == nil || r.err != nil {
				continue
			}
			one.Reset()
			pour(one, all)
			r.err = r.cfg.Log.Write(results.Interval{
				Tag: prefix + results.PartOf(partName(part, r.phases), Outcome(o)), Start: start, Length: end - start, Hist: one,
			})
		}
	}
}

// interval returns the second of the attack, or the part of it that is (or is not)
// warm-up.
func (r *recorder) interval(p *unpacked) (start, end time.Duration) {
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
