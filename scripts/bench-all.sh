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
while [ "${out%/}" != "$out" ]; do out=${out%/}; done # as a shell completes it; $out-capacity stands beside it

# ended_well tells whether a bundle's run is complete.
ended_well() { [ "$(bin/assay bundle-state "$1")" = complete ]; }

interrupted() {
	echo "To go on where it stopped: make $target OUT=$out" >&2
	exit "$1"
}
trap 'interrupted 130' HUP INT TERM

resume=
if [ -e "$out/manifest.json" ]; then
	resume=--resume
else
	# How accurate the instrument is here stands in the bundle. A machine that is not
	# fit is no reason to stop: the blocks judge themselves.
	echo "Looking at this machine: harness doctor, about a minute"
	bin/harness doctor >/dev/null || echo "The run goes on; bin/harness doctor tells all."
fi
bin/harness run --out "$out" $resume ${SEED:+--seed "$SEED"} "$@" || interrupted "$?"
bin/harness micro --out "$out" --blocks 10 --benchtime 50ms ./server/... || interrupted "$?"
if [ -n "${SEARCH-}" ] && ! ended_well "$out-capacity"; then
	rm -rf "$out-capacity" # a search does not go on: its next rate depends on all before
	bin/harness search --out "$out-capacity" ${SEED:+--seed "$SEED"} "$SEARCH" || interrupted "$?"
fi

if [ -n "${SEARCH-}" ]; then
	set -- "$out" "$out-capacity"
else
	set -- "$out"
fi
exec bin/assay publish "$@"
