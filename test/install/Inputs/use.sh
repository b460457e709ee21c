# The tour, by what is in PATH.
set -e
examples=$(dirname "$(command -v mlc)")/../share/doc/mlc/examples
mlc --version
mlc "$examples/simple_model/simple_model.mlir"
cc -I. "$examples/simple_model/main.c" ./simple_model.so -lm -Wl,-rpath,'$ORIGIN' -o simple_model
./simple_model
mlc-run info simple_model.so
