#!/usr/bin/env bash
# Say whether HEAD is slower than BASE, on this machine: what CI does, without CI.
#
#   scripts/perf-check.sh [options] BASE HEAD
#
# Both commits are checked out in a temporary folder as base/ and head/, and
# measured in interleaved blocks by the scenarios of BASE and by the Go benchmarks
# that each has, every program linked anew for each block. Ten blocks are the first look; unless
# it passes, ten more are the second, and its verdict is final.
#
#   --short           a check of about two minutes: the scenarios in short/
#   --control         with the positive control: the scenarios in control/
#   --out DIR         gets bundle/, verdict.json and summary.md
#                     (default: results/runs/check-TIME of this repository)
#   --scenarios PATH  a file, or a folder of *.yaml, in BASE; one that begins
#                     with / or ./ or ../ is taken as it is on the disk
#                     (repeatable; default: scenarios/gate)
#   --micro PKG       Go benchmarks to compare (repeatable; default: for Assay
#                     itself a chosen few, else none)
#   --bench REGEXP, --benchtime TIME    of the Go benchmarks (., 100ms)
#   --margin M        of the gate, like 5% or p99=10% (repeatable)
#   --repo DIR        the repository (default: that of the current folder)
#
# Harness and analysis are HEAD's if the repository is Assay, else those of the
# checkout that holds this script. Uncommitted changes are not measured.
#
# Exit status: 0 pass; 1 regression; 2 it could not be told, because of wrong
# usage or a failure; 3 inconclusive. Interrupted, it leaves no process and no
# checkout behind; the bundle keeps every finished trial.
set -euo pipefail
{ # Bash reads a group as a whole: what becomes of this file meanwhile does not matter.

say() { echo "perf-check: $*" >&2; }
fail() {
	say "$@"
	exit 2
}
usage() {
	sed -n '/^#   /s/^#   //p' "$0" >&2
	fail "$1"
}

short='' control='' out='' repo=. bench='' benchtime=''
scenarios=() packages=() margins=() commits=()
while [ $# -gt 0 ]; do
	case $1 in
	--scenarios | --micro | --bench | --benchtime | --margin | --out | --repo)
		[ $# -ge 2 ] || usage "$1 wants a value"
		case $1 in
		--scenarios) scenarios+=("$2") ;;
		--micro) packages+=("$2") ;;
		--bench) bench=$2 ;;
		--benchtime) benchtime=$2 ;;
		--margin)
			[[ $2 =~ ^([^=]+=)?[0-9.]+(%|pp)$ ]] || usage "--margin $2: want a percentage, like 5% or p99=10%"
			margins+=(--margin "$2")
			;;
		--out) out=$2 ;;
		--repo) repo=$2 ;;
		esac
		shift
		;;
	--short) short=yes ;;
	--control) control=yes ;;
	-h | --help)
		sed -n '2,/^set /s/^# \{0,1\}//p' "$0"
		exit 0
		;;
	-*) usage "unknown option $1" ;;
	*) commits+=("$1") ;;
	esac
	shift
