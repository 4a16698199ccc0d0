package report

import (
	"fmt"
	"maps"
	"math"
	"slices"

	"github.com/assay-bench/assay/analysis/internal/load"
	"github.com/assay-bench/assay/analysis/internal/report/format"
	"github.com/assay-bench/assay/analysis/internal/report/words"
	"github.com/assay-bench/assay/results"
)

// noiseWarning is the foreign load or steal above which the page warns, in CPUs. Five per
// cent of a CPU is below what the harness voids blocks for and still worth knowing.
const noiseWarning = 0.05

// placementCheck asks whether server and generator had CPUs, or hosts, of their own.
func placementCheck(run *load.Run) check {
	if t := run.Manifest.Topology; apart(run.Manifest) {
		if slices.ContainsFunc(t.Hosts, func(h results.TopologyHost) bool { return h.Role == results.RoleServer }) {
			return check{"CPU placement", "server on its own host", good}
		}
		return check{"CPU placement", "generators on hosts of their own; where the server runs is not known, because it already ran", unknown}
	}
	h := run.Manifest.Host
	trials := run.Valid()
	shared, in := 0, map[string]bool{}
	for _, trial := range trials {
		if !placed(trial) {
			shared++
			in["`"+trial.Scenario+"`"] = true
		}
	}
	// Where nothing at all was placed, that is the limit of the whole run and needs no
	// list of scenarios.
	if len(h.ServerCPUs) == 0 || len(h.GeneratorCPUs) == 0 || shared > 0 && shared == len(trials) {
		return check{"CPU placement", "server and generator share all CPUs", caution}
	}
	figure := fmt.Sprintf("server on %s (number %s), generator on others (number %s)", words.Plural(len(h.ServerCPUs), "CPU"), cpus(h.ServerCPUs), cpus(h.GeneratorCPUs))
	if shared > 0 {
		return check{"CPU placement", fmt.Sprintf("%s; in %s of %s, of %s, they share all CPUs", figure, format.Count(shared), words.Plural(len(trials), "trial"), words.List(slices.Sorted(maps.Keys(in)))), caution}
	}
	return check{"CPU placement", figure, good}
}

// placed tells whether a trial's servers had CPUs of their own. A server that ran
// before the trial, and so has no end in it, is not the harness's to place.
func placed(trial results.Trial) bool {
	return !slices.ContainsFunc(trial.Servers, func(s results.ServerResult) bool { return s.Exit != "" && len(s.CPUs) == 0 })
}

// noiseCheck looks at what other programs and other machines took of the CPUs.
func noiseCheck(run *load.Run) check {
	var foreign, steal []float64
	for _, trial := range run.Valid() {
		if trial.Host.Foreign != nil {
			foreign = append(foreign, *trial.Host.Foreign)
		}
		if trial.Host.Steal != nil {
			steal = append(steal, *trial.Host.Steal)
		}
	}
	if len(foreign)+len(steal) == 0 {
		return check{"foreign load", "not recorded on this machine", unknown}
	}
	// The worst trial counts, and not the mean: one disturbed trial can carry a wrong
	// conclusion. Both values are in CPUs: 0.05 is a twentieth of one CPU.
	f, s := worst(foreign), worst(steal)
	verdict := good
	if f > noiseWarning || s > noiseWarning {
		verdict = caution
	}
	limit, quota := noiseSettings(run)
	return check{"foreign load", fmt.Sprintf("worst trial: %s of a CPU by other programs%s, %s stolen%s", format.Percent(f), limit, format.Percent(s), quota), verdict}
}

// noiseSettings says which foreign load the run allowed, and how long threads waited for
// the CPU quota of their control group. Both are empty for bundles that recorded neither.
func noiseSettings(run *load.Run) (limit, quota string) {
	allowed := run.Manifest.ForeignLimit
	if allowed == 0 {
		return "", ""
	}
	limit = fmt.Sprintf(" (limit %.6g %%)", 100*allowed)
	var throttled []float64
	for _, trial := range run.Valid() {
		if t := trial.Host.Throttled; t != nil {
			throttled = append(throttled, *t)
		}
	}
	switch {
	case len(throttled) == 0:
		return limit, "; waits for a CPU quota not visible"
	case worst(throttled) == 0:
		return limit, "; no waits for a CPU quota"
	}
	return limit, fmt.Sprintf("; %s of the time waited for a CPU quota", format.Percent(worst(throttled)))
}

// worst is the highest value, NaN if there is none.
func worst(v []float64) float64 {
	if len(v) == 0 {
		return math.NaN()
	}
	w := v[0]
	for _, x := range v {
		w = max(w, x)
	}
	return w
}
