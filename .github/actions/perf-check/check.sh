#!/usr/bin/env bash
# What the action does: run scripts/perf-check.sh on the repository in the current
# directory, and say in GitHub's terms what it found. To try it without GitHub:
#
#   SCENARIOS=perf/search.yaml BASE=main HEAD=HEAD path/to/check.sh
#
# The environment has the action's inputs (action.yml describes them): SCENARIOS,
# MICRO and MARGIN, one a line; BASE, HEAD, SHORT, CONTROL, INCONCLUSIVE, REGRESSION
# and HISTORY. GITHUB_OUTPUT and GITHUB_STEP_SUMMARY are files to append to; without
# them the outputs are dropped and the summary is printed.
#
# Exit status: 0 passed, or of a kind that only warns; 1 regression; 2 the check
# could not be made; 3 inconclusive.
set -euo pipefail

assay=$(cd "$(dirname "${BASH_SOURCE[0]}")/../../.." && pwd)
repo=$PWD
base=${BASE-}
head=${HEAD:-HEAD}
history=${HISTORY-}
outputs=${GITHUB_OUTPUT:-/dev/null}
summary=${GITHUB_STEP_SUMMARY:-/dev/stdout}

# From mute to unmute GitHub obeys no command in the log: what is printed there comes
# from programs that a pull request has built. The word that ends it is a secret.
exec 4>&1 # commands are said in the log, whatever is being written at the time
secret=
mute() {
	secret=$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')
	echo "::stop-commands::$secret" >&4
}
unmute() {
	if [ -n "$secret" ]; then echo "::$secret::" >&4; fi
	secret=
}

# refuse ends the check as one that could not be made. Its text may hold what a
# pull request chose, so it is escaped, or it could be a command of its own.
refuse() {
	unmute
	local text=$1
	text=${text//'%'/%25}
	text=${text//$'\r'/%0D}
	text=${text//$'\n'/%0A}
	echo "::error title=The performance check could not be made::$text" >&4
	echo "verdict=unusable" >>"$outputs"
	exit 2
}

# A fault of this script must not look like a verdict.
set -E
trap 'refuse "line $LINENO of check.sh failed"' ERR

# one_of checks an input with few values.
one_of() { # one_of NAME VALUE ALLOWED...
	local name=$1 value=$2 allowed
	shift 2
	for allowed; do
		if [ "$value" = "$allowed" ]; then return; fi
	done
	refuse "$name: \"$value\": want $(printf '%s or ' "$@" | sed 's/ or $//')"
}
one_of short "${SHORT:=false}" true false
one_of control "${CONTROL:=false}" true false
one_of inconclusive "${INCONCLUSIVE:=warn}" warn fail
one_of regression "${REGRESSION:=fail}" fail warn

# commit prints the full name of a commit.
commit() { git -C "$repo" rev-parse --quiet --verify --end-of-options "$1^{commit}" 2>/dev/null; }

# reference prints what a trend compares with, which has to stay the same for long:
# the newest tag before head, else the first base that the history knows.
reference() {
	git -C "$repo" describe --tags --abbrev=0 "$head^" 2>/dev/null ||
		commit "$(cat "$history/reference" 2>/dev/null)" ||
		echo "$head^1"
}

if [ -n "$history" ]; then
	mkdir -p "$history"
fi
chosen=$base # by the caller
if [ -z "$base" ]; then
	base=$head^1
	if [ -n "$history" ]; then
		base=$(reference)
	fi
fi
for one in "$base" "$head"; do
	commit "$one" >/dev/null ||
		refuse "$one: no such commit here; actions/checkout has to fetch it: fetch-depth: 0 gets them all"
done

out=$(mktemp -d "${RUNNER_TEMP:-${TMPDIR:-/tmp}}/perf-check.XXXXXX")
arguments=("$base" "$head" --repo "$repo" --out "$out/check" --why "$out/why")
lines() { # lines OPTION TEXT: the option once for each line
	local value
	while read -r value; do
		if [ -n "$value" ]; then arguments+=("$1" "$value"); fi
	done <<<"$2"
}
lines --scenarios "${SCENARIOS-}"
lines --micro "${MICRO-}"
lines --margin "${MARGIN-}"
if [ "$SHORT" = true ]; then arguments+=(--short); fi
if [ "$CONTROL" = true ]; then arguments+=(--control); fi

# A cancelled job interrupts this process alone: hand it on and wait until the
# check has ended its own processes and removed its worktrees.
child=
cancel() {
	trap '' INT TERM
	if [ -n "$child" ]; then
		kill -TERM "$child" 2>/dev/null || true
		wait "$child" || true
	fi
	rm -rf "$out"
	exit 130
}
trap cancel INT TERM

mute
status=0
"$assay/scripts/perf-check.sh" "${arguments[@]}" &
child=$!
wait "$child" || status=$?
child=
# Whatever becomes of it from here on, what was measured is kept.
if [ -d "$out/check" ]; then echo "bundle=$out/check" >>"$outputs"; fi

case $status in
0) verdict=pass ;;
1) verdict=regression ;;
3) verdict=inconclusive ;;
*)
	# A program that does not build has left no reason, and has said it in the log.
	refuse "$(cat "$out/why" 2>/dev/null || echo "scripts/perf-check.sh failed with exit status $status: see the log")"
	;;
esac

analysis=$out/analysis
go build -C "$assay" -trimpath -buildvcs=false -o "$analysis" ./analysis
"$analysis" report "$out/check/bundle" -o "$out/check/report.md" >&2
{
	cat "$out/check/summary.md"
	echo
	"$analysis" annotate --plot "$out/check/verdict.json"
	if [ -n "$history" ]; then
		reference=$(commit "$base")
		judged=$(commit "$head")
		series=$history/$reference
		if [ "$SHORT" = true ]; then series=$series-short; fi # other windows, other levels
		mkdir -p "$series"
		if [ -z "$chosen" ] || [ ! -e "$history/reference" ]; then
			echo "$reference" >"$history/reference"
		fi
		cp "$out/check/verdict.json" "$series/$(date -u +%Y%m%dT%H%M%SZ)-${judged:0:12}.json"
		printf '\n### Trend against %s\n\n' "${reference:0:12}"
		"$analysis" trend --markdown "$series"
		cp -R "$history" "$out/check/history"
	fi
} >"$out/check/job-summary.md"

cat "$out/check/job-summary.md" >>"$summary"
unmute
"$analysis" annotate "$out/check/verdict.json"
echo "verdict=$verdict" >>"$outputs"

case $verdict in
regression) if [ "$REGRESSION" = fail ]; then exit 1; fi ;;
inconclusive) if [ "$INCONCLUSIVE" = fail ]; then exit 3; fi ;;
esac
