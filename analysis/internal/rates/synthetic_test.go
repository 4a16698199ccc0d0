package rates

import (
	"math"
	"math/rand/v2"
	"strconv"

	"github.com/assay-bench/assay/analysis/internal/compare"
	"github.com/assay-bench/assay/results"
)

// synthetic makes recordings out of nothing: so many checks of each kind, whose
// trials have 2 % noise. The numbers stand for no machine.
func synthetic(aa, slow, load int) Recordings {
	rec := Recordings{Machine: Machine{
		Commit: "0123456789abcdef0123456789abcdef01234567",
		Host:   results.Host{OS: "linux", Arch: "amd64", Kernel: "6.1.0", CPUModel: "Example CPU", CPUs: []int{0, 1}, GoVersion: "go1.26.0"},
	}}
	r := rand.New(rand.NewPCG(1, 2))
	for _, kind := range []struct {
		name   string
		n      int
		factor float64
	}{{KindAA, aa, 1}, {KindSlow, slow, 1.1}, {KindLoad, load, 1}} {
		for i := range kind.n {
			rec.Checks = append(rec.Checks, check(r, kind.name, i+1, kind.factor))
		}
	}
	return rec
}

func check(r *rand.Rand, kind string, number int, factor float64) Check {
	c := Check{Name: kind + "-" + strconv.Itoa(number), Kind: kind, Planned: 10, Base: "a", Head: "a"}
	if kind == KindSlow {
		c.Exit, c.Planned, c.Head = 1, 20, "b"
	}
	const open, closed = "HTTP/scenario=gate-open-1", "HTTP/scenario=gate-closed-1"
	c.Rows = []Row{
		{Name: open, Unit: "p50-sec", Family: compare.FamilyHTTP, Better: "lower", Margin: 0.05},
		{Name: open, Unit: "p99-sec", Family: compare.FamilyHTTP, Better: "lower", Margin: 0.10},
		{Name: open, Unit: "within-slo-ratio", Family: compare.FamilyHTTP, Better: "higher", Share: true, Margin: 0.01},
		{Name: closed, Unit: "goodput/s", Family: compare.FamilyHTTP, Better: "higher", Margin: 0.05},
		{Name: "Parse-2", Unit: "sec/op", Family: compare.FamilyMicro, Better: "lower", Margin: 0.05},
	}
	level := math.Exp(0.05 * r.NormFloat64())
	noisy := func(v, spread float64) float64 { return level * v * math.Exp(spread*r.NormFloat64()) }
	for block := 1; block <= c.Planned; block++ {
		for i := range c.Rows {
			row := &c.Rows[i]
			row.Blocks = append(row.Blocks, block)
			value := func(f float64) float64 {
				switch row.Unit {
				case "p50-sec":
					return noisy(0.006*f, 0.01)
				case "p99-sec":
					return noisy(0.009*f, 0.02)
				case "within-slo-ratio":
					return 1 - 0.002*r.Float64()
				case "goodput/s":
					return noisy(2600/f, 0.01)
				}
				return noisy(1e-6, 0.01)
			}
			row.Base, row.Head = append(row.Base, value(1)), append(row.Head, value(factor))
			if row.Name == open {
				row.Again = append(row.Again, value(1))
			}
		}
	}
	if kind == KindLoad {
		for range 5 {
			c.Loaded = append(c.Loaded, Trial{Name: open, Values: map[string]float64{
				"p50-sec": noisy(0.0065, 0.1), "p99-sec": noisy(0.020, 0.3), "within-slo-ratio": 0.97,
			}})
		}
	}
	return c
}
