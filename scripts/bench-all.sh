#!/bin/sh
# Run the given scenarios and the Go benchmarks into a bundle of its own and, when
# all is done, make it the published one and write BENCHMARKS.md from it. Nothing
# published changes before that. OUT=DIR goes on with an interrupted run, SEED=N
# gives the run its seed.
#
# SEARCH=FILE also searches for the capacities of that scenario, into a bundle
# beside it, DIR-capacity.
set -eu

target=${TARGET:-bench-all}
out=${OUT:-results/runs/$(date +%Y%m%d-%H%M%S)}
published=results/runs/published

# ended_well tells whether a bundle's run is complete.
ended_well() { grep -q '"state": "complete"' "$1/manifest.json" 2>/dev/null; }

interrupted() {
	echo "To go on where it stopped: make $target OUT=$out" >&2
	exit "$1"
}
trap 'interrupted 130' HUP INT TERM

resume=
if [ -e "$out/manifest.json" ]; then
	resume=--resume
fi
bin/harness run --out "$out" $resume ${SEED:+--seed "$SEED"} "$@" || interrupted "$?"
if [ ! -e "$out/micro.txt" ]; then
	bin/harness micro --out "$out" --blocks 10 --benchtime 50ms ./server/... || interrupted "$?"
fi
if [ -n "${SEARCH-}" ] && ! ended_well "$out-capacity"; then
	rm -rf "$out-capacity" # a search does not go on: its next rate depends on all before
	bin/harness search --out "$out-capacity" ${SEED:+--seed "$SEED"} "$SEARCH" || interrupted "$?"
fi

# publish makes a slim copy of a bundle the published one.
publish() {
	cp -R "$1" "$new"
	bin/harness slim "$new"
	rm -rf "$old"
	if [ -e "$2" ]; then
		mv "$2" "$old"
	fi
	mv "$new" "$2"
}
new=results/runs/.published.$$
old=$new.old
trap 'rm -rf "$new" "$old"' EXIT
publish "$out" "$published"
if [ -n "${SEARCH-}" ]; then
	publish "$out-capacity" "$published-capacity"
	bin/analysis report "$published" "$published-capacity"
else
	rm -rf "$published-capacity" # another run's
	bin/analysis report "$published"
fi
echo "BENCHMARKS.md and $published are new; the run itself stays in $out."
