#include "compiler/Fusion/Grouping.h"

using namespace mlir;

namespace mlc {

/// Whether an op outside of all kernels reads a value of `op`.
static bool isReadOutside(Operation *op, nn::DimensionAnalysis &sizes) {
  return llvm::any_of(op->getUsers(), [&](Operation *user) {
    Role role = roleOf(user, sizes);
    return role == Role::View || role == Role::Host;
  });
}

Grouping groupOps(Block &block, nn::DimensionAnalysis &sizes, const FusionOptions &options) {
  Grouping grouping;
  for (Operation &op : block) {
    Role role = roleOf(&op, sizes);
    if (role == Role::View || role == Role::Host)
      continue;
    bool isConstant = isa<nn::ConstantOp>(op);
    if (role == Role::Inline && (options.fuse || isConstant))
      grouping.inlined.insert(&op);
    if (!grouping.inlined.contains(&op) || isReadOutside(&op, sizes))
      grouping.groups.push_back({&op});
  }
  return grouping;
}

} // namespace mlc
