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

namespace {
/// The states of a loss in the loop over its parts: those that it writes are carried, so that a
/// part reads what the parts before it wrote.
class CarriedStates {
public:
  /// Reads them where `builder` is, before the loop.
  CarriedStates(Block &block, OpBuilder &builder) : builder(builder) {
    for (auto write : block.getOps<nn::WriteOp>()) {
      Value &now = current[write.getStateAttr().getAttr()];
      if (now)
        continue;
      now = nn::ReadOp::create(builder, write.getLoc(), write.getValue().getType(),
                               write.getStateAttr());
      inits.push_back(now);
    }
  }

  /// The values before the first part.
  ArrayRef<Value> values() const { return inits; }
  /// What stands for them in the body.
  void enter(ValueRange arguments) {
    for (auto [entry, argument] : llvm::zip_equal(current, arguments))
      entry.second = argument;
  }
  /// Whether the op reads what no part writes, and may stay before the loop.
  bool isConstant(Operation &op) const {
    auto read = dyn_cast<nn::ReadOp>(op);
    return read && !current.contains(read.getStateAttr().getAttr());
  }
  /// Takes in a read or a write of the body, in order, and erases it; `values` follow.
  bool takeIn(Operation *op, MutableArrayRef<Value> values) {
    if (auto read = dyn_cast<nn::ReadOp>(op)) {
      Value now = current.lookup(read.getStateAttr().getAttr());
      llvm::replace(values, Value(read), now);
      read.replaceAllUsesWith(now);
    } else if (auto write = dyn_cast<nn::WriteOp>(op)) {
      current[write.getStateAttr().getAttr()] = write.getValue();
    } else {
      return false;
    }
    op->erase();
    return true;
  }
  /// The values after a part.
  SmallVector<Value> next() const { return llvm::to_vector(llvm::make_second_range(current)); }
  /// Writes the values after the last part.
  void write(Location location, ValueRange results) {
    for (auto [entry, result] : llvm::zip_equal(current, results))
      nn::WriteOp::create(builder, location, FlatSymbolRefAttr::get(entry.first), result);
  }

private:
  OpBuilder &builder;
  llvm::MapVector<StringAttr, Value> current; ///< by the state's name
  SmallVector<Value> inits;
};
} // namespace

void accumulate(func::FuncOp function, MutableArrayRef<Value> values, int64_t count, Value key) {
  Block &block = function.getBody().front();
  Location location = function.getLoc();
  OpBuilder builder(block.getTerminator());
  SmallVector<Operation *> moved(llvm::make_pointer_range(block.without_terminator()));
  CarriedStates states(block, builder);
  llvm::erase_if(moved,
                 [&](Operation *op) { return isa<nn::ParamOp>(op) || states.isConstant(*op); });
  SmallVector<Value> inits;
  for (Value value : values) {
    nn::TensorExpr part(builder, location, value);
    inits.push_back(part.constant(0.0, sumElement(part.element())).value());
  }
  llvm::append_range(inits, states.values());
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
  states.enter(body->getArguments().slice(values.size(), states.values().size()));
  for (Operation *op : moved)
    if (!states.takeIn(op, values))
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
  llvm::append_range(sums, states.next());
  nn::YieldOp::create(inside, location, sums);
  if (key)
    giveOwnKeys(loop, key);
  states.write(location, loop->getResults().drop_front(values.size()));
  for (auto [value, sum] : llvm::zip_first(values, loop->getResults())) {
    nn::TensorExpr total(builder, location, sum);
    value = nn::cast(total, getElementTypeOrSelf(value.getType())).value();
  }
}

} // namespace mlc
