package gate

import (
	"errors"

	"github.com/assay-bench/assay/analysis/internal/load"
)

// Options say what is compared, and how large a change matters.
type Options struct {
	Base, Head string   // variants, within one input
	Metrics    []string // primary instead of the declared ones: "p99", "sec/op"
	Margins    []string // "5%" for all that are compared by ratio, "p99=10%"
}

// Collect turns one input, or two, into plain data.
func Collect(sources []load.Source, o Options) (Input, error) {
	return Input{}, errors.New("gate: not wired yet")
}
