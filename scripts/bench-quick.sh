#!/bin/sh
# Run the given scenarios briefly, with a separate bundle and report, to see that
# everything works. The run is too short for any conclusion.
set -eu

out=results/runs/quick-$(date +%Y%m%d-%H%M%S)
bin/harness run --quick --out "$out" "$@"
bin/analysis report "$out" -o BENCHMARKS-quick.md
echo "Look at BENCHMARKS-quick.md; the published report is untouched."
