package self

import (
	"context"
	"fmt"
)

// sizes are two numbers of requests: memory must not grow from the first to the
// second. The difference in allocations is due to the additional requests.
var (
	sizes      = [2]uint64{10_000, 1_000_000}
	httpsSizes = [2]uint64{10_000, 110_000}
)

const (
	barGrowth = 1.1
	// barAllocations allows for histograms, which are allocated once per second and
	// not per request.
	barAllocations  = 0.01
	manyConnections = 10_000
	barConnections  = 200e6 // bytes
)

// memoryRound is what the generator takes for few requests and for many.
type memoryRound struct {
	Peak             [2]float64 `json:"peak_rss_bytes"`
	Allocations      float64    `json:"allocations_per_request"`
	HTTPSAllocations float64    `json:"https_allocations_per_request"`
}

// memorySection compares few requests with many: what grows between the two is kept for
// every request.
func memorySection() section {
	return section{
		name: "memory", measure: measureMemory, uses: []tool{toolNginx},
		has: func(f *Figures) bool { return len(f.Memory) > 0 }, rows: memoryRows,
	}
}

// measureMemory makes plain and encrypted loads. The peak is taken of the plain ones.
func measureMemory(ctx context.Context, b *Bench, f *Figures, round int) error {
	s, err := b.nginx(ctx, f)
	if err != nil {
		return err
	}
	defer s.Stop()
	var r memoryRound
	var plain, safe [2]uint64
	sizes, httpsSizes := sizes, httpsSizes
	if b.short {
		sizes, httpsSizes = [2]uint64{1000, 5000}, [2]uint64{1000, 5000}
	}
	err = inTurn(round,
		func() error { return b.many(ctx, f, s.plain, sizes, &plain, &r.Peak) },
		func() error { return b.many(ctx, f, s.safe, httpsSizes, &safe, nil) },
	)
	if err != nil {
		return err
	}
	// What a process allocates at its start is in both numbers and cancels out.
	slope := func(n [2]uint64, size [2]uint64) float64 {
		return (float64(n[1]) - float64(n[0])) / float64(size[1]-size[0])
	}
	r.Allocations, r.HTTPSAllocations = slope(plain, sizes), slope(safe, httpsSizes)
	f.Memory = append(f.Memory, r)
	return nil
}

// many makes a closed load of each size.
func (b *Bench) many(ctx context.Context, f *Figures, url string, size [2]uint64, mallocs *[2]uint64, peak *[2]float64) error {
	for i, n := range size {
		l, _, err := b.run(ctx, load{URL: url, Connections: connections, Requests: n})
		if err != nil {
			return err
		}
		if l.Result.Recorded != n {
			return fmt.Errorf("%d requests asked for, %d recorded", n, l.Result.Recorded)
		}
		f.Books.enter(&l)
		mallocs[i] = l.Mallocs
		if peak != nil {
			peak[i] = float64(l.Peak)
		}
	}
	return nil
}

// memoryRows has no bar for HTTPS: a test holds a lane to the allocations of
// crypto/tls.
func memoryRows(f *Figures) []row {
	small := over(f.Memory, func(r *memoryRound) float64 { return r.Peak[0] })
	large := over(f.Memory, func(r *memoryRound) float64 { return r.Peak[1] })
	growth := median(ratios(large, small))
	plain := median(over(f.Memory, func(r *memoryRound) float64 { return r.Allocations }))
	safe := median(over(f.Memory, func(r *memoryRound) float64 { return r.HTTPSAllocations }))
	return []row{
		{
			what: "generator memory, 1,000,000 requests against 10,000", bar: fmt.Sprintf("≤ %.1f ×", barGrowth),
			ours: fmt.Sprintf("%.2f × (%.1f, %.1f MB)", growth, median(large)/1e6, median(small)/1e6), verdict: judge(growth <= barGrowth),
		},
		{
			what: "allocations per request in a lane, plain", bar: "0",
			ours: fmt.Sprintf("%.3f", plain), verdict: judge(plain < barAllocations),
		},
		{what: "allocations per request in a lane, HTTPS: those of crypto/tls, by a test", ours: fmt.Sprintf("%.3f", safe)},
	}
}

// connectionsRound is what many connections take.
type connectionsRound struct {
	Peak   float64 `json:"peak_rss_bytes"`
	Opened uint64  `json:"opened"`
}

// connectionsSection is about the memory of connections that stay open.
func connectionsSection() section {
	return section{
		name: "connections", once: true, measure: measureConnections, uses: []tool{toolNginx},
		has: func(f *Figures) bool { return f.Connections != nil },
		rows: func(f *Figures) []row {
			c := f.Connections
			return []row{{
				what: fmt.Sprintf("generator memory, %d plain connections", c.Opened), bar: fmt.Sprintf("≤ %.0f MB", barConnections/1e6),
				ours: fmt.Sprintf("%.1f MB", c.Peak/1e6), verdict: judge(c.Peak <= barConnections && c.Opened >= manyConnections),
			}}
		},
	}
}

// measureConnections lets every connection carry a few requests.
func measureConnections(ctx context.Context, b *Bench, f *Figures, _ int) error {
	if limit := fileLimit(); limit < nginxFiles {
		return fmt.Errorf("%d connections need %d open files, and this system allows %d: raise `ulimit -Hn`", manyConnections, nginxFiles, limit)
	}
	s, err := b.nginx(ctx, f)
	if err != nil {
		return err
	}
	defer s.Stop()
	l, _, err := b.run(ctx, load{URL: s.url(), Connections: manyConnections, Requests: 5 * manyConnections})
	if err != nil {
		return err
	}
	if n := l.Result.Outcomes.OK; n != l.Wanted {
		return fmt.Errorf("%d of %d requests over %d connections were answered", n, l.Wanted, manyConnections)
	}
	f.Books.enter(&l)
	f.Connections = &connectionsRound{float64(l.Peak), l.Result.Connections}
	return nil
}
