// The pass `evaluate`: runs the reference evaluator and prints the results.
#ifndef MLC_TOOLS_MLCOPT_EVALUATE_H
#define MLC_TOOLS_MLCOPT_EVALUATE_H

namespace mlc {
/// Registers `evaluate`. It runs every public function whose arguments have values, in order, and
/// prints one line
/// `@name[0] = dense<[1, 2.5]> : tensor<2xf32>` per result on standard output. An argument has a
/// value if it has the attribute `nn.value = dense<...>`, or `nn.storage` (see StoredValues).
/// Parameters and states hold their `nn.value`, else what their initialiser says if that is one
/// number.
void registerEvaluatePass();
} // namespace mlc
#endif
