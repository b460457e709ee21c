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

} // namespace mlc
