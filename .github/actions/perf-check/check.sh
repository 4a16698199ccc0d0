#!/usr/bin/env bash
# What the action does: build assay from the checkout that holds this script, and let
# `assay perf-action` check the repository in the current folder. To try it without
# GitHub:
#
#   SCENARIOS=perf/search.yaml BASE=main HEAD=HEAD path/to/check.sh
#
# `assay perf-action --help` lists what the environment may hold.
#
# Exit status: 0 passed, or a verdict that only warns; 1 regression; 2 the check could
# not be made; 3 inconclusive.
set -euo pipefail

# The last verdict counts, and a program that does not build writes none.
echo "verdict=unusable" >>"${GITHUB_OUTPUT:-/dev/null}"
exec "$(dirname "${BASH_SOURCE[0]}")/../../../scripts/assay.sh" perf-action
