#!/bin/sh
# Run the given scenarios briefly, into a bundle and a report of their own: to
# see that everything works. It is too short to conclude anything.
set -eu

out=results/runs/quick-$(date +%Y%m%d-%H%M%S)
bin/harness run --quick --out "$out" "$@"
bin/analysis report "$out" -o BENCHMARKS-quick.md
echo "Look at BENCHMARKS-quick.md; the published report is untouched."
