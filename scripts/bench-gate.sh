#!/usr/bin/env bash
# Measure how often the regression gate is wrong: many complete short checks of
# commits whose difference is known.
#
#   [AA=20] [SLOW=10] [LOAD=5] scripts/bench-gate.sh
#
# This builds assay from the checkout that holds this script and runs
# `assay bench-gate`, whose --help says how to continue a series that stopped.
#
# Exit status: 0 done; 1 a check could not be made; 2 usage; 130 interrupted.
exec "$(dirname "${BASH_SOURCE[0]}")/assay.sh" bench-gate "$@"
