#!/usr/bin/env bash
# Check whether HEAD is slower than BASE, on this machine, as CI does.
#
#   scripts/perf-check.sh [options] BASE [HEAD]
#
# This builds assay from the checkout that holds this script and runs
# `assay perf-check`, whose --help lists all options.
#
# Exit status: 0 pass; 1 regression; 2 no verdict, because of wrong usage or a
# failure; 3 inconclusive.
exec "$(dirname "${BASH_SOURCE[0]}")/assay.sh" perf-check "$@"
