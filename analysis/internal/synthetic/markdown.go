package synthetic

import (
	"bytes"
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/assay-bench/assay/analysis/internal/rates"
	"github.com/assay-bench/assay/analysis/internal/table"
	"github.com/assay-bench/assay/internal/looks"
)

// Part is the name of the generated part of a page, see package inpage.
const Part = "simulated"

// Most is the largest number of checks of a kind.
const Most = 3000

// Markdown writes the tables of all sections.
func (rs Records) Markdown() string {
	var b bytes.Buffer
	checks, other := 0, 0
	present := Rule()
	for _, c := range Cells() {
		r := rs[c.Name()]
		checks += r.Checks
		if r.Checks > 0 && r.Rule != present {
			other++
		}
	}
	fmt.Fprintf(&b, "%d checks of random numbers, whose truth is known, judged by the present rule and, on the same values, by that of the first version. "+
		"Every row has a margin of 5 %%, scenarios have three rows, and ρ is the correlation of the rows of a scenario within a trial. CV is the spread of a trial. Rates are in per cent, with their 95 %% intervals by Clopper and Pearson. "+
		"In the first version the copy of base was a control only, there were two looks (2 %% after ten blocks, 3 %% after twenty), and the second replaced a regression of the first.\n", checks)
	if other > 0 {
		fmt.Fprintf(&b, "\n**%d kinds of these checks were judged by another rule than the present one.** `make bench-gate` makes them anew.\n", other)
	}
	rs.level(&b)
	rs.power(&b)
	rs.mixtures(&b)
	rs.shapes(&b)
	return b.String()
}

// of returns the record of a cell.
func (rs Records) of(s Section, w World, once int) Record {
	return rs[Cell{Section: s, World: w, Once: once}.Name()]
}

// write writes a table, if it has a row.
func write(b *bytes.Buffer, t *table.Table) {
	if len(t.Rows) > 0 {
		_ = t.Markdown(b) // a bytes.Buffer does not fail
	}
}

// level writes how often checks without a change are called a regression.
func (rs Records) level(b *bytes.Buffer) {
	fmt.Fprintf(b, "\n**Nothing changed: how often a check is called a regression**, over all of its looks and rows. Asked is at most %g %%, with an interval that ends at %g %% or below. Behind the stroke stands the rate of the first version's rule.\n\n",
		100*mostFalse, 100*mostFalseUpper)
	cell := func(w World) string {
		r := rs.of(Level, w, 0)
		if r.Checks == 0 {
			return "–"
		}
		return fmt.Sprintf("%s of %d / %s", rate(r.Now.Regression, r.Checks).Percent(), r.Checks, short(r.First.Regression, r.Checks))
	}
	t := table.Table{Head: []string{"noise", "CV, %", "rows", "copies of base"}}
	for _, shared := range levelShared {
		t.Head = append(t.Head, fmt.Sprintf("ρ = %g", shared))
	}
	for _, n := range levelNoises {
		for _, rows := range levelRows {
			row := []string{string(n.noise), percent(n.cv), strconv.Itoa(rows), string(EveryCopy)}
			for _, shared := range levelShared {
				row = append(row, cell(World{Rows: rows, Noise: n.noise, CV: n.cv, Shared: shared, Copies: EveryCopy}))
			}
			t.Add(row...)
		}
		for _, copies := range []Copies{SomeCopy, NoCopy} {
			row := []string{string(n.noise), percent(n.cv), strconv.Itoa(nine), string(copies)}
			for _, shared := range levelShared {
				if shared != usualShared {
					row = append(row, "")
					continue
				}
				row = append(row, cell(World{Rows: nine, Noise: n.noise, CV: n.cv, Shared: shared, Copies: copies}))
			}
			t.Add(row...)
		}
	}
	write(b, &t)
	fmt.Fprintf(b, "\n%s\n", rs.levelResult())
}

// levelResult sums up how the cells without a change do.
func (rs Records) levelResult() string {
	count := map[outcome]int{}
	var highest rates.Rate
	where := ""
	for _, c := range Cells() {
		if c.Section != Level {
			continue
		}
		r := rs[c.Name()]
		this := rate(r.Now.Regression, r.Checks)
		count[atMost(this, mostFalse, mostFalseUpper)]++
		if r.Checks > 0 && (highest.Of == 0 || this.Value() > highest.Value()) {
			highest, where = this, strings.TrimPrefix(c.Name(), string(Level)+": ")
		}
	}
	if highest.Of == 0 {
		return "None of these checks was made."
	}
	text := fmt.Sprintf("Asked and met in %d of %d kinds", count[met], count[met]+count[missed]+count[open])
	if n := count[missed]; n > 0 {
		text += fmt.Sprintf(", **missed in %d**", n)
	}
	if n := count[open]; n > 0 {
		text += fmt.Sprintf(", and not shown in %d, for want of checks", n)
	}
	return text + fmt.Sprintf(". The highest rate is %s: %s.", highest.Percent(), where)
}

