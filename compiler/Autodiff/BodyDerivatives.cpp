#include "compiler/Autodiff/BodyDerivatives.h"
#include "compiler/Autodiff/Derivatives.h"
#include "dialects/NN/TensorExpr.h"
#include "mlir/IR/IRMapping.h"
#include "mlir/Transforms/RegionUtils.h"

using namespace mlir;

namespace mlc {

/// Fills `block` with the ops of `body` again and the way back from the cotangents of what it
/// yields to those of `captures`, which it yields.
static LogicalResult reverseBody(Block &block, Region &body, ArrayRef<Value> cotangents,
                                 ArrayRef<Value> captures, StringRef functionName) {
  OpBuilder inside = OpBuilder::atBlockBegin(&block);
  Location location = body.getLoc();
  IRMapping mapping;
  for (Operation &op : body.front().without_terminator())
    if (op.getNumResults()) // checks held before
      inside.clone(op, mapping);
  SmallVector<Value> outputs = llvm::map_to_vector(
      nn::yieldOf(body).getValues(), [&](Value value) { return mapping.lookupOrDefault(value); });
  auto yield = nn::YieldOp::create(inside, location, outputs);
  FailureOr<SmallVector<Value>> flow = buildVjp(block, functionName, cotangents, captures);
  if (failed(flow))
    return failure();
  inside.setInsertionPoint(yield);
  for (auto [value, capture] : llvm::zip_equal(*flow, captures))
    if (!value)
      value = nn::zeroLike(nn::TensorExpr(inside, location, capture)).value();
  yield.getValuesMutable().assign(*flow);
  eraseDeadOps(block);
  return success();
}

FailureOr<BodyDerivative> differentiateBodies(OpBuilder &builder, Operation *op,
                                              ArrayRef<Value> cotangents,
                                              const DenseSet<Value> &varied,
                                              StringRef functionName) {
  if (auto loop = dyn_cast<nn::LoopOpInterface>(op))
    return differentiateLoop(builder, loop, cotangents, varied, functionName);
  llvm::SetVector<Value> above;
  getUsedValuesDefinedAbove(op->getRegions(), above);
  SmallVector<Value> captures =
      llvm::filter_to_vector(above, [&](Value value) { return varied.contains(value); });
  OperationState state(op->getLoc(), op->getName(), op->getOperands(),
                       ValueRange(captures).getTypes(), op->getAttrs());
  for (unsigned number = 0; number < op->getNumRegions(); ++number)
    state.addRegion()->emplaceBlock();
  Operation *backward = builder.create(state);
  for (auto [body, reversed] : llvm::zip_equal(op->getRegions(), backward->getRegions()))
    if (failed(reverseBody(reversed.front(), body, cotangents, captures, functionName)))
      return failure();
  BodyDerivative derivative{op, {}};
  for (auto [capture, cotangent] : llvm::zip_equal(captures, backward->getResults()))
    derivative.contributions.push_back({capture, cotangent});
  return derivative;
}

} // namespace mlc
