#!/bin/sh
# Measure how often the regression gate is wrong: many complete short checks of
# commits whose difference is known. Three kinds, interleaved:
#
#   aa    the same commit twice: there is nothing to find
#   slow  the head's simulated store is 10 % slower: a regression
#   load  the same commit twice, while another program wants a core in every
#         second block
#
#   [AA=20] [SLOW=10] [LOAD=5] scripts/bench-gate.sh
#
# Every complete check is a folder results/runs/gate/KIND-NN. Those that are there
# are not made again, so an interrupted series is continued by starting it anew;
# it stays with the commit it was begun with. When all are there, the recordings in
# results/gate are made of them, and the rates in analysis/GATE.md of these; until
# then both are those of the series before.
#
# Exit status: 0 done; 1 a check could not be made; 2 usage; 130 interrupted.
set -eu

runs=results/runs/gate
recordings=results/gate
page=analysis/GATE.md
slowdown=1.1

say() { echo "bench-gate: $*" >&2; }

# count prints the value of a variable that has to be a whole number below 100.
count() {
	case $2 in
	'' | *[!0-9]* | ???*) say "$1=$2: want a whole number from 0 to 99"; exit 2 ;;
	esac
	echo "$2"
}
aa=$(count AA "${AA-20}")
slow=$(count SLOW "${SLOW-10}")
load=$(count LOAD "${LOAD-5}")

# checks prints the names of all checks, so ordered that wherever a series stops
# each kind has its share.
checks() {
	awk -v aa="$aa" -v slow="$slow" -v load="$load" '
		function kind(name, n, i) { for (i = 1; i <= n; i++) printf "%.6f %s-%02d\n", (i - 0.5) / n, name, i }
		BEGIN { kind("aa", aa); kind("slow", slow); kind("load", load) }' | sort -n | cut -d ' ' -f 2
}

# missing prints the names of those that are not there yet.
missing() {
	for name in $(checks); do
		[ -d "$runs/$name" ] || echo "$name"
	done
}

# seconds prints how long a check of a kind takes: the mean of the finished ones,
# or a guess.
seconds() {
	case $1 in
	aa) guess=130 ;;
	slow) guess=240 ;;
	load) guess=170 ;;
	esac
	for done in "$runs/$1"-[0-9][0-9]; do
		if [ -d "$done" ]; then sed -n 's/^seconds=//p' "$done/check"; fi
	done | awk -v guess="$guess" '{ s += $1; n++ } END { print n ? int(s / n) : guess }'
}

# left prints how long the checks take that are not there yet.
left() {
	sum=0
	for name in $(missing); do sum=$((sum + $(seconds "${name%-*}"))); done
	if [ "$sum" -ge 5400 ]; then
		echo "$((sum / 3600)) h $((sum % 3600 / 60)) min"
	else
		echo "$(((sum + 59) / 60)) min"
	fi
}

