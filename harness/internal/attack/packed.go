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
	cells  []packedCell
}

// packedCell is what was counted of one part of one target, for one outcome.
type packedCell struct {
	kind, part, outcome int
	bins                packedBins
}

// unpacked is one second of all books, by target.
type unpacked struct {
	key    int64
	warmup bool
	kinds  []cells[[]bin]
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
	var newest []packedBins // not unpacked until someone asks: few do
	begun := uint64(0)
	for kind, c := range s.cells {
		if c == nil {
			continue
		}
		for part := range c {
			for o, t := range c[part] {
				if t == nil {
					continue
				}
				if part == partService && r.cfg.whole(kind) {
					begun += t.total()
				}
				bins := t.take()
				p.cells = append(p.cells, packedCell{kind, part, o, bins})
				r.bytes += len(bins)
				free = append(free, t)
				if part == r.headlinePart() && Outcome(o) == OK && !s.warmup && s.key >= r.newestKey && r.cfg.whole(kind) {
					newest = append(newest, bins)
				}
			}
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
		r.newest = slices.Concat(r.newest, newest) // a new one: Live may read the old one
	default:
		r.newestKey, r.begun, r.newest = s.key, begun, newest
	}
}

// write adds the first count kept entries to the totals and to the log; those of one
// second are added together. It is called with out held.
func (r *recorder) write(count int) {
	one := results.NewHistogram()
	second := &unpacked{kinds: make([]cells[[]bin], r.cfg.kinds())}
	for i := 0; i < count; {
		end := r.sameKey(i)
		r.join(second, r.kept[i:end])
		r.writeSecond(second, one)
		i = end
	}
	r.kept = append(r.kept[:0], r.kept[count:]...)
}

// join combines in p what several books have of one second. The phases of p are those
// of the recorder, because each book numbers its own. The memory of p is used again: a
// load of many seconds would leave some megabytes of garbage.
func (r *recorder) join(p *unpacked, all []packed) {
	p.key, p.warmup = all[0].key, all[0].warmup
	for kind := range p.kinds {
		for part := range p.kinds[kind] {
			for o, bins := range p.kinds[kind][part] {
				p.kinds[kind][part][o] = bins[:0]
			}
		}
	}
	for i := range all {
		for _, c := range all[i].cells {
			to := c.part
			if c.part >= partPhases {
				if to = r.phase(all[i].phases[c.part-partPhases]); to < 0 {
					continue
				}
			}
			r.bytes -= len(c.bins)
			into := &p.kinds[c.kind][to][c.outcome]
			*into = c.bins.bins(*into)
		}
	}
}

// together is what several targets have together: those of which one is told.
func (p *unpacked) together(one func(kind int) bool) *cells[[]bin] {
	if len(p.kinds) == 1 {
		return &p.kinds[0]
	}
	var all cells[[]bin]
	for kind := range p.kinds {
		if !one(kind) {
			continue
		}
		for part := range p.kinds[kind] {
			for o, bins := range p.kinds[kind][part] {
				all[part][o] = append(all[part][o], bins...)
			}
		}
	}
	return &all
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

// writeSecond adds a second to the totals and to the log: first what all requests have
// together, or the flows, then each target.
func (r *recorder) writeSecond(p *unpacked, one *hdrhistogram.Histogram) {
	whole := p.together(r.cfg.whole)
	if !p.warmup && !r.cfg.closed() {
		start, _ := r.interval(p)
		sent := whole
		if r.cfg.Flow != nil {
			sent = p.together(r.cfg.sent)
		}
		p99 := func(part int) time.Duration { return percentile(slices.Concat(sent[part][:]...), 0.99) }
		r.lags = append(r.lags, SecondLag{start, p99(partLag), p99(partConnWait)})
	}
	r.writeCells(p, whole, "", &r.total, one)
	for kind, name := range r.cfg.Targets {
		if len(p.kinds) > 1 {
			r.writeCells(p, &p.kinds[kind], "@"+name, &r.targets[kind], one)
		}
	}
}

// writeCells adds what was counted in a second, of all requests or of a target, to its
// total and to the log.
func (r *recorder) writeCells(p *unpacked, c *cells[[]bin], suffix string, total *cells[*binTotal], one *hdrhistogram.Histogram) {
	start, end := r.interval(p)
	prefix := r.cfg.TagPrefix
	if p.warmup {
		prefix += "warmup."
	}
	for part := range c {
		for o, all := range c[part] {
			if len(all) == 0 {
				continue
			}
			if !p.warmup {
				total[part][o] = total[part][o].add(all)
			}
			if r.cfg.Log == nil || r.err != nil {
				continue
			}
			one.Reset()
			pour(one, all)
			r.err = r.cfg.Log.Write(results.Interval{
				Tag: prefix + results.PartOf(partName(part, r.phases), Outcome(o)) + suffix, Start: start, Length: end - start, Hist: one,
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
