#!/bin/sh
# Run the given scenarios and the Go benchmarks into a bundle of its own and, when
# all is done, make it the published one and write BENCHMARKS.md from it. Nothing
# published changes before that. OUT=DIR goes on with an interrupted run.
set -eu

out=${OUT:-results/runs/$(date +%Y%m%d-%H%M%S)}
resume=
if [ -e "$out/manifest.json" ]; then
	resume=--resume
fi
status=0
bin/harness run --out "$out" $resume "$@" || status=$?
if [ "$status" = 0 ] && [ ! -e "$out/micro.txt" ]; then
	bin/harness micro --out "$out" --blocks 10 --benchtime 50ms ./server/... || status=$?
fi
if [ "$status" != 0 ]; then
	echo "To go on where it stopped: make bench-all OUT=$out" >&2
	exit "$status"
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
