#!/bin/sh
# Stands in for the commands of assay that perf-action runs. It says how it was called,
# its arguments separated by bars. STUB_STATUS is the exit status of perf-check, STUB_WHY
# the reason that it leaves, and STUB_FAILS the command that fails.
IFS='|'
echo "called:|$*" >&2
case $1 in
perf-check)
	echo "::warning::from a program of the pull request"
	while [ $# -gt 1 ]; do
		case $1 in
		--out) out=$2 ;;
		--why) why=$2 ;;
		esac
		shift
	done
	if [ -n "$STUB_WHY" ]; then printf %s "$STUB_WHY" >"$why"; fi
	if [ "${STUB_STATUS:-0}" != 2 ]; then
		mkdir -p "$out/bundle"
		echo "{}" >"$out/verdict.json"
		echo "the summary" >"$out/summary.md"
	fi
	exit "${STUB_STATUS:-0}"
	;;
annotate)
	if [ "$2" = --plot ]; then echo "the plot"; else echo "::notice::the verdict"; fi
	;;
trend)
	set -- "$3"/*.json
	echo "$# verdicts"
	;;
"$STUB_FAILS") exit 1 ;;
esac
