#!/usr/bin/env bash
# The README's demo: compiles both examples, runs the first from C, trains the second and prints its test accuracy.
# usage: demo.sh BUILD-FOLDER; called by ./dev demo, which builds first.
set -euo pipefail
build=$(realpath "$1")
examples=$(dirname "$(realpath "$0")")
export PATH="$build/bin:$PATH"
mkdir -p "$build/demo"
cd "$build/demo"

say() { printf '\n\033[1m%s\033[0m\n' "== $*"; }
python=$(command -v /usr/bin/python3 || command -v python3)

say "simple_model: one dense layer, trained from C"
mlc "$examples/simple_model/simple_model.mlir" -o simple_model.so
cc -I. "$examples/simple_model/main.c" ./simple_model.so -lm -Wl,-rpath,'$ORIGIN' -o simple_model
./simple_model

say "mlp: 784-256-128-10 on Fashion-MNIST"
mlc "$examples/mlp/mlp.mlir" -o mlp.so
ls -l simple_model.so mlp.so
"$python" "$examples/mlp/data.py" data
mlc-run fit mlp.so fit --data x=data/train_x.npy --data label=data/train_label.npy \
  --epochs 10 --batch-size 128 --save mlp.safetensors --loss-log loss.txt
mlc-run call mlp.so accuracy --params mlp.safetensors \
  --in x=data/test_x.npy --in label=data/test_label.npy --out 0=accuracy.npy
"$python" -c 'import numpy; print("test accuracy: %.2f %%" % (100 * float(numpy.load("accuracy.npy"))))'
