#!/bin/sh
# Run the given scenarios into a bundle of its own and, when all is done, make it
# the published one and write BENCHMARKS.md from it. Nothing published changes
# before that. A run that was interrupted goes on with OUT=DIR.
set -eu

out=${OUT:-results/runs/$(date +%Y%m%d-%H%M%S)}
if [ -e "$out/manifest.json" ]; then
	bin/harness run --out "$out" --resume "$@"
else
	bin/harness run --out "$out" "$@" || {
		status=$?
		echo "To go on where it stopped: make bench-all OUT=$out" >&2
		exit $status
	}
fi

new=results/runs/.published.$$
trap 'rm -rf "$new" "$new.old"' EXIT
cp -R "$out" "$new"
if [ -e results/runs/published ]; then
	mv results/runs/published "$new.old"
fi
mv "$new" results/runs/published
bin/analysis report
echo "BENCHMARKS.md and results/runs/published are new; the run itself stays in $out."
