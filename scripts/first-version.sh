#!/bin/sh
# Build the analysis program of the first version, whose gate judges the same bundles as
# the present one in `make bench-gate`:
#
#   scripts/first-version.sh PROGRAM
#
# A program that is there already is kept. In a copy of the repository that lacks the
# commit, such as a shallow clone, nothing is built, and the comparison is left out.
set -eu

commit=04f43f5 # the last one of the first version
[ ! -e "$1" ] || exit 0
cd "$(dirname "$0")/.."
if ! git cat-file -e "$commit^{commit}" 2>/dev/null; then
	echo "first-version.sh: no commit $commit here: the first version is not compared" >&2
	exit 0
fi
source=$(mktemp -d)
trap 'rm -rf "$source"' EXIT
git archive "$commit" | tar -x -C "$source"
mkdir -p "$(dirname "$1")"
target=$(cd "$(dirname "$1")" && pwd)/$(basename "$1")
go build -C "$source" -trimpath -buildvcs=false -o "$target" ./analysis
