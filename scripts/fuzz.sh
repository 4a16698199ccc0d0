#!/bin/sh
# Gives random inputs to every parser: runs all fuzz targets of the repository, one after
# the other.
#
#   scripts/fuzz.sh [TIME [NAME]]
#
# TIME is how long each target runs, as go test takes it (default 10s). NAME is a part of
# the names of those that are wanted. Targets are found in the source, so a new one needs
# no entry here.
#
# An input that breaks a target is written to testdata/fuzz/TARGET in its package. With
# the repair it is committed, and every go test tries it from then on.
#
# Inputs that reach new code are made smaller for a second at most: without a bound a long
# one takes all of TIME.
#
# Exit status: 0 nothing was found; 1 something was; 2 usage.
set -eu
cd "$(dirname "$0")/.."

time=${1-10s} name=${2-}
case $time in
[1-9]*[smhx]) ;;
*)
	echo "fuzz.sh: TIME $time: want a duration like 30s or 5m, or a number of inputs like 1000x" >&2
	echo "usage: scripts/fuzz.sh [TIME [NAME]]" >&2
	exit 2
	;;
esac

# The list has a line "FOLDER TARGET" for each target.
targets=$(grep -rnoE --include='*_test.go' '^func Fuzz[A-Za-z0-9_]*' . | sed 's|^\./\(.*\)/[^/]*:[0-9]*:func |\1 |' | sort | { grep -e " .*$name" || true; })
[ -n "$targets" ] || { echo "fuzz.sh: no fuzz target has $name in its name" >&2; exit 2; }

broken=
while read -r folder target; do
	echo "== $target in $folder"
	${GO:-go} test -vet=off -run "^$target\$" -fuzz "^$target\$" -fuzztime "$time" -fuzzminimizetime 1s "./$folder" </dev/null || broken="$broken $target"
done <<EOF
$targets
EOF
[ -z "$broken" ] || { echo "fuzz.sh: these found an input that breaks them, which is in testdata/fuzz beside the test:$broken" >&2; exit 1; }
