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
  RegisteredOperationName::insert<CustomVjpOp>(dialect);
  RegisteredOperationName::insert<IfOp>(dialect);
  RegisteredOperationName::insert<ScanOp>(dialect);
  RegisteredOperationName::insert<WhileOp>(dialect);
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

//===- What loops have in common ----------------------------------------------===//

AffineExpr loopResultDimension(LoopOpInterface loop, unsigned result, unsigned dim,
                               DimensionAnalysis &sizes) {
  if (result < loop.getInits().size())
    return sizes.dimension(loop.getInits()[result], dim);
  return dim == 0 ? loop.tripCount(sizes)
                  : sizes.dimension(yieldOf(loop.getBody()).getValues()[result], dim - 1);
}

AffineExpr loopArgumentDimension(LoopOpInterface loop, unsigned argument, unsigned dim,
                                 DimensionAnalysis &sizes) {
  unsigned carried = loop.getInits().size();
  return argument < carried ? sizes.dimension(loop.getInits()[argument], dim)
                            : sizes.dimension(loop.getStacks()[argument - carried], dim + 1);
}

void collectLoopLimits(LoopOpInterface loop, DimensionAnalysis &sizes,
                       SmallVectorImpl<SizeLimit> &limits) {
  std::string name = loop->getName().getStringRef().str();
  if (AffineExpr trips = loop.tripCount(sizes))
    limits.push_back(
        {sizes.constant(0), trips, false, "number of trips of " + name + " is negative"});
  for (auto [init, next] : llvm::zip(loop.getInits(), yieldOf(loop.getBody()).getValues()))
    for (auto [before, after] : llvm::zip(sizes.shape(init), sizes.shape(next)))
      limits.push_back({before, after, true, "sizes of a value that " + name + " carries"});
  for (Value stack : loop.getStacks()) // scan_c2
    limits.push_back({sizes.dimension(stack, 0), loop.tripCount(sizes), true,
                      "slices of an operand of " + name + " as many as trips"});
}

/// The types of the arguments of a body: the carried values, then slices.
static SmallVector<Type> argumentTypes(LoopOpInterface loop) {
  SmallVector<Type> arguments(loop.getInits().getTypes());
  for (Type type : loop.getStacks().getTypes()) {
    auto stack = cast<RankedTensorType>(type);
    arguments.push_back(stack.clone(stack.getShape().drop_front()));
  }
  return arguments;
}

static LogicalResult verifyStackedResults(LoopOpInterface loop, OperandRange values) {
  for (auto [result, value] :
       llvm::drop_begin(llvm::zip_equal(loop->getResults(), values), loop.getInits().size())) {
    auto stack = cast<RankedTensorType>(result.getType());
    auto slice = cast<RankedTensorType>(value.getType());
    if (stack.getRank() == 0 || stack.clone(stack.getShape().drop_front()) != slice)
      return loop->emitOpError("expects a stack of ") << slice << " as a result, but got " << stack;
  }
  return success();
}

/// Regions are verified after the op around them, so what they yield is checked here.
LogicalResult verifyLoopBody(LoopOpInterface loop) {
  Region &body = loop.getBody();
  auto terminator = dyn_cast<YieldOp>(body.front().getTerminator());
  if (!terminator)
    return loop->emitOpError("expects a body that ends with nn.yield");
  SmallVector<Type> arguments = argumentTypes(loop);
  if (TypeRange(arguments) != TypeRange(body.getArgumentTypes()))
    return loop->emitOpError("expects a body on ")
           << arguments << ", but got " << SmallVector<Type>(body.getArgumentTypes());
  OperandRange values = terminator.getValues();
  size_t carried = loop.getInits().size();
  if (values.size() < carried)
    return terminator.emitOpError("expects a value for each of the ")
           << carried << " that " << loop->getName() << " carries, but got " << values.size();
  if (values.size() != loop->getNumResults())
    return loop->emitOpError("expects ")
           << values.size() << " results, but got " << loop->getNumResults();
  if (failed(verifyStackedResults(loop, values)))
    return failure();
  for (auto [number, pair] : llvm::enumerate(llvm::zip(loop.getInits(), values))) {
    auto [init, next] = pair;
    if (init.getType() == next.getType()) // scan_c3, while_c4
      continue;
    InFlightDiagnostic diagnostic = terminator.emitOpError("expects ")
                                    << init.getType() << " as value " << number << ", which "
                                    << loop->getName() << " carries, but got " << next.getType();
    diagnostic.attachNote(loop.getLoc()) << "the first trip gets it with this type";
    return diagnostic;
  }
  return verifyEffects(body); // scan_c4, while_c5
}

