#!/bin/sh
# Run every given scenario, the Go benchmarks and the search for capacities of
# SEARCH, and publish everything, as bench-all.sh does; but first say how long it
# takes. The scenarios on PostgreSQL start and stop their own servers. If PostgreSQL
# is not installed they are skipped, and the report says so.
set -eu

: "${SEARCH:?the scenario to be searched}"
scripts/postgres.sh installed || echo "The scenarios on PostgreSQL will be skipped." >&2
trials=$(bin/harness plan "$@" | tail -n 1)
echo "The scenarios: ${trials%; run seed *}. After them the search for capacities, about 15 min, and the Go benchmarks, about 3 min."
export SEARCH TARGET=bench-full
exec scripts/bench-all.sh "$@"