done
[ ${#commits[@]} -eq 2 ] || usage "want two commits, BASE and HEAD; got ${#commits[@]}"
for tool in git go; do
	command -v "$tool" >/dev/null 2>&1 || fail "no $tool in PATH: install it"
done
unset GIT_DIR GIT_WORK_TREE GIT_INDEX_FILE # which a hook of git sets
root=$(git -C "$repo" rev-parse --show-toplevel 2>/dev/null) || fail "$repo is not in a git repository: go to one, or name it with --repo DIR"
commit() {
	git -C "$root" rev-parse --verify --quiet --end-of-options "$1^{commit}" ||
		fail "no commit $1 in $root: fetch it (in GitHub Actions: fetch-depth: 0 of actions/checkout)"
}
base=$(commit "${commits[0]}")
head=$(commit "${commits[1]}")
if [ -n "$(git -C "$root" status --porcelain --untracked-files=no)" ]; then
	say "warning: uncommitted changes in $root are not measured"
fi
here=$PWD
started=$(date +%Y%m%d-%H%M%S)

# What ends with the script: the command under way, with all that it started,
# then the checkouts. Commands run in the background, because a shell that waits
# for one in the foreground hears no signal until that has ended.
work='' child=''
run() {
	set -m # a process group of its own
	"$@" </dev/null &
	child=$!
	set +m
	local status=0
	wait "$child" || status=$?
	child=''
	return "$status"
}
# shellcheck disable=SC2317 # it is called by traps
stop() {
	trap 'kill -KILL -- "-$child" 2>/dev/null || true' INT TERM HUP # asked twice
	say "interrupted"
	if [ -n "$child" ]; then
		kill -TERM -- "-$child" 2>/dev/null || true
		while kill -0 "$child" 2>/dev/null; do wait "$child" || true; done
	fi
	exit "$1"
}
# shellcheck disable=SC2317
clean() {
	trap '' INT TERM HUP
	for tree in base head; do
		git -C "$root" worktree remove --force --force "$work/$tree" 2>/dev/null || true
	done
	rm -rf "$work"
}
# What fails without a word of its own must not look like a verdict.
set -E
trap 'fail "line $LINENO failed"' ERR
trap 'stop 129' HUP
trap 'stop 130' INT
trap 'stop 143' TERM
work=$(mktemp -d "${TMPDIR:-/tmp}/assay-check.XXXXXXXX")
trap clean EXIT
mkdir "$work/tmp"
export GOTMPDIR=$work/tmp # what a stopped compiler leaves goes with the rest

run git -C "$root" worktree add --quiet --detach "$work/base" "$base"
run git -C "$root" worktree add --quiet --detach "$work/head" "$head"

# assay TREE tells whether that is Assay's own.
assay() { grep -qsx 'module github.com/assay-bench/assay' "$1/go.mod"; }
source=$(cd "$(dirname "$0")/.." && pwd)
if assay "$work/head"; then
	source=$work/head
	if [ ${#packages[@]} -eq 0 ]; then
		# Where their code happens to lie moves these by about two per cent;
		# shorter or branchier ones, by up to ten.
		bench=${bench:-'^Benchmark(Query|Record)$'}
		packages=(./server/internal/telemetry)
		if [ -z "$short" ]; then
			packages+=(./server/internal/store)
			benchtime=${benchtime:-300ms}
		fi
	fi
	out=${out:-$root/results/runs/check-$started}
fi
out=${out:-perf-check-$started}
case $out in /*) ;; *) out=$here/$out ;; esac
bundle=$out/bundle
[ ! -e "$bundle" ] || fail "--out $out holds a check already: choose another folder"

say "building harness and analysis"
run go build -C "$source" -trimpath -buildvcs=false -o "$work/bin/" ./harness ./analysis >"$work/log" 2>&1 || {
	tail -n 20 "$work/log" >&2
	fail "harness and analysis of $source do not build"
}

cd "$work" # the scenarios' paths begin with base/ or head/

# The scenarios are BASE's for both sides: a change must not choose the load by
# which it is judged.
files=() notes=() controlled=''
note() {
	notes+=("$1")
	say "$1"
}
add() { # add FILE, or the one with a control in its stead
	local file=$1
	if [ -n "$control" ] && [ -e "$(dirname "$1")/control/$(basename "$1")" ]; then
		file=$(dirname "$1")/control/$(basename "$1")
		controlled=yes
	fi
	files+=("$file")
	[ "${file#base/}" != "$file" ] || return 0 # from the disk
	if [ ! -e "head/${file#base/}" ]; then
		note "${file#base/} is not in HEAD any more; both sides were measured by BASE's"
	elif ! cmp -s "$file" "head/${file#base/}"; then
		note "not gated: the change of ${file#base/} in HEAD; both sides were measured by BASE's"
	fi
}
collect() { # collect PATH: the scenario files of an argument
	local path=$1 file at
	case $path in
	/*) at=$path ;;
	./* | ../*) at=$here/$path ;;
	*) at=base/$path ;;
	esac
	if [ -n "$short" ] && [ -f "$at" ]; then
		at=$(dirname "$at")/short/$(basename "$at")
		[ -f "$at" ] || fail "--short: no short/$(basename "$at") beside $path: put a short scenario there, or leave --short out"
	elif [ -n "$short" ]; then
		[ -d "$at/short" ] || fail "--short: no folder short in $path: put short scenarios there, or leave --short out"
		at=$at/short
	fi
	if [ -d "$at" ]; then
		for file in "$at"/*.yaml; do
			[ ! -e "$file" ] || add "$file"
		done
	elif [ -e "$at" ]; then
		add "$at"
	else
		fail "BASE (${commits[0]}) has no $path, and BASE's scenarios are what both sides are measured by: name others with --scenarios PATH, for files on the disk ./$path, or commit some to BASE first"
	fi
	[ "${at#base/}" != "$at" ] || return 0
	for file in "head/${at#base/}"/*.yaml; do
		[ ! -e "$file" ] || [ -e "base/${file#head/}" ] || note "not gated: ${file#head/} is new in HEAD"
	done
}
[ ${#scenarios[@]} -gt 0 ] || scenarios=(scenarios/gate)
for path in "${scenarios[@]}"; do collect "${path%/}"; done
[ ${#files[@]} -gt 0 ] || fail "no scenario in ${scenarios[*]}: want files named *.yaml"
[ -z "$control" ] || [ -n "$controlled" ] || fail "--control: no folder control beside the scenarios has one of the same name"

# named FILE tells whether a list of files has benchmarks that --bench names. Of a
# pattern with slashes the first element counts, as in go test; one that grep does
# not understand names all, and the harness judges it.
named() {
	local names pattern
	names=$(while read -r file; do
		[ -z "$file" ] || LC_ALL=C sed -En 's/^func (Benchmark([^a-z(][^(]*)?)\(.*/\1/p' "$file"
	done <"$1")
	[ -n "$names" ] || return 1
	pattern=$(awk '{
		for (i = 1; i <= length($0); i += length(c)) {
			c = substr($0, i, 1)
			if (c == "\\") c = substr($0, i, 2)
			else if (c == "[") square++
			else if (c == "]" && square) square--
			else if (c == "(" && !square) round++
			else if (c == ")" && !square) round--
			else if (c == "/" && !square && !round) below = 1
			else if (c == "|" && !square && !round) below = 0
			if (!below) printf "%s", c
		}
	}' <<<"${bench:-.}")
	grep -Eq -e "$pattern" <<<"$names" 2>/dev/null || [ $? -gt 1 ]
}

# list TREE COMMIT FILE writes the test files of the packages there to a file. A
# tree without a module has none.
list() {
	: >"$3"
	[ -e "$1/go.mod" ] || [ -e "$1/go.work" ] || return 0
	# shellcheck disable=SC2016 # the template's $d is go's
	run go list -C "$1" -e -f '{{$d := .Dir}}{{range .TestGoFiles}}{{$d}}/{{.}}{{"\n"}}{{end}}{{range .XTestGoFiles}}{{$d}}/{{.}}{{"\n"}}{{end}}' "${packages[@]}" >"$3" ||
		fail "go cannot list the packages ${packages[*]} of $2"
}

if [ ${#packages[@]} -gt 0 ]; then
	list base "BASE (${commits[0]})" base.files
	list head "HEAD (${commits[1]})" head.files
	if ! named base.files && named head.files; then
		note "not gated: the Go benchmarks of ${packages[*]} are new in HEAD"
		packages=()
	fi
fi

# measured TREE prints the test files of the packages there that have benchmarks
# that --bench names, relative to the tree.
measured() {
	local top file own folder=''
	top=$(cd "$1" && pwd -P)
	: >package.files
	while IFS= read -r file; do
		if [ "${file%/*}" != "$folder" ]; then # the next package
			if named package.files; then
				while IFS= read -r own; do echo "${own#"$top"/}"; done <package.files
			fi
			folder=${file%/*}
			: >package.files
		fi
		echo "$file" >>package.files
	done < <(cat "$1.files" && echo /)
}

# Benchmarks are code, and BASE's might not build with HEAD's: each side is measured
# by its own. Whoever reads the verdict has to know where these differ.
if [ ${#packages[@]} -gt 0 ]; then
	measured base >own.files
	measured head >>own.files
	differing=()
	while IFS= read -r file; do
		cmp -s "base/$file" "head/$file" || differing+=("$file")
	done < <(sort -u own.files)
	[ ${#differing[@]} -eq 0 ] || note "not the same Go benchmarks on both sides, each was measured by its own: $(printf '%s, ' "${differing[@]}" | sed 's/, $//') changed in HEAD"
fi

# too_busy tells whether the run of this look gave up because other programs voided
# too many of its blocks. What there is can be judged: too few blocks are
# inconclusive. A run that could not even go on leaves the manifest as it was, with
# what became of the run before.
too_busy() {
	! cmp -s manifest.before "$bundle/manifest.json" &&
		grep -q '"failure": ".*the machine is too busy' "$bundle/manifest.json" 2>/dev/null
}

# look BLOCKS measures up to that many blocks and judges them. What it prints of
# the verdict is kept in files; its status is the gate's.
look() {
	local resume=() status=0
	if [ -e "$bundle" ]; then
		resume=(--resume)
		cp "$bundle/manifest.json" manifest.before
	fi
	run bin/harness run --out "$bundle" --blocks "$1" ${resume[@]+"${resume[@]}"} "${files[@]}" >&2 || {
		too_busy || fail "the scenarios could not be measured; finished trials, if any, are in $bundle"
		say "warning: the machine is too busy; judging the blocks that there are"
	}
	if [ ${#packages[@]} -gt 0 ]; then
		run bin/harness micro --out "$bundle" --blocks "$1" --variant base=base --variant head=head \
			--bench "${bench:-.}" --benchtime "${benchtime:-100ms}" "${packages[@]}" >&2 ||
			fail "the Go benchmarks could not be measured; the scenarios' results are in $bundle"
	fi
	run bin/analysis gate "$bundle" --base base --head head ${margins[@]+"${margins[@]}"} --markdown table.md >verdict.txt || status=$?
	case $status in
	0 | 1 | 3) ;;
	*) fail "the gate could not judge $bundle (exit status $status)" ;;
	esac
	run bin/analysis gate "$bundle" --base base --head head ${margins[@]+"${margins[@]}"} --json >verdict.json ||
		[ $? -eq "$status" ] || fail "the gate did not judge $bundle twice alike"
	return "$status"
}

status=0
look 10 || status=$?
if [ "$status" -ne 0 ]; then
	cat verdict.txt >&2
	say "the first look did not pass: a second one, of ten blocks more, decides"
	status=0
	look 20 || status=$?
fi

{
	echo "Base \`$base\` (${commits[0]}), head \`$head\` (${commits[1]})."
	echo
	for line in ${notes[@]+"${notes[@]}"}; do echo "- $line"; done
	echo
	cat table.md
} >summary.md
trap '' INT TERM HUP # the two belong together
cp verdict.json summary.md "$out/" || fail "the verdict could not be written to $out; the bundle there is whole"
cat verdict.txt
say "bundle, verdict.json and summary.md are in $out"
exit "$status"
}