SmallVector<Type> loopResults(ValueRange values, ArrayRef<Type> types, size_t carried,
                              int64_t trips) {
  SmallVector<Type> results;
  for (auto [number, value] : llvm::enumerate(values)) {
    auto type = cast<RankedTensorType>(value.getType());
    SmallVector<int64_t> shape{trips};
    llvm::append_range(shape, type.getShape());
    results.push_back(number < carried ? types[number] : type.clone(shape));
  }
  return results;
}

int64_t staticCount(IntegerAttr count, Value trips) {
  APInt number;
  if (count)
    return count.getInt();
  return trips && matchPattern(trips, m_ConstantInt(&number)) ? number.getSExtValue()
                                                              : ShapedType::kDynamic;
}

//===- nn.scan ----------------------------------------------------------------===//

Operation *ScanOp::rebuild(OpBuilder &builder, TypeRange results, ValueRange inits,
                           ValueRange stacks) {
  IntegerAttr count = getCountAttr();
  Value trips = getTrips();
  if (stacks.empty() && !count && !trips) { // they were those of a stack
    if (int64_t known = staticTripCount(); !ShapedType::isDynamic(known))
      count = builder.getI64IntegerAttr(known);
    else
      trips = DimOp::create(builder, getLoc(), getStacks().front(), 0);
  }
  return ScanOp::create(builder, getLoc(), results, inits, stacks, trips, getLimit(), count,
                        getReverseAttr());
}

NumberedLoop ScanOp::numberTrips() {
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
  return {*this, {getBody().addArgument(number, getLoc())}, getLimit()};
}

