#!/bin/sh
# Run every given scenario, the Go benchmarks and the search for capacities of
# SEARCH, and publish everything, as bench-all.sh does. The run says first how long
# its trials take. The scenarios on PostgreSQL start and stop their own servers. If PostgreSQL
# is not installed they are skipped, and the report says so.
set -eu

: "${SEARCH:?the scenario to be searched}"
scripts/postgres.sh installed || echo "The scenarios on PostgreSQL will be skipped." >&2
echo "After the scenarios come the search for capacities, about 15 min, and the Go benchmarks, about 3 min."
export SEARCH TARGET=bench-full
exec scripts/bench-all.sh "$@"
