#include "compiler/Codegen/Common/Schedule.h"
#include "compiler/Codegen/Common/NarrowFloat.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"

using namespace mlir;

namespace mlc {

Value KernelContext::allocate(Type element, AffineExpr elements) {
  Value offset = emitter.value(scratchBytes);
  int64_t bytes = llvm::divideCeil(element.getIntOrFloatBitWidth(), 8);
  scratchBytes = emitter.shapes.simplified(scratchBytes + (elements * bytes).ceilDiv(64) * 64);
  OpBuilder::InsertionGuard guard(emitter.builder);
  emitter.builder.setInsertionPointAfterValue(offset);
  auto known = dyn_cast<AffineConstantExpr>(elements);
  SmallVector<Value> size;
  if (!known) {
    size.push_back(emitter.value(elements));
    if (Operation *op = size[0].getDefiningOp(); op && offset.getDefiningOp()->isBeforeInBlock(op))
      emitter.builder.setInsertionPointAfter(op);
  }
  auto type =
      MemRefType::get({known ? known.getValue() : ShapedType::kDynamic}, storedElement(element));
  return memref::ViewOp::create(emitter.builder, emitter.location, type, scratch, offset, size);
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

void PendingTargets::replace(Value whole,
                             function_ref<SmallVector<StoreTarget>(const StoreTarget &)> parts) {
  SmallVector<StoreTarget> next;
  for (StoreTarget &target : targets) {
    if (target.tensor == whole)
      llvm::append_range(next, parts(target));
    else
      next.push_back(target);
  }
  targets = next;
}

SegmentTable &commonSegments() {
  static SegmentTable table;
  return table;
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
