// Command harness measures: it turns scenario files into bundles of results. Its
// commands are those of package command; cmd/assay offers them too.
package main

import (
	"github.com/assay-bench/assay/harness/command"
	"github.com/assay-bench/assay/internal/program"
)

func main() { program.Main(command.Run) }
