package micro

import (
	"context"
	"errors"
	"io"
	"os"

	"github.com/assay-bench/assay/harness/internal/host"
	"github.com/assay-bench/assay/harness/internal/progress"
	"github.com/assay-bench/assay/harness/internal/text"
	"github.com/assay-bench/assay/internal/events"
	"github.com/assay-bench/assay/internal/usage"
	"github.com/assay-bench/assay/results"
)

// Options say which benchmarks run, how often, and where the results go.
type Options struct {
	Spec
	Out       string   // the bundle to which results are added, or that is made; empty to print them
	Tool      string   // name and version of this program, for a bundle that is made
	Command   []string // the command line, for a bundle that is made
	Blocks    int      // the final number, including those that Out already has
	Seed      uint64   // decides the order and the code layouts
	SeedGiven bool     // the user chose the seed; otherwise the bundle's own is used
}

// Run runs the missing blocks. It keeps the finished blocks even if a later one
// fails. Without a bundle the results go to stdout; everything else goes to stderr.
func Run(ctx context.Context, o Options, stdout, stderr io.Writer) error {
	if o.Blocks < 1 {
		return usage.Errorf("--blocks %d: want 1 or more", o.Blocks)
	}
	d := progress.New(stderr, true)
	made := madeNow(&o)
	var had kept
	if o.Out != "" {
		var err error
		if had, err = readKept(&o, &made); err != nil {
			return err
		}
		if had.blocks == o.Blocks { // as for a complete run that is resumed
			d.Linef("--out %s holds %s already: nothing is left to do", o.Out, text.Count(had.blocks, "block"))
			return nil
		}
	}
	had.planned(&made, o.Blocks)
	var done []byte
	defer func() {
		if had.begun && len(done) == 0 {
			_ = os.RemoveAll(o.Out) // nothing was measured, so there is nothing to keep
		}
	}()
	// The lock comes after what can be known without the machine, and is held until the
	// last block.
	machine, err := host.Lock()
	if err != nil {
		return err
	}
	defer machine.Release()
	suite, err := New(ctx, o.Spec, machine.Temp)
	if err != nil {
		return err
	}
	defer suite.Close()
	done, err = measure(ctx, &o, suite, &had, made.Seed, d)
	return errors.Join(err, keep(&o, had, made, done, stdout))
}

// measure runs the missing blocks and returns all finished results, including the
// earlier ones. If it returns an error, it also returns what was finished until
// then.
func measure(ctx context.Context, o *Options, suite *Suite, had *kept, seed uint64, d *progress.Display) (done []byte, err error) {
	done = had.text
	// Whoever watches also sees the end of the blocks. An error here changes nothing
	// about the measurement.
	defer func() { _ = events.Write(events.Event{Kind: events.MicroEnd}) }()
	for i, b := range planBlocks(o.Variants, o.Blocks, seed)[had.blocks:] {
		if i == 0 || b.layouts != nil {
			if err := suite.Link(ctx, b.layouts); err != nil {
				return done, err
			}
		}
		if i == 0 {
			d.Linef("%s in %s, %s", text.Count(suite.Benchmarks(), "benchmark"), text.Count(len(o.Variants), "variant"), text.Count(o.Blocks, "block"))
		}
		if err := events.Write(events.Event{Kind: events.MicroBlock, Block: b.number, Blocks: o.Blocks}); err != nil {
			return done, err
		}
		block, err := suite.Block(ctx, b.order)
		if err == nil {
			err = had.sameRows(o.Out, block, i == 0 && had.blocks > 0)
		}
		if err != nil {
			return done, err
		}
		done = append(done, block...)
		d.Linef("block %d of %d done", b.number, o.Blocks)
	}
	return done, nil
}

// keep stores the finished results where the user asked for them, if there are more
// than before.
func keep(o *Options, had kept, made results.Micro, done []byte, stdout io.Writer) error {
	switch {
	case len(done) == len(had.text):
		return nil
	case o.Out == "":
		_, err := stdout.Write(done)
		return err
	}
	if err := results.RecordMicro(o.Out, made); err != nil {
		return err
	}
	return results.AddMicro(o.Out, done)
}
