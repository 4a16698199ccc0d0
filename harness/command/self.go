package command

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/assay-bench/assay/harness/internal/host"
	"github.com/assay-bench/assay/harness/internal/knownanswer"
	"github.com/assay-bench/assay/harness/internal/self"
	"github.com/assay-bench/assay/internal/inpage"
	"github.com/assay-bench/assay/results"
)

// benchSelfCommand stands behind `make bench-self`, which gives it the programs. With
// --from nothing is measured: tables of several measurements can be joined on another
// machine.
func benchSelfCommand() *cobra.Command {
	b := &self.Bench{}
	var o selfOutput
	var from []string
	c := &cobra.Command{
		Use:    "bench-self",
		Short:  "Measure the generator beside vegeta and wrk (used by make bench-self)",
		Hidden: true,
		Args:   noArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			if len(from) > 0 {
				f, err := joinFigures(from)
				if err != nil {
					return err
				}
				return o.write(c.OutOrStdout(), f)
			}
			if err := o.check(); err != nil {
				return err
			}
			b.Progress = c.ErrOrStderr()
			f, err := measureSelf(c.Context(), b)
			if f == nil {
				return err
			}
			// What was measured until something failed is shown all the same.
			if len(f.Failures) > 0 {
				err = errors.Join(err, errors.New("bench-self: some figures could not be measured: they are named below the table"))
			}
			return errors.Join(o.write(c.OutOrStdout(), f), err)
		},
	}
	f := c.Flags()
	f.StringVar(&b.Vegeta, "vegeta", "vegeta", "vegeta's `PROGRAM`")
	f.StringVar(&b.Wrk, "wrk", "wrk", "wrk's `PROGRAM`")
	f.StringVar(&b.Nginx, "nginx", "nginx", "nginx's `PROGRAM`")
	f.IntVar(&b.Rounds, "rounds", 5, "interleaved rounds")
	f.StringSliceVar(&b.Only, "only", nil, "measure these `ROWS` alone: "+strings.Join(self.Names(), ", "))
	f.StringVar(&o.figures, "figures", "", "write what was measured to this `FILE`, as JSON")
	f.BoolVar(&o.json, "json", false, "print the figures as JSON instead of the table")
	f.StringVar(&o.into, "into", "", "write the table into this `PAGE` instead, between its markers")
	f.StringSliceVar(&from, "from", nil, "measure nothing, and take the `FILES` that --figures wrote, each of other rows")
	c.MarkFlagsMutuallyExclusive("json", "into")
	return c
}

// measureSelf takes the machine for one measurement. The figures are nil if nothing
// could begin. With an error they may hold what was measured before it.
func measureSelf(ctx context.Context, b *self.Bench) (*self.Figures, error) {
	if err := b.Find(); err != nil {
		return nil, err
	}
	placement := host.Place()
	if len(placement.Server) == 0 || len(placement.Generator) == 0 {
		return nil, errors.New("bench-self: servers and tools need a CPU each, and this process may use one only")
	}
	// One CPU each, whatever the machine has: a figure is that of one core.
	placement.Server, placement.Generator = placement.Server[:1], placement.Generator[:1]
	machine, err := host.Lock()
	if err != nil {
		return nil, err
	}
	defer machine.Release()
	exe, err := os.Executable()
	if err != nil {
		return nil, fmt.Errorf("find this program, to start it: %w", err)
	}
	if err := host.Settle(placement); err != nil {
		return nil, err
	}
	b.Servers = knownanswer.Place{Executable: exe, Placement: placement}
	return b.Run(ctx)
}

// pages is how the page with the table is read and written.
func pages() inpage.Files {
	return inpage.Files{Read: results.ReadRegular, Write: results.WriteFile}
}

// selfPart is the part of a page that has the table.
const selfPart = "bench-self"

// selfOutput says where figures go.
type selfOutput struct {
	figures, into string
	json          bool
}

// check finds out before a long measurement whether the page can take the table.
func (o *selfOutput) check() error {
	if o.into == "" {
		return nil
	}
	return pages().Check(o.into, selfPart)
}

// write writes the figures, and the table of them unless JSON is asked for. Figures that
// are kept can be printed again without a measurement.
func (o *selfOutput) write(w io.Writer, f *self.Figures) error {
	text, err := json.MarshalIndent(f, "", "  ")
	if err != nil {
		return fmt.Errorf("keep the figures: %w", err)
	}
	text = append(text, '\n')
	if o.figures != "" {
		if err := results.WriteFile(o.figures, text); err != nil {
			return fmt.Errorf("keep the figures: %w", err)
		}
	}
	switch {
	case o.json:
		_, err := w.Write(text)
		return err
	case o.into != "":
		var table bytes.Buffer
		if err := f.Print(&table); err != nil {
			return err
		}
		return pages().Replace(o.into, selfPart, table.String())
	}
	return f.Print(w)
}

// joinFigures reads the figures in several files as one measurement. The files must be
// of one machine and hold different rows; Join says where they do not fit.
func joinFigures(files []string) (*self.Figures, error) {
	var all *self.Figures
	for _, file := range files {
		f, err := readFigures(file)
		if err != nil {
			return nil, fmt.Errorf("read the figures: %w", err)
		}
		if all == nil {
			all = f
		} else if err := all.Join(f); err != nil {
			return nil, fmt.Errorf("%s: %w", file, err)
		}
	}
	return all, nil
}

// readFigures reads figures that an earlier bench-self wrote. The error names the file.
func readFigures(file string) (*self.Figures, error) {
	text, err := results.ReadRegular(file)
	if err != nil {
		return nil, err
	}
	f := new(self.Figures)
	if err := json.Unmarshal(text, f); err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	return f, nil
}

// selfLoadCommand is our side of bench-self in a process of its own. A process of its
// own has a CPU time and a peak of memory that are those of the load alone.
func selfLoadCommand() *cobra.Command {
	return &cobra.Command{
		Use:    self.LoadCommand + " LOAD",
		Short:  "Make one attack (used by bench-self)",
		Hidden: true,
		Args:   cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			return self.Load(c.Context(), args[0], host.Settle, c.OutOrStdout())
		},
	}
}