// power writes what checks find, and after how many blocks.
func (rs Records) power(b *bytes.Buffer) {
	fmt.Fprintf(b, "\n**What is found, and after how many blocks**: nine rows, normal noise, ρ = %g. The change is in one row, unless the line says otherwise. \"First\" is the first version's rule on the same values.\n\n", usualShared)
	t := table.Table{
		Head: []string{"true change", "CV, %", "copies of base", "checks", "pass", "regression", "blocks", "first: pass", "regression", "blocks", "asked", ""},
		Left: map[int]bool{2: true, 10: true, 11: true},
	}
	for _, c := range Cells() {
		r := rs[c.Name()]
		if c.Section != Power || r.Checks == 0 {
			continue
		}
		change := "none"
		if e := c.World.Effect; e != 0 {
			change = fmt.Sprintf("%+g %%", round(100*e))
		}
		if c.World.All {
			change += " in all rows"
		}
		what, became := c.asked(r)
		t.Add(change, percent(c.World.CV), string(c.World.Copies), strconv.Itoa(r.Checks),
			rate(r.Now.Pass, r.Checks).Percent(), rate(r.Now.Regression, r.Checks).Percent(), blocks(r.Now, r.Checks),
			short(r.First.Pass, r.Checks), short(r.First.Regression, r.Checks), blocks(r.First, r.Checks), what, string(became))
	}
	write(b, &t)
}

// mixtures writes how often builds pass of which some starts are bad.
func (rs Records) mixtures(b *bytes.Buffer) {
	b.WriteString("\n**Builds of which a share q of the starts is slow**, in three of nine rows, without copies. They are to pass in at most (1−q)ⁿ of their checks, in which no start was slow, and three points more, where n is the number of blocks at the pass.\n\n")
	t := table.Table{
		Head: []string{"slow starts", "CV, %", "looks", "checks", "pass", "at most", "", "regression", "first: pass", "regression"},
		Left: map[int]bool{2: true, 6: true},
	}
	for _, c := range Cells() {
		r := rs[c.Name()]
		if c.Section != Mixtures || r.Checks == 0 {
			continue
		}
		w := c.World
		n, when := c.Once, fmt.Sprintf("once, after %d", c.Once)
		if n == 0 {
			n, when = looks.FirstPass(), "all"
		}
		most := math.Pow(1-w.Bad, float64(n)) + 0.03
		passed := rate(r.Now.Pass, r.Checks)
		t.Add(fmt.Sprintf("%g %% of starts × %g", round(100*w.Bad), w.Slow), percent(w.CV), when, strconv.Itoa(r.Checks),
			passed.Percent(), strconv.FormatFloat(100*most, 'f', 1, 64), string(atMost(passed, most, 1)), short(r.Now.Regression, r.Checks),
			short(r.First.Pass, r.Checks), short(r.First.Regression, r.Checks))
	}
	write(b, &t)
}

// shapes writes what noise of other shapes does.
func (rs Records) shapes(b *bytes.Buffer) {
	fmt.Fprintf(b, "\n**Noise of other shapes**, one look after ten blocks, without copies: each line is 9 rows and 30, with all ten blocks and with eight of them. Without a change the level of this look is 2 %%; a true loss of %g %% in one row is never to pass. Outliers are eight times as wide; Cauchy has neither mean nor variance.\n\n", 100*shapeEffect)
	t := table.Table{
		Head: []string{"noise", "CV, %", "checks", "nothing changed: regression", "the highest of the four", fmt.Sprintf("%+g %%: pass", 100*shapeEffect), "regression", "first: false regression", fmt.Sprintf("%+g %%: pass", 100*shapeEffect)},
	}
	for _, noise := range shapeNoises {
		for _, cv := range shapeCVs {
			var none, changed Record
			var highest rates.Rate
			for _, rows := range shapeRows {
				for _, lost := range []int{0, 2} {
					w := World{Rows: rows, Noise: noise, CV: cv, Shared: usualShared, Copies: NoCopy, Lost: lost}
					r := rs.of(Shapes, w, looks.FirstPass())
					none.sum(r)
					if one := rate(r.Now.Regression, r.Checks); one.Of > 0 && (highest.Of == 0 || one.Value() > highest.Value()) {
						highest = one
					}
					w.Effect = shapeEffect
					changed.sum(rs.of(Shapes, w, looks.FirstPass()))
				}
			}
			if none.Checks == 0 || changed.Checks == 0 {
				continue
			}
			t.Add(string(noise), percent(cv), fmt.Sprintf("%d + %d", none.Checks, changed.Checks), rate(none.Now.Regression, none.Checks).Percent(), highest.Percent(),
				rate(changed.Now.Pass, changed.Checks).Percent(), short(changed.Now.Regression, changed.Checks),
				short(none.First.Regression, none.Checks), short(changed.First.Pass, changed.Checks))
		}
	}
	write(b, &t)
	b.WriteString("\n`make bench-gate` makes these checks and keeps their counts in `results/gate` (`simulated.jsonl`, `situations.jsonl`, `benchstat.json`); this part of the page is made from there by\n\n" +
		"```sh\nbin/assay simulate results/gate --checks 0 --into analysis/GATE.md\n```\n")
}

// sum adds the counts of another record.
func (r *Record) sum(o Record) {
	r.Checks += o.Checks
	r.Now.sum(o.Now)
	r.First.sum(o.First)
}

func rate(hits, of int) rates.Rate { return rates.Rate{Hits: hits, Of: of} }

// short is a rate in per cent without its interval.
func short(hits, of int) string {
	return strconv.FormatFloat(100*rate(hits, of).Value(), 'f', 1, 64)
}

// blocks is the mean number of blocks of a check.
func blocks(t Tally, checks int) string {
	return strconv.FormatFloat(float64(t.Blocks)/float64(checks), 'f', 1, 64)
}

// percent is a share in per cent, as short as it is exact.
func percent(share float64) string { return fmt.Sprintf("%g", round(100*share)) }
