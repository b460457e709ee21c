#!/usr/bin/env bash
# Measures compiled kernels against the machine's own limits, in one process: FMA peak for contractions, a vector loop with the same
# streams for everything memory bound. usage: bench.sh BUILD-FOLDER [--threads N]
set -euo pipefail
build=$(realpath "$1")
shift
here=$(dirname "$(realpath "$0")")
mkdir -p "$build/bench"
cd "$build/bench"
cc -O3 -march=native -ffp-contract=fast -I"$here/../../runtime/include" "$here/bench.c" -ldl -lm -o bench
for model in "$here"/*.mlir; do
  "$build/bin/mlc" "$model" -o "$(basename "$model" .mlir).so"
done
exec ./bench "$@"
