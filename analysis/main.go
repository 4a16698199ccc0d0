// Command analysis turns bundles and Go benchmark files into numbers with
// intervals, comparisons, plots and a report. Its commands are those of package
// command; cmd/assay offers them too.
package main

import (
	"github.com/assay-bench/assay/analysis/command"
	"github.com/assay-bench/assay/internal/program"
)

func main() { program.Main(command.Run) }
