package report

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/assay-bench/assay/analysis/internal/report/format"
	"github.com/assay-bench/assay/analysis/internal/report/words"
	"github.com/assay-bench/assay/analysis/internal/table"
	"github.com/assay-bench/assay/internal/plain"
	"github.com/assay-bench/assay/results"
)

// environment names the machine here, and lists everything known about it in a room of its
// own.
func (r *report) environment() error {
	if len(r.Runs) == 0 {
		return nil
	}
	p, err := r.room(machineRoom, "Environment", nil)
	if err != nil {
		return err
	}
	r.Line("## Environment\n")
	for i, run := range r.Runs {
		if len(r.Runs) > 1 {
			p.Line("## Run %d\n", i+1)
		}
		t := table.Table{Head: []string{"", ""}, Left: map[int]bool{1: true}}
		for _, f := range facts(run.Manifest) {
			if f[1] != "" {
				t.Add(f[0], f[1])
			}
		}
		p.Table(&t)
		if apart(run.Manifest) {
			p.Line("The machine above is the host that led the run. Servers and generators were on the hosts below.\n")
		}
		hosts(p, run.Manifest, run.Valid())
	}
	var machines []string
	for _, run := range r.Runs {
		if m := machineWords(run.Manifest.Host); !slices.Contains(machines, m) {
			machines = append(machines, m)
		}
	}
	for _, run := range r.Runs {
		if text := topologyWords(run.Manifest.Topology); text != "" {
			r.Line("%s\n", plain.Prose(text))
		}
	}
	r.Line("%s. [Machine, kernel, Go, settings and binaries in full](%s).\n", plain.Prose(words.List(machines)), r.To(p))
	return nil
}

// facts lists what the manifest says of the machine, of the build and of the time, in
// pairs of a name and a value. A value that was not recorded is empty.
func facts(m *results.Manifest) [][2]string {
	f := append(machineFacts(m), buildFacts(m)...)
	f = append(f, [2]string{"started", moment(m.Started)})
	if !m.Ended.IsZero() {
		f = append(f, [2]string{"ended", moment(m.Ended)})
	}
	return f
}

// moment prints a time in UTC, so that the page is the same in every time zone.
func moment(t time.Time) string { return t.UTC().Format("2006-01-02 15:04:05 UTC") }

// machineFacts are what the run found of its machine before it began, in the units in
// which people speak of them.
func machineFacts(m *results.Manifest) [][2]string {
	h, procs := m.Host, fmt.Sprint(m.Host.GOMAXPROCS)
	if apart(m) {
		procs = "" // of the program that led the run, which sent nothing
	}
	f := [][2]string{
		{"CPU", h.CPUModel},
		{"CPUs in use", cpus(h.CPUs)},
		{"CPUs that share a core", strings.Join(h.Siblings, "; ")},
		{"hosts", m.Topology.Label()},
		placedOn(m, "server", h.ServerCPUs),
		placedOn(m, "generator", h.GeneratorCPUs),
		{"governor", h.Governor},
		{"turbo", h.Turbo},
		{"idle CPUs", h.IdleCPUs},
		{"answers are stamped", h.AnswerStamps},
		{"system", strings.TrimSpace(h.OS + "/" + h.Arch + " " + h.Kernel)},
		{"virtualisation", h.Virtualisation},
		{"clock source", h.ClockSource},
		{"cgroup CPU", h.CgroupCPU},
		{"cgroup memory", h.CgroupMemory},
		{"Go", h.GoVersion},
		{"GOMAXPROCS of the generator", procs},
		{"tool", m.Tool},
	}
	if h.MemoryBytes > 0 {
		f = append(f, [2]string{"memory", format.Fixed(float64(h.MemoryBytes)/(1<<30), 1) + " GiB"})
	}
	if h.FileLimit > 0 {
		f = append(f, [2]string{"open files", format.Count(h.FileLimit)})
	}
	if h.LoadAverage != nil {
		f = append(f, [2]string{"load average before", format.Fixed(*h.LoadAverage, 2)})
	}
	for i := range f {
		f[i][1] = plain.Prose(f[i][1])
	}
	return f
}

// buildFacts identify what was run: the commit, and the hashes of programs and scenario
// files. Two runs with the same hashes ran the same programs on the same inputs.
func buildFacts(m *results.Manifest) (f [][2]string) {
	if m.Git.Commit != "" {
		commit := plain.Code(m.Git.Commit)
		if m.Git.Dirty {
			commit += " with changes that are in no commit"
		}
		f = append(f, [2]string{"commit", commit})
	}
	for _, b := range m.Binaries {
		f = append(f, [2]string{"SHA-256 of " + plain.Code(filepath.Base(b.Path)), plain.Code(b.SHA256)})
	}
	for _, s := range m.Scenarios {
		f = append(f, [2]string{"SHA-256 of " + plain.Code(s.File), plain.Code(s.SHA256)})
	}
	return f
}

// placedOn says where a side ran: on some CPUs of this machine, or on hosts of its own.
func placedOn(m *results.Manifest, side string, ids []int) [2]string {
	if apart(m) {
		return [2]string{side, "on its own host, with all CPUs of it"}
	}
	return [2]string{side + " on CPUs", cpus(ids)}
}

// apart reports whether the run had hosts beside the one that led it.
func apart(m *results.Manifest) bool { return m.Topology != nil && m.Topology.Engine != "local" }

// cpus lists the numbers of CPUs.
func cpus(ids []int) string {
	var s []string
	for _, id := range ids {
		s = append(s, fmt.Sprint(id))
	}
	return words.List(s)
}
