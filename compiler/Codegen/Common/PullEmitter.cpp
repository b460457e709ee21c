#include "compiler/Codegen/Common/PullEmitter.h"
#include "compiler/Codegen/Common/Emission.h"
#include "compiler/Codegen/Common/ExpandMath.h"
#include "compiler/Codegen/Common/NarrowFloat.h"
#include "dialects/NN/DimensionAnalysis.h"
#include "dialects/NN/ScalarExpr.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/IR/Matchers.h"

using namespace mlir;

namespace mlc {

static std::vector<Emission> &emissions() {
  static std::vector<Emission> table;
  return table;
}
void addEmission(Emission emission) { emissions().push_back(std::move(emission)); }
const Emission *emissionOf(Operation *op) {
  auto found = llvm::find_if(emissions(), [&](const Emission &rule) { return rule.isOf(op); });
  return found == emissions().end() ? nullptr : &*found;
}

static uintptr_t idOf(Value value) {
  return reinterpret_cast<uintptr_t>(value.getAsOpaquePointer());
}

bool Position::hasLanes() const {
  return (linear && !linear->isUniform()) ||
         llvm::any_of(coords, [](const LaneIndex &coord) { return !coord.isUniform(); });
}

PullEmitter::PullEmitter(func::FuncOp function, Location location, KernelShapes &shapes,
                         LaneOptions lanes)
    : VectorBuilder(function, location, lanes), shapes(shapes) {}

Value PullEmitter::unsupported(Operation *op, const Twine &what) {
  op->emitError() << "not supported yet: " << what.str();
  hasFailed = true;
  Type element = getElementTypeOrSelf(op->getResult(0).getType());
  return constant(cast<TypedAttr>(builder.getZeroAttr(accumulatorType(element))));
}

//===-- Memo --------------------------------------------------------------------------------===//

MemoKey PullEmitter::keyOf(Value tensor, const Position &position) const {
  MemoKey key = {idOf(tensor), position.hasLanes() ? width() : 0};
  auto append = [&](const LaneIndex &index) {
    key.push_back(idOf(index.base));
    key.push_back(static_cast<uintptr_t>(index.stride));
    key.push_back(idOf(index.lanes));
  };
  llvm::for_each(position.coords, append);
  if (position.linear)
    append(*position.linear);
  return key;
}

Value PullEmitter::emit(Value tensor, const Position &position) {
  SmallVector<Value> dependencies;
  for (const LaneIndex &index : position.coords)
    dependencies.push_back(index.lanes ? index.lanes : index.base);
  if (position.linear)
    dependencies.push_back(position.linear->lanes ? position.linear->lanes : position.linear->base);
  bool hasLanes = position.hasLanes();
  return shared(keyOf(tensor, position), dependencies, hasLanes,
                [&] { return emitNew(tensor, position); });
}

void PullEmitter::define(Value tensor, const Position &position, Value value) {
  remember(keyOf(tensor, position), value);
}

void PullEmitter::bindStored(Value tensor, StoredTensor memory) {
  if (memory.buffer)
    stored[tensor] = std::move(memory);
  else
    stored.erase(tensor);
}

//===-- Coordinates -------------------------------------------------------------------------===//

LaneIndex PullEmitter::linearize(Value tensor, const Position &position) {
  return position.linear ? *position.linear : linearize(shapes.sizes(tensor), position.coords);
}
SmallVector<LaneIndex, 4> PullEmitter::coordinates(Value tensor, const Position &position) {
  return position.linear ? delinearize(shapes.sizes(tensor), *position.linear) : position.coords;
}

LaneIndex PullEmitter::indexFrom(Value integer) {
  Type type = builder.getIndexType();
  if (auto vector = dyn_cast<VectorType>(integer.getType()))
    return {{},
            0,
            arith::IndexCastOp::create(builder, location, vector.cloneWith(std::nullopt, type),
                                       integer)};
  return uniform(arith::IndexCastOp::create(builder, location, type, integer));
}

Value PullEmitter::fromIndex(const LaneIndex &index, Type element) {
  Value value = index.isUniform() ? index.base : laneVector(index);
  Type wide = isa<FloatType>(element) ? builder.getI64Type() : element;
  auto like = [&](Type type) {
    return index.isUniform() ? type : Type(VectorType::get(width(), type));
  };
  value = arith::IndexCastOp::create(builder, location, like(wide), value);
  if (wide == element)
    return value;
  if (isNarrowFloat(element))
    return rounded(floatForNarrow(builder, location, value), element);
  return arith::SIToFPOp::create(builder, location, like(element), value);
}

//===-- Dispatch ----------------------------------------------------------------------------===//

Value PullEmitter::emitNew(Value tensor, const Position &position) {
  Type element = getElementTypeOrSelf(tensor.getType());
  if (auto found = stored.find(tensor); found != stored.end())
    return load(found->second.buffer, found->second.address(position), element);
  if (auto found = buffers.find(tensor); found != buffers.end())
    return load(found->second, linearize(tensor, position), element);
  Operation *op = tensor.getDefiningOp();
  if (auto elementwise = dyn_cast<nn::ElementwiseOpInterface>(op))
    return emitElementwise(elementwise, position);
  if (const Emission *emission = emissionOf(op))
    return emission->emit(*this, cast<OpResult>(tensor), position);
  return unsupported(op, "code for " + op->getName().getStringRef());
}

//===-- Elementwise -------------------------------------------------------------------------===//

/// The size of the innermost dimension; unknown ones are large.
static uint64_t innermostSize(Value tensor) {
  ArrayRef<int64_t> shape = cast<RankedTensorType>(tensor.getType()).getShape();
  return shape.empty() ? 1 : static_cast<uint64_t>(shape.back());
}

Value PullEmitter::emitElementwise(nn::ElementwiseOpInterface op, const Position &position) {
  SmallVector<Value> operands;
  for (Value operand : op->getOperands())
    operands.push_back(emit(operand, position));
  nn::Form form = op.form();
  // A choice that is one for all lanes stays one where there is a loop that it can leave.
  bool choosesOnce = form == nn::Form::choice && !isa<VectorType>(operands[0].getType()) &&
                     innermostSize(op->getResult(0)) > 4 * laneOptions.lanes(32);
  if (llvm::any_of(operands, [](Value value) { return isa<VectorType>(value.getType()); }))
    for (Value &operand : MutableArrayRef(operands).drop_front(choosesOnce))
      operand = splat(operand);
  Type element = getElementTypeOrSelf(op->getResult(0).getType());
  if (form == nn::Form::conversion && isNarrowFloat(element))
    return rounded(floatForNarrow(builder, location, operands[0]), element);
  Value result = op.buildScalar(builder, location, operands);
  auto exp = result.getDefiningOp<math::ExpOp>();
  if (exp && exp.getOperand() == operands[0] && nn::isNeverPositive(op->getOperand(0)))
    exp->setAttr(kNonPositiveAttr, builder.getUnitAttr());
  bool isExact = form == nn::Form::operand || form == nn::Form::choice;
  return isExact ? result : rounded(result, element);
}

//===-- Lanes -------------------------------------------------------------------------------===//

void visitPositionwise(Value value, llvm::SmallPtrSetImpl<Operation *> &seen,
                       function_ref<void(Operation *)> visit) {
  Operation *op = value.getDefiningOp();
  if (!op || !seen.insert(op).second)
    return;
  visit(op);
  if (isa<nn::ElementwiseOpInterface>(op))
    for (Value operand : op->getOperands())
      visitPositionwise(operand, seen, visit);
}

/// Whether the values are computed without masks from what is in memory; adds the ops to `seen`.
static bool arePlain(ValueRange values, llvm::SmallPtrSetImpl<Operation *> &seen) {
  bool isPlain = true;
  for (Value value : values)
    visitPositionwise(value, seen, [&](Operation *op) {
      if (isa<nn::ElementwiseOpInterface>(op))
        return;
      const Emission *emission = emissionOf(op);
      isPlain &= emission && emission->traits.isPlain;
    });
  return isPlain;
}

static unsigned bitsOf(Value value) {
  Type element = getElementTypeOrSelf(value.getType());
  return element.isIntOrFloat() ? element.getIntOrFloatBitWidth() : 0;
}

/// Whether an element is computed from many elements of the operands.
static bool isLoop(Operation *op) {
  auto kernelOp = dyn_cast<nn::KernelOpInterface>(op);
  return kernelOp &&
         (kernelOp.role() == nn::Role::reduction || kernelOp.role() == nn::Role::product);
}

/// Bits of the widest tensor that `value` reads element by element, through ops that move elements.
/// Tensors of lower rank are the same in all lanes.
static unsigned widestBits(Value value, int64_t rank, llvm::SmallPtrSetImpl<Operation *> &seen) {
  auto type = dyn_cast<RankedTensorType>(value.getType());
  if (!type || type.getRank() < rank)
    return 0;
  unsigned bits = bitsOf(value);
  Operation *op = value.getDefiningOp();
  if (op && !isLoop(op) && seen.insert(op).second)
    for (Value operand : op->getOperands())
      bits = std::max(bits, widestBits(operand, rank, seen));
  return bits;
}

/// LLVM 22 splits a masked load that is wider than a register, and reads the half that a constant
/// mask leaves out. So the widest tensor decides where there are masks.
unsigned PullEmitter::laneBits(ValueRange values) {
  unsigned bits = 32;
  for (Value value : values) {
    llvm::SmallPtrSet<Operation *, 32> seen;
    auto type = dyn_cast<RankedTensorType>(value.getType());
    llvm::SmallPtrSet<Operation *, 32> plain;
    bool hasMasks = type && !arePlain(value, plain);
    bits = std::max(bits, hasMasks ? widestBits(value, type.getRank(), seen) : bitsOf(value));
  }
  return bits;
}

unsigned PullEmitter::preferredUnroll(ValueRange values) {
  llvm::SmallPtrSet<Operation *, 32> seen;
  bool isPlain = arePlain(values, seen);
  // The masks of other ops have the lanes of one register: see laneBits.
  if (!isPlain || laneOptions.bytes == 0)
    return 1;
  // Of a few ops, or with many registers, more vectors at once hide latency; else they spill.
  return seen.size() <= (laneOptions.registers >= 32 ? 64 : 4) ? 4 : 2;
}

bool PullEmitter::isLinear(Value tensor) {
  bool result = true;
  llvm::SmallPtrSet<Operation *, 32> seen;
  SmallVector<Value> pending = {tensor};
  while (!pending.empty() && result) {
    visitPositionwise(pending.pop_back_val(), seen, [&](Operation *op) {
      if (isa<nn::ElementwiseOpInterface>(op))
        return;
      const Emission *emission = emissionOf(op);
      auto readsInOrder = emission ? emission->traits.readsInOrder : nullptr;
      auto read = readsInOrder ? readsInOrder(op) : std::nullopt;
      result &= read.has_value();
      if (read)
        llvm::append_range(pending, *read);
    });
  }
  return result;
}

} // namespace mlc
