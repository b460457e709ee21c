#include "compiler/Codegen/Common/Schedule.h"
#include "compiler/Codegen/Common/NarrowFloat.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"

using namespace mlir;

namespace mlc {

Value KernelContext::allocate(Type element, int64_t elements) {
  OpBuilder::InsertionGuard guard(emitter.builder);
  Value offset = emitter.constantIndex(scratchBytes);
  emitter.builder.setInsertionPointAfterValue(offset);
  scratchBytes = llvm::alignTo(
      scratchBytes + elements * llvm::divideCeil(element.getIntOrFloatBitWidth(), 8), 64);
  Type stored = storedElement(element);
  return memref::ViewOp::create(emitter.builder, emitter.location,
                                MemRefType::get({elements}, stored), scratch, offset, ValueRange());
}

Value KernelContext::viewAs(Value allocated, Type element) {
  auto view = allocated.getDefiningOp<memref::ViewOp>();
  MemRefType type = view.getType();
  int64_t bytes = type.getNumElements() * type.getElementTypeBitWidth() / 8;
  OpBuilder::InsertionGuard guard(emitter.builder);
  emitter.builder.setInsertionPointAfter(view);
  return memref::ViewOp::create(
      emitter.builder, emitter.location,
      MemRefType::get({bytes * 8 / element.getIntOrFloatBitWidth()}, element), view.getSource(),
      view.getByteShift(), ValueRange());
}

void KernelContext::storeAt(ArrayRef<StoreTarget> targets, const Position &position) {
  SmallVector<Value> values;
  for (const StoreTarget &target : targets)
    values.push_back(emitter.emit(target.tensor, position));
  for (auto [target, value] : llvm::zip(targets, values)) {
    LaneIndex address =
        target.address ? target.address(position) : emitter.linearize(target.tensor, position);
    emitter.store(target.buffer, address, value, getElementTypeOrSelf(target.tensor.getType()));
  }
}

SmallVector<StoreTarget> PendingTargets::takeIf(function_ref<bool(Value)> belongs) {
  SmallVector<StoreTarget> taken, rest;
  for (StoreTarget &target : targets)
    (belongs(target.tensor) ? taken : rest).push_back(target);
  targets = rest;
  return taken;
}

SmallVector<StoreTarget> PendingTargets::takeAround(Operation *op) {
  return takeIf([&](Value value) {
    return shapes.sizes(value) == shapes.sizes(op->getResult(0)) && isPositionwise(value, op);
  });
}

bool isPositionwise(Value value, Operation *producer) {
  SmallVector<Value> pending = {value};
  llvm::SmallPtrSet<Operation *, 16> seen;
  while (!pending.empty()) {
    Operation *op = pending.pop_back_val().getDefiningOp();
    if (!op || !seen.insert(op).second)
      continue;
    if (op == producer)
      return true;
    if (isa<nn::ElementwiseOpInterface>(op))
      llvm::append_range(pending, op->getOperands());
  }
  return false;
}

} // namespace mlc
