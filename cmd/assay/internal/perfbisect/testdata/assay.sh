#!/bin/sh
# Stands in for the commands of assay that perf-bisect runs. A commit says in the file
# "speed" how slow it is. STUB_KILL is the call in which the caller is killed, and
# STUB_FAILS the reason for which no check can be made.
if [ "$1" = annotate ]; then
	echo "the cause of $(sed -n 's/.*"verdict": "\([a-z]*\)".*/\1/p' "$3" | head -n 1)"
	exit
fi
echo "$*" >>"$STUB_LOG"
while [ $# -gt 2 ]; do
	case $1 in
	--out) out=$2 ;;
	--why) why=$2 ;;
	esac
	shift
done
if [ "$(wc -l <"$STUB_LOG" | tr -d " ")" = "${STUB_KILL:-}" ]; then kill -9 $PPID; fi
was=$(git show "$1:speed") now=$(git show "$2:speed")
if [ -n "$STUB_FAILS" ]; then
	echo "$STUB_FAILS" >"$why"
	exit 2
fi
if [ "$now" = broken ]; then
	echo "harness: scenario s, variant head, block 1: build server s: exit status 1" >"$why"
	exit 2
fi
verdict=pass status=0 low=0.99 high=1.01 loss=0
if [ "$now" = noisy ] || [ "$was" = noisy ]; then
	verdict=inconclusive status=3
elif [ "$now" -gt "$was" ]; then
	verdict=regression status=1 low=1.09 high=1.11 loss=0.1
fi
mkdir -p "$out"
cat >"$out/verdict.json" <<V
{"verdict": "$verdict", "rows": [{"name": "B", "unit": "sec/op", "better": "lower", "verdict": "$verdict", "effect": "ratio",
  "ratio_low": $low, "ratio_high": $high, "loss": $loss, "loss_bound": 0.01, "margin": 0.05}]}
V
exit $status
