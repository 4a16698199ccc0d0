package report

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/assay-bench/assay/analysis/internal/effect"
	"github.com/assay-bench/assay/analysis/internal/load"
	"github.com/assay-bench/assay/results"
)

// Options say where a report goes.
type Options struct {
	Out   string // Markdown file
	Plots string // folder of its pictures
}

// mostShown is the size up to which GitHub renders a Markdown file.
const mostShown = 512 << 10

// page is a report in the making.
type page struct {
	bytes.Buffer
	runs       []*load.Run
	studies    []*study
	capacities []*capacity
	pictures   map[string][]byte // by file name
	options    Options
	links      links
	problems   []error // what was passed over in writing
}

// Write makes the report of one or more bundles. Nothing is written if anything
// fails before the page is whole. Problems are what was passed over.
func Write(runs []*load.Run, o Options) (problems []error, err error) {
	p := &page{runs: runs, options: o, pictures: map[string][]byte{}}
	if p.links, err = newLinks(o); err != nil {
		return nil, err
	}
	slots := colours(runs)
	keys := map[string]int{}
	for _, run := range runs {
		problems = append(problems, run.Problems()...)
		for i := range run.Manifest.Scenarios {
			spec := &run.Manifest.Scenarios[i]
			key := spec.Name
			if keys[spec.Name]++; keys[spec.Name] > 1 {
				key = fmt.Sprintf("%s-%d", spec.Name, keys[spec.Name])
			}
			found, err := p.add(run, spec, key, slots)
			if err != nil {
				return problems, err
			}
			if !found {
				problems = append(problems, fmt.Errorf("scenario %s: no trial that counts", spec.Name))
			}
		}
	}
	// Blocks of different runs have nothing in common, so each run is a family.
	for _, run := range runs {
		var rows []*effect.Row
		for _, s := range p.studies {
			for i := range s.rows {
				if s.run == run {
					rows = append(rows, &s.rows[i])
				}
			}
		}
		effect.Adjust(rows)
	}
	if err := p.compose(); err != nil {
		return problems, err
	}
	err = p.save()
	return append(problems, p.problems...), err
}

// add computes one scenario. It reports whether any trial of it counts.
func (p *page) add(run *load.Run, spec *results.Scenario, key string, slots map[string]int) (bool, error) {
	if run.Searched(spec.Name) {
		c, err := newCapacity(run, spec, key, slots)
		if c != nil {
			p.capacities = append(p.capacities, c)
		}
		return c != nil, err
	}
	s, err := newStudy(run, spec, key, slots)
	if s != nil {
		p.studies = append(p.studies, s)
	}
	return s != nil, err
}

// compose writes the page in the order from answer to evidence to method.
func (p *page) compose() error {
	p.title()
	p.findings()
	if err := p.mainPlot(); err != nil {
		return err
	}
	p.answer()
	p.trust()
	p.claims()
	for _, s := range p.studies {
		if err := p.scenario(s); err != nil {
			return err
		}
	}
	for _, c := range p.capacities {
		if err := p.capacity(c); err != nil {
			return err
		}
	}
	if err := p.acrossLoads(); err != nil {
		return err
	}
	p.empty()
	if err := p.micro(); err != nil {
		return err
	}
	p.method()
	p.environment()
	p.reproduce()
	p.data()
	return nil
}

// empty names the scenarios of which nothing counts.
func (p *page) empty() {
	for _, run := range p.runs {
		for i := range run.Manifest.Scenarios {
			if name := run.Manifest.Scenarios[i].Name; len(run.Cells(name)) == 0 {
				p.line("## %s\n\nNo trial of this scenario counts: nothing to report.\n", name)
			}
		}
		for _, s := range run.Manifest.Skipped {
			p.line("## %s\n\nSkipped: %s.\n", s.Scenario, s.Why)
		}
	}
}

// line writes formatted text and a line end.
func (p *page) line(format string, args ...any) {
	fmt.Fprintf(p, format+"\n", args...)
}

// save writes the pictures and the page, and removes those pictures that the page
// before it showed and it does not. Others in the folder are not ours.
func (p *page) save() error {
	before, err := os.ReadFile(p.options.Out)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("write report: %w", err)
	}
	if err := os.MkdirAll(p.options.Plots, 0o755); err != nil {
		return fmt.Errorf("write report: %w", err)
	}
	for name, data := range p.pictures {
		if err := os.WriteFile(filepath.Join(p.options.Plots, name), data, 0o644); err != nil {
			return fmt.Errorf("write report: %w", err)
		}
	}
	text := strings.TrimRight(p.String(), "\n") + "\n"
	if len(text) > mostShown {
		p.problems = append(p.problems, fmt.Errorf("%s has %d KiB: GitHub shows what is above %d KiB as plain text", p.options.Out, len(text)>>10, mostShown>>10))
	}
	if err := results.WriteFile(p.options.Out, []byte(text)); err != nil {
		return fmt.Errorf("write report: %w", err)
	}
	shown := regexp.MustCompile(`"` + regexp.QuoteMeta(p.links.plots) + `/([a-z0-9-]+\.svg)"`)
	for _, m := range shown.FindAllSubmatch(before, -1) {
		name := string(m[1])
		if p.pictures[name] != nil {
			continue
		}
		if err := os.Remove(filepath.Join(p.options.Plots, name)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("write report: %w", err)
		}
	}
	return nil
}
