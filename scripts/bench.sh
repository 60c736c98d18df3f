#!/usr/bin/env bash
# Builds the programs and measures them; docs/performance.md explains the
# figures. BENCH_QUICK=1 measures less of everything, in under a minute.
# Arguments go to the program, such as -only fanout.
set -euo pipefail
cd "$(dirname "$0")/.."
"${MAKE:-make}" build >&2
scripts/with-tmp.sh .bin/load "$@"