int64_t ScanOp::staticTripCount() {
  if (getCount() || getTrips())
    return staticCount(getCountAttr(), getTrips());
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

LogicalResult ScanOp::verifyRegions() { return verifyLoopBody(*this); }

//===- Text -------------------------------------------------------------------===//

ParseResult parseTripCount(OpAsmParser &parser, IntegerAttr &count,
                           std::optional<OpAsmParser::UnresolvedOperand> &trips) {
  int64_t number;
  if (parser.parseEqual())
    return failure();
  if (OptionalParseResult known = parser.parseOptionalInteger(number); known.has_value()) {
    if (failed(*known))
      return failure();
    count = parser.getBuilder().getI64IntegerAttr(number);
    return success();
  }
  return parser.parseOperand(trips.emplace());
}

void printAssignments(OpAsmPrinter &printer, ValueRange arguments, ValueRange values) {
  printer << " (";
  llvm::interleaveComma(llvm::zip_equal(arguments, values), printer, [&](auto pair) {
    printer << std::get<0>(pair) << " = " << std::get<1>(pair);
  });
  printer << ")";
}

namespace {
/// Operands that the clauses of nn.scan name.
struct ScanClauses {
  std::optional<OpAsmParser::UnresolvedOperand> trips, limit;
};
} // namespace

/// `trips = 10`, `trips = %n`, `limit = %n`, `reverse`, in any order.
static ParseResult parseClauses(OpAsmParser &parser, OperationState &state, ScanClauses &clauses) {
  auto &properties = state.getOrAddProperties<ScanOp::Properties>();
  while (true) {
    if (succeeded(parser.parseOptionalKeyword("reverse"))) {
      properties.reverse = parser.getBuilder().getUnitAttr();
    } else if (succeeded(parser.parseOptionalKeyword("limit"))) {
      if (parser.parseEqual() || parser.parseOperand(clauses.limit.emplace()))
        return failure();
    } else if (failed(parser.parseOptionalKeyword("trips"))) {
      return success();
    } else if (parseTripCount(parser, properties.count, clauses.trips)) {
      return failure();
    }
  }
}

/// The types of the results, of what the body yields.
static ParseResult inferResults(OpAsmParser &parser, OperationState &state, Region &body,
                                ArrayRef<Type> types, size_t carried) {
  Block &block = body.front();
  if (block.empty() || !isa<YieldOp>(block.back()))
    return parser.emitError(parser.getNameLoc(), "expects a body that ends with nn.yield");
  auto &properties = state.getOrAddProperties<ScanOp::Properties>();
  int64_t trips = ShapedType::kDynamic;
  if (properties.count)
    trips = properties.count.getInt();
  else if (!properties.operandSegmentSizes[2])
    for (Type type : types.drop_front(carried))
      if (auto tensor = cast<RankedTensorType>(type); ShapedType::isDynamic(trips))
        trips = tensor.getDimSize(0);
  state.addTypes(loopResults(block.back().getOperands(), types, carried, trips));
  return success();
}

/// nn.scan (%h = %h0) over (%x = %xs) trips = %n reverse {attributes} : types { body }
ParseResult ScanOp::parse(OpAsmParser &parser, OperationState &state) {
  SmallVector<OpAsmParser::Argument> arguments, slices;
  SmallVector<OpAsmParser::UnresolvedOperand> operands, stacks;
  ScanClauses clauses;
  SmallVector<Type> types;
  if (parser.parseAssignmentList(arguments, operands) ||
      (succeeded(parser.parseOptionalKeyword("over")) &&
       parser.parseAssignmentList(slices, stacks)) ||
      parseClauses(parser, state, clauses) || parser.parseOptionalAttrDict(state.attributes))
    return failure();
  size_t carried = operands.size();
  llvm::append_range(arguments, slices);
  llvm::append_range(operands, stacks);
  SMLoc where = parser.getCurrentLocation();
  if (!operands.empty() && parser.parseColonTypeList(types))
    return failure();
  Builder &builder = parser.getBuilder();
  auto counter = RankedTensorType::get({}, builder.getI64Type());
  if (parser.resolveOperands(operands, types, where, state.operands) ||
      (clauses.trips &&
       parser.resolveOperand(*clauses.trips, builder.getIndexType(), state.operands)) ||
      (clauses.limit && parser.resolveOperand(*clauses.limit, counter, state.operands)))
    return failure();
  for (auto [number, argument] : llvm::enumerate(arguments)) {
    auto type = dyn_cast<RankedTensorType>(types[number]);
    if (!type || (number >= carried && type.getRank() == 0))
      return parser.emitError(where, "expects tensors, of rank 1 or more after `over`, but got ")
             << types[number];
    argument.type = number < carried ? Type(type) : type.clone(type.getShape().drop_front());
  }
  state.getOrAddProperties<Properties>().operandSegmentSizes = {
      static_cast<int32_t>(carried), static_cast<int32_t>(stacks.size()), clauses.trips ? 1 : 0,
      clauses.limit ? 1 : 0};
  Region *body = state.addRegion();
  if (parser.parseRegion(*body, arguments))
    return failure();
  return inferResults(parser, state, *body, types, carried);
}

void ScanOp::print(OpAsmPrinter &printer) {
  ArrayRef<BlockArgument> arguments = getBody().getArguments();
  printAssignments(printer, arguments.take_front(getInits().size()), getInits());
  if (!getStacks().empty()) {
    printer << " over";
    printAssignments(printer, arguments.drop_front(getInits().size()), getStacks());
  }
  if (getTrips())
    printer << " trips = " << getTrips();
  if (getCount())
    printer << " trips = " << *getCount();
  if (getLimit())
    printer << " limit = " << getLimit();
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
