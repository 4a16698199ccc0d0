#!/usr/bin/env bash
# Find the commit between GOOD and BAD that made it slower.
#
#   scripts/perf-bisect.sh [options] GOOD BAD
#
# This builds assay from the checkout that holds this script and runs
# `assay perf-bisect`, whose --help lists all options.
#
# Exit status: 0 found; 1 BAD is not slower than GOOD; 2 wrong usage or a failure;
# 3 it could not be told, or only narrowed down.
exec "$(dirname "${BASH_SOURCE[0]}")/assay.sh" perf-bisect "$@"