# turn says whether the program of disturb has its turn in the bundle $1, whose
# run prints to the log $2: on, off, or keep what was.
#
# HTTP trials: on while the next one begins the first attempt at an odd block of a
# scenario. The harness voids what it measured beside a foreign program and
# repeats the block; it gives up after half as many repetitions as blocks, so the
# second attempt has to be quiet. Go benchmarks: on in odd blocks.
turn() {
	last=$(tail -n 1 "$2" 2>/dev/null || true)
	case $last in
	*' benchmark in '*' block'* | *' benchmarks in '*' block'*) echo on; return ;;
	'block '*' of '*' done')
		echo "$last" | awk '{ print $2 % 2 == 0 && $2 < $4 ? "on" : "off" }'
		return
		;;
	esac
	[ -e "$1/trials.jsonl" ] || { echo off; return; }
	# The last lines are enough: a block of a scenario has fewer trials.
	tail -n 20 "$1/trials.jsonl" | awk '
		function field(key, at, value) {
			at = index($0, "\"" key "\":")
			if (!at) return ""
			value = substr($0, at + length(key) + 3)
			gsub(/^[ "]+/, "", value)
			sub(/[",].*/, "", value)
			return value
		}
		FILENAME ~ /manifest.json$/ {
			if ($1 == "\"block\":") { first = $2 == "1,"; if ($2 + 0 > blocks) blocks = $2 + 0 }
			else if ($1 == "\"scenario\":" && first) { trials[last = field("scenario")]++; first = 0 }
			next
		}
		{
			at = field("scenario") " " field("block") " " field("attempt")
			if (at != before) done = 0
			before = at; done++; void = /"valid":false/
			next_block = field("block") + (field("scenario") == last)
			ended = done == trials[field("scenario")]
		}
		END {
			if (!before) print "on"
			else if (void) print "off"
			else if (ended) print next_block % 2 && next_block <= blocks ? "on" : "off"
			else print "keep"
		}' "$1/manifest.json" -
}

# disturb wants a core during every second block of the check in the folder $1
# until the process $2 is gone. It stops by itself: a burst is a bounded loop.
disturb() {
	loop=
	state=off
	trap 'if [ -n "$loop" ]; then kill "$loop" 2>/dev/null || true; fi' EXIT
	trap 'exit 0' HUP INT TERM
	while kill -0 "$2" 2>/dev/null; do
		now=$(turn "$1/run/bundle" "$1/log" 2>/dev/null) || now=off
		[ "$now" = keep ] || state=$now
		if [ -n "$loop" ] && { [ "$state" = off ] || ! kill -0 "$loop" 2>/dev/null; }; then
			kill "$loop" 2>/dev/null || true
			wait "$loop" 2>/dev/null || true
			loop=
		fi
		if [ "$state" = on ] && [ -z "$loop" ]; then
			burst &
			loop=$!
		fi
		sleep 0.2
	done
}

# burst takes a core for some seconds.
burst() {
	trap - EXIT HUP INT TERM
	i=0
	while [ $i -lt 20000000 ]; do i=$((i + 1)); done
}

temporary=
driver=
clean() {
	if [ -n "$driver" ]; then kill "$driver" 2>/dev/null || true; fi
	if [ -n "$temporary" ]; then rm -rf "$temporary"; fi
}
trap clean EXIT
trap 'say "interrupted; start it again to go on"; exit 130' HUP INT TERM

mkdir -p "$runs"
if [ ! -e "$runs/commit" ]; then
	git rev-parse HEAD >"$runs/commit"
fi
commit=$(cat "$runs/commit")
total=$(checks | wc -l)
echo "$((total)) checks of commit $commit ($aa aa, $slow slow, $load load); $(missing | wc -l) to make, about $(left)."

# The checks run in clones of their own: nothing that is edited or committed here
# meanwhile gets into them, and the slow head is a commit of no branch here.
temporary=$(mktemp -d "${TMPDIR:-/tmp}/assay-bench-gate.XXXXXXXX")
source=$temporary/source
git clone -q --no-checkout . "$source"
git -C "$source" checkout -q --detach "$commit"
sed "s/number(&slowdown, 1, /number(\&slowdown, $slowdown, /" "$source/server/config.go" >"$temporary/config.go"
cat "$temporary/config.go" >"$source/server/config.go"
if git -C "$source" diff --quiet; then
	say "server/config.go of $commit has no default of the flag -slowdown to change"
	exit 1
fi
GIT_AUTHOR_DATE=2000-01-01T00:00:00Z GIT_COMMITTER_DATE=2000-01-01T00:00:00Z git -C "$source" -c user.name=bench-gate -c user.email=bench-gate@localhost \
	commit -q -a -m "server: slower by a known factor"
slowed=$(git -C "$source" rev-parse HEAD)
git -C "$source" checkout -q --detach "$commit"
go build -o "$temporary/analysis" ./analysis
mkdir "$temporary/recordings"

# make_check makes the check $1 of the head $2. A check that cannot be made leaves
# its log in a folder named failed.
make_check() {
	out=$PWD/$runs/$1
	rm -rf "$out.part" "$out.failed"
	mkdir "$out.part"
	if [ "${1%-*}" = load ]; then
		disturb "$out.part" $$ &
		driver=$!
	fi
	start=$(date +%s)
	status=0
	(cd "$source" && git checkout -q --detach "$2" && scripts/perf-check.sh "$commit" "$2" --short --out "$out.part/run") \
		>"$out.part/log" 2>&1 || status=$?
	if [ -n "$driver" ]; then
		kill "$driver" 2>/dev/null || true
		wait "$driver" 2>/dev/null || true
		driver=
	fi
	case $status in
	0 | 1 | 3) ;;
	129 | 130 | 143) exit 130 ;;
	*)
		mv "$out.part" "$out.failed"
		say "$1 could not be made, exit status $status; the end of $out.failed/log:"
		tail -n 15 "$out.failed/log" >&2
		return 1
		;;
	esac
	printf 'exit=%s\nseconds=%s\nbase=%s\nhead=%s\n' "$status" "$(($(date +%s) - start))" "$commit" "$2" >"$out.part/check"
	mv "$out.part" "$out"
}

number=0
failed=0
for name in $(checks); do
	number=$((number + 1))
	if [ -d "$runs/$name" ]; then continue; fi
	head=$commit
	if [ "${name%-*}" = slow ]; then head=$slowed; fi
	if make_check "$name" "$head"; then
		failed=0
		line=$("$temporary/analysis" rates "$temporary/recordings" --record "$runs" | grep "^$name ")
		echo "$number/$((total)) $line; about $(left) left"
	else
		failed=$((failed + 1))
		if [ "$failed" = 3 ]; then
			say "three in a row: giving up; start it again to go on"
			exit 1
		fi
	fi
done
missing=$(missing)
if [ -n "$missing" ]; then
	say "not made: $(echo "$missing" | tr '\n' ' '); start it again to make them"
	exit 1
fi
"$temporary/analysis" rates "$temporary/recordings" --record "$runs" >/dev/null
cp "$page" "$temporary/page"
"$temporary/analysis" rates "$temporary/recordings" --into "$temporary/page"
trap '' HUP INT TERM # recordings and page belong together
mkdir -p "$recordings"
cp "$temporary/recordings/"* "$recordings"
cp "$temporary/page" "$page"
