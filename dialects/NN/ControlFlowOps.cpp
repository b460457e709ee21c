// Control flow: text, verification, sizes.
#include "dialects/NN/ControlFlow.h"

#include "mlir/IR/Matchers.h"

using namespace mlir;

#include "dialects/NN/ControlFlowInterfaces.cpp.inc"
#define GET_OP_CLASSES
#include "dialects/NN/ControlFlowOps.cpp.inc"

namespace mlc::nn {

void addControlFlowOps(NNDialect &dialect) {
  RegisteredOperationName::insert<CheckpointOp>(dialect);
  RegisteredOperationName::insert<IfOp>(dialect);
  RegisteredOperationName::insert<ScanOp>(dialect);
  RegisteredOperationName::insert<YieldOp>(dialect);
}

/// A body reads and writes no state.
LogicalResult verifyEffects(Region &body) {
  WalkResult walk = body.walk([&](Operation *op) {
    if (!isa<ReadOp, WriteOp>(op))
      return WalkResult::advance();
    return WalkResult(op->emitError("not supported yet: ") << op->getName() << " in a body");
  });
  return failure(walk.wasInterrupted());
}

YieldOp yieldOf(Region &body) { return cast<YieldOp>(body.front().getTerminator()); }

YieldOp ScanOp::yield() { return cast<YieldOp>(getBody().front().getTerminator()); }

Value ScanOp::addTripNumber() {
  OpBuilder builder(*this);
  int64_t trips = staticTripCount();
  Value size = getTrips();
  if (!size && ShapedType::isDynamic(trips))
    size = DimOp::create(builder, getLoc(), getStacks().front(), 0);
  auto number = RankedTensorType::get({}, builder.getI64Type());
  SmallVector<Value> sizes;
  if (ShapedType::isDynamic(trips))
    sizes.push_back(size);
  getStacksMutable().append(IotaOp::create(builder, getLoc(),
                                           RankedTensorType::get({trips}, builder.getI64Type()),
                                           sizes, 0)
                                .getResult());
  return getBody().addArgument(number, getLoc());
}

int64_t ScanOp::staticTripCount() {
  if (std::optional<int64_t> count = getCount())
    return *count;
  APInt number;
  if (getTrips())
    return matchPattern(getTrips(), m_ConstantInt(&number)) ? number.getSExtValue()
                                                            : ShapedType::kDynamic;
  for (Value stack : getStacks())
    if (auto type = cast<RankedTensorType>(stack.getType());
        type.getRank() && !type.isDynamicDim(0))
      return type.getDimSize(0);
  return ShapedType::kDynamic;
}

AffineExpr ScanOp::tripCount(DimensionAnalysis &sizes) {
  if (std::optional<int64_t> count = getCount())
    return sizes.constant(*count);
  return getTrips() ? sizes.index(getTrips()) : sizes.dimension(getStacks().front(), 0);
}

AffineExpr ScanOp::resultDimension(unsigned result, unsigned dim, DimensionAnalysis &sizes) {
  if (result < getInits().size())
    return sizes.dimension(getInits()[result], dim);
  return dim == 0 ? tripCount(sizes) : sizes.dimension(yield().getValues()[result], dim - 1);
}

AffineExpr ScanOp::argumentDimension(unsigned argument, unsigned dim, DimensionAnalysis &sizes) {
  unsigned carried = getInits().size();
  return argument < carried ? sizes.dimension(getInits()[argument], dim)
                            : sizes.dimension(getStacks()[argument - carried], dim + 1);
}

void ScanOp::collectLimits(DimensionAnalysis &sizes, SmallVectorImpl<SizeLimit> &limits) {
  AffineExpr trips = tripCount(sizes);
  limits.push_back({sizes.constant(0), trips, false, "number of trips of nn.scan is negative"});
  for (Value stack : getStacks()) // scan_c2
    limits.push_back({sizes.dimension(stack, 0), trips, true,
                      "slices of an operand of nn.scan as many as trips"});
  for (auto [init, next] : llvm::zip(getInits(), yield().getValues())) // scan_c3
    for (auto [before, after] : llvm::zip(sizes.shape(init), sizes.shape(next)))
      limits.push_back({before, after, true, "sizes of a value that nn.scan carries"});
}

LogicalResult ScanOp::verify() {
  if (getTrips() && getCount())
    return emitOpError("expects one number of trips");
  if (getStacks().empty() && !getTrips() && !getCount()) { // scan_c1
    InFlightDiagnostic diagnostic = emitOpError("expects a number of trips");
    diagnostic.attachNote() << "write `trips = 10` or `trips = %n`, or give it an operand after "
                               "`over`, whose first size it then is";
    return diagnostic;
  }
  int64_t trips = staticTripCount();
  if (!ShapedType::isDynamic(trips) && trips < 0)
    return emitOpError("expects at least 0 trips, but got ") << trips;
  for (Value stack : getStacks()) { // scan_c2
    auto type = cast<RankedTensorType>(stack.getType());
    if (type.getRank() == 0)
      return emitOpError("expects tensors of rank 1 or more after `over`, but got ") << type;
    if (!type.isDynamicDim(0) && !ShapedType::isDynamic(trips) && type.getDimSize(0) != trips)
      return emitOpError("expects as many slices as trips, which are ")
             << trips << ", but got " << type;
  }
  return success();
}

/// Regions are verified after the op around them, so what they yield is checked here.
LogicalResult ScanOp::verifyRegions() {
  auto terminator = dyn_cast<YieldOp>(getBody().front().getTerminator());
  if (!terminator)
    return emitOpError("expects a body that ends with nn.yield");
  SmallVector<Type> arguments(getInits().getTypes());
  for (Type stack : getStacks().getTypes())
    arguments.push_back(
        cast<RankedTensorType>(stack).clone(cast<RankedTensorType>(stack).getShape().drop_front()));
  if (TypeRange(arguments) != TypeRange(getBody().getArgumentTypes()))
    return emitOpError("expects a body on ")
           << arguments << ", but got " << SmallVector<Type>(getBody().getArgumentTypes());
  OperandRange values = terminator.getValues();
  if (values.size() < getInits().size())
    return terminator.emitOpError("expects a value for each of the ")
           << getInits().size() << " that nn.scan carries, but got " << values.size();
  if (values.size() != getNumResults())
    return emitOpError("expects ") << values.size() << " results, but got " << getNumResults();
  for (auto [result, value] :
       llvm::drop_begin(llvm::zip_equal(getResults(), values), getInits().size())) {
    auto stack = cast<RankedTensorType>(result.getType());
    auto slice = cast<RankedTensorType>(value.getType());
    if (stack.getRank() == 0 || stack.clone(stack.getShape().drop_front()) != slice)
      return emitOpError("expects a stack of ") << slice << " as a result, but got " << stack;
  }
  for (auto [number, pair] : llvm::enumerate(llvm::zip(getInits(), values))) {
    auto [init, next] = pair;
    if (init.getType() == next.getType()) // scan_c3
      continue;
    InFlightDiagnostic diagnostic = terminator.emitOpError("expects ")
                                    << init.getType() << " as value " << number
                                    << ", which nn.scan carries, but got " << next.getType();
    diagnostic.attachNote(getLoc()) << "the first trip gets it with this type";
    return diagnostic;
  }
  return verifyEffects(getBody()); // scan_c4
}

//===- Text -------------------------------------------------------------------===//

/// `trips = 10`, `trips = %n`, `reverse`, in any order.
static ParseResult parseClauses(OpAsmParser &parser, OperationState &state,
                                std::optional<OpAsmParser::UnresolvedOperand> &trips) {
  Builder &builder = parser.getBuilder();
  while (true) {
    if (succeeded(parser.parseOptionalKeyword("reverse"))) {
      state.getOrAddProperties<ScanOp::Properties>().reverse = builder.getUnitAttr();
      continue;
    }
    if (failed(parser.parseOptionalKeyword("trips")))
      return success();
    OpAsmParser::UnresolvedOperand operand;
    int64_t count;
    if (parser.parseEqual())
      return failure();
    if (OptionalParseResult known = parser.parseOptionalInteger(count); known.has_value()) {
      if (failed(*known))
        return failure();
      state.getOrAddProperties<ScanOp::Properties>().count = builder.getI64IntegerAttr(count);
    } else if (parser.parseOperand(operand)) {
      return failure();
    } else {
      trips = operand;
    }
  }
}

/// The types of the results, of what the body yields.
static ParseResult inferResults(OpAsmParser &parser, OperationState &state, Region &body,
                                ArrayRef<Type> types, size_t carried) {
  Block &block = body.front();
  if (block.empty() || !isa<YieldOp>(block.back()))
    return parser.emitError(parser.getNameLoc(), "expects a body that ends with nn.yield");
  int64_t trips = ShapedType::kDynamic;
  if (IntegerAttr count = state.getOrAddProperties<ScanOp::Properties>().count)
    trips = count.getInt();
  else if (!state.getOrAddProperties<ScanOp::Properties>().operandSegmentSizes[2])
    for (Type type : types.drop_front(carried))
      if (auto tensor = cast<RankedTensorType>(type); ShapedType::isDynamic(trips))
        trips = tensor.getDimSize(0);
  for (auto [number, value] : llvm::enumerate(block.back().getOperands())) {
    auto type = cast<RankedTensorType>(value.getType());
    SmallVector<int64_t> shape{trips};
    llvm::append_range(shape, type.getShape());
    state.addTypes(number < carried ? types[number] : type.clone(shape));
  }
  return success();
}

/// nn.scan (%h = %h0) over (%x = %xs) trips = %n reverse {attributes} : types { body }
ParseResult ScanOp::parse(OpAsmParser &parser, OperationState &state) {
  SmallVector<OpAsmParser::Argument> arguments, slices;
  SmallVector<OpAsmParser::UnresolvedOperand> operands, stacks;
  std::optional<OpAsmParser::UnresolvedOperand> trips;
  SmallVector<Type> types;
  if (parser.parseAssignmentList(arguments, operands) ||
      (succeeded(parser.parseOptionalKeyword("over")) &&
       parser.parseAssignmentList(slices, stacks)) ||
      parseClauses(parser, state, trips) || parser.parseOptionalAttrDict(state.attributes))
    return failure();
  size_t carried = operands.size();
  llvm::append_range(arguments, slices);
  llvm::append_range(operands, stacks);
  SMLoc where = parser.getCurrentLocation();
  if (!operands.empty() && parser.parseColonTypeList(types))
    return failure();
  if (parser.resolveOperands(operands, types, where, state.operands) ||
      (trips && parser.resolveOperand(*trips, parser.getBuilder().getIndexType(), state.operands)))
    return failure();
  for (auto [number, argument] : llvm::enumerate(arguments)) {
    auto type = dyn_cast<RankedTensorType>(types[number]);
    if (!type || (number >= carried && type.getRank() == 0))
      return parser.emitError(where, "expects tensors, of rank 1 or more after `over`, but got ")
             << types[number];
    argument.type = number < carried ? Type(type) : type.clone(type.getShape().drop_front());
  }
  state.getOrAddProperties<Properties>().operandSegmentSizes = {
      static_cast<int32_t>(carried), static_cast<int32_t>(stacks.size()), trips ? 1 : 0};
  Region *body = state.addRegion();
  if (parser.parseRegion(*body, arguments))
    return failure();
  return inferResults(parser, state, *body, types, carried);
}

void ScanOp::print(OpAsmPrinter &printer) {
  auto printAssignments = [&](ValueRange arguments, ValueRange values) {
    printer << " (";
    llvm::interleaveComma(llvm::zip_equal(arguments, values), printer, [&](auto pair) {
      printer << std::get<0>(pair) << " = " << std::get<1>(pair);
    });
    printer << ")";
  };
  ArrayRef<BlockArgument> arguments = getBody().getArguments();
  printAssignments(arguments.take_front(getInits().size()), getInits());
  if (!getStacks().empty()) {
    printer << " over";
    printAssignments(arguments.drop_front(getInits().size()), getStacks());
  }
  if (getTrips())
    printer << " trips = " << getTrips();
  if (getCount())
    printer << " trips = " << *getCount();
  if (getReverse())
    printer << " reverse";
  printer.printOptionalAttrDict((*this)->getAttrs(),
                                {"operandSegmentSizes", getCountAttrName(), getReverseAttrName()});
  SmallVector<Type> types(getInits().getTypes());
  llvm::append_range(types, getStacks().getTypes());
  if (!types.empty())
    printer << " : " << types;
  printer << ' ';
  printer.printRegion(getBody(), /*printEntryBlockArgs=*/false);
}

} // namespace mlc::nn
