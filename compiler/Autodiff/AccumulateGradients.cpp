#include "compiler/Autodiff/AccumulateGradients.h"
#include "dialects/NN/AttributeNames.h"
#include "dialects/NN/ControlFlow.h"
#include "dialects/NN/TensorExpr.h"

using namespace mlir;

namespace mlc {

Value keyOfTrip(BlockArgument number, Value key) {
  OpBuilder builder = OpBuilder::atBlockBegin(number.getOwner());
  nn::TensorExpr trip(builder, number.getLoc(), number), outer(builder, number.getLoc(), key);
  nn::TensorExpr sum = outer + trip + trip.integerConstant(1);
  return (sum * trip.integerConstant(static_cast<int64_t>(0x9e3779b97f4a7c15))).value();
}

static RankedTensorType partsOf(Type type, int64_t count) {
  auto part = cast<RankedTensorType>(type);
  SmallVector<int64_t> shape{count};
  llvm::append_range(shape, part.getShape());
  return part.clone(shape);
}

/// The arguments' types and the names of their dimensions, of which the first is new.
static void addPartDimension(func::FuncOp function, int64_t count) {
  SmallVector<Type> types;
  unsigned inputs = function.getFunctionType().getNumInputs();
  for (BlockArgument argument : function.getBody().getArguments().take_front(inputs)) {
    argument.setType(partsOf(argument.getType(), count));
    types.push_back(argument.getType());
    auto names = function.getArgAttrOfType<ArrayAttr>(argument.getArgNumber(), nn::kDimsAttr);
    Builder builder(function.getContext());
    SmallVector<Attribute> all(cast<RankedTensorType>(types.back()).getRank(),
                               builder.getStringAttr(""));
    if (names)
      llvm::copy(names, all.begin() + 1);
    all.front() = builder.getStringAttr(nn::kPartsName);
    function.setArgAttr(argument.getArgNumber(), nn::kDimsAttr, builder.getArrayAttr(all));
  }
  function.setFunctionType(
      FunctionType::get(function.getContext(), types, function.getFunctionType().getResults()));
}

/// Sums of 16-bit numbers are f32's.
static Type sumElement(Type element) {
  return element.getIntOrFloatBitWidth() < 32 ? Float32Type::get(element.getContext()) : element;
}

/// Replaces a key that the body uses by the trip's own.
static void giveOwnKeys(nn::ScanOp loop, Value key) {
  SmallVector<OpOperand *> uses;
  for (OpOperand &use : key.getUses())
    if (loop.getBody().isAncestor(use.getOwner()->getParentRegion()))
      uses.push_back(&use);
  if (uses.empty())
    return;
  Value own = keyOfTrip(loop.numberTrips().numbers.front(), key);
  for (OpOperand *use : uses)
    use->set(own);
}

void accumulate(func::FuncOp function, MutableArrayRef<Value> values, int64_t count, Value key) {
  Block &block = function.getBody().front();
  Location location = function.getLoc();
  OpBuilder builder(block.getTerminator());
  SmallVector<Operation *> moved;
  for (Operation &op : block.without_terminator())
    if (!isa<nn::ParamOp>(op))
      moved.push_back(&op);
  SmallVector<Value> inits;
  for (Value value : values) {
    nn::TensorExpr part(builder, location, value);
    inits.push_back(part.constant(0.0, sumElement(part.element())).value());
  }
  Block *body = new Block;
  for (Value init : inits)
    body->addArgument(init.getType(), location);
  unsigned inputs = function.getFunctionType().getNumInputs();
  for (BlockArgument argument : block.getArguments().take_front(inputs)) {
    Value slice = body->addArgument(argument.getType(), argument.getLoc());
    argument.replaceAllUsesWith(slice);
    llvm::replace(values, Value(argument), slice);
  }
  addPartDimension(function, count);
  SmallVector<Value> stacks(block.getArguments().take_front(inputs));
  auto loop = nn::ScanOp::create(builder, location, ValueRange(inits).getTypes(), inits, stacks,
                                 Value(), builder.getI64IntegerAttr(count), UnitAttr());
  loop.getBody().push_back(body);
  for (Operation *op : moved)
    op->moveBefore(body, body->end());
  OpBuilder inside = OpBuilder::atBlockEnd(body);
  SmallVector<Value> sums;
  for (auto [number, value] : llvm::enumerate(values)) {
    // As soon as the part's is there, so that what it is computed from need not be kept.
    if (Operation *producer = value.getDefiningOp(); producer && producer->getBlock() == body)
      inside.setInsertionPointAfter(producer);
    nn::TensorExpr part(inside, location, value), sum(inside, location, body->getArgument(number));
    sums.push_back((sum + nn::cast(part, sum.element())).value());
  }
  inside.setInsertionPointToEnd(body);
  nn::YieldOp::create(inside, location, sums);
  if (key)
    giveOwnKeys(loop, key);
  for (auto [value, sum] : llvm::zip_equal(values, loop->getResults())) {
    nn::TensorExpr total(builder, location, sum);
    value = nn::cast(total, getElementTypeOrSelf(value.getType())).value();
  }
}

} // namespace mlc
