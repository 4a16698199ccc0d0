#!/usr/bin/env bash
# Say whether HEAD is slower than BASE, on this machine: what CI does, without CI.
#
#   scripts/perf-check.sh [options] BASE [HEAD]
#
# This is `assay perf-check`, which has all options in its --help, built from the
# checkout that holds this script.
#
# Exit status: 0 pass; 1 regression; 2 it could not be told, because of wrong
# usage or a failure; 3 inconclusive.
exec "$(dirname "${BASH_SOURCE[0]}")/assay.sh" perf-check "$@"
