#!/usr/bin/env bash
# Build assay from the checkout that holds this script, and run it:
#
#   scripts/assay.sh COMMAND [ARGUMENT...]
#
# The program is built in a temporary folder, so that files that are edited or built
# meanwhile do not affect it. It removes the folder when it ends.
#
# Exit status: that of assay; 2 if it cannot be built.
set -euo pipefail

fail() { echo "assay.sh: $*" >&2; exit 2; }
command -v go >/dev/null 2>&1 || fail "no go in PATH: install it"
checkout=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
# The program removes folders of this name that killed programs left behind.
scratch=$(mktemp -d "${TMPDIR:-/tmp}/assay-work.XXXXXXXX") || fail "no temporary folder can be made"
trap 'rm -rf "$scratch"' EXIT

# The traps stand before the build begins: a signal that comes between the two would end
# this shell alone and leave the build running. A shell that waits for a command in the
# foreground handles no signal until the command has ended, so the build is in the
# background, in a group of its own that has the compilers too.
# shellcheck disable=SC2317 # it is called by traps
stop() {
	for job in $(jobs -p); do
		kill -TERM -- "-$job" 2>/dev/null || true
		wait "$job" || true
	done
	exit "$1"
}
trap 'stop 129' HUP
trap 'stop 130' INT
trap 'stop 143' TERM
set -m
go build -C "$checkout" -trimpath -buildvcs=false -o "$scratch/assay" ./cmd/assay </dev/null >&2 &
build=$!
set +m
wait "$build" || fail "assay does not build"
trap - HUP INT TERM
ASSAY_SCRATCH=$scratch exec "$scratch/assay" "$@"
