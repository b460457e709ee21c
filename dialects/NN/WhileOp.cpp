// nn.while: text, verification, sizes.
#include "dialects/NN/ControlFlow.h"
#include "dialects/NN/TensorExpr.h"

using namespace mlir;

namespace mlc::nn {

Region *WhileOp::getConditionBody() { return &getCondition(); }
OperandRange WhileOp::getStacks() { return getOperation()->getOperands().take_front(0); }

int64_t WhileOp::staticTripCount() { return staticCount(getCountAttr(), getTrips()); }

AffineExpr WhileOp::tripCount(DimensionAnalysis &sizes) {
  if (std::optional<int64_t> count = getCount())
    return sizes.constant(*count);
  return getTrips() ? sizes.index(getTrips()) : AffineExpr();
}

Operation *WhileOp::rebuild(OpBuilder &builder, TypeRange results, ValueRange inits,
                            ValueRange stacks) {
  assert(stacks.empty() && "nn.while reads no slices");
  return WhileOp::create(builder, getLoc(), results, inits, getTrips(), getCountAttr());
}

/// One more carried value, from 0.
NumberedLoop WhileOp::numberTrips() {
  OpBuilder builder(*this);
  size_t carried = getInits().size();
  auto type = RankedTensorType::get({}, builder.getI64Type());
  Value zero = ConstantOp::create(builder, getLoc(),
                                  DenseElementsAttr::get(type, builder.getI64IntegerAttr(0)));
  SmallVector<Value> inits(getInits());
  inits.push_back(zero);
  SmallVector<Type> types(getResultTypes());
  types.insert(types.begin() + carried, type);
  auto counted = cast<WhileOp>(rebuild(builder, types, inits, {}));
  counted.getCondition().takeBody(getCondition());
  counted.getBody().takeBody(getBody());
  BlockArgument inCondition = counted.getCondition().addArgument(type, getLoc());
  BlockArgument inBody = counted.getBody().addArgument(type, getLoc());
  YieldOp yield = yieldOf(counted.getBody());
  OpBuilder inside(yield);
  TensorExpr number(inside, getLoc(), inBody);
  SmallVector<Value> values(yield.getValues());
  values.insert(values.begin() + carried, (number + number.integerConstant(1)).value());
  yield.getValuesMutable().assign(values);
  SmallVector<Value> results(counted.getResults());
  results.erase(results.begin() + carried);
  replaceAllUsesWith(results);
  erase();
  return {counted, {inCondition, inBody}, counted.getResult(carried)};
}

LogicalResult WhileOp::verify() {
  if (getTrips() && getCount())
    return emitOpError("expects one number of trips");
  if (int64_t trips = staticTripCount(); !ShapedType::isDynamic(trips) && trips < 0) // while_c1
    return emitOpError("expects at least 0 trips, but got ") << trips;
  if (getTrips() || getCount() || getNumResults() <= getInits().size()) // while_c2
    return success();
  InFlightDiagnostic diagnostic = emitOpError("expects to carry every value that its body yields");
  diagnostic.attachNote() << "to stack values say how many there are at most: `max_trips = 10` or "
                             "`max_trips = %n`";
  return diagnostic;
}

LogicalResult WhileOp::verifyRegions() {
  Region &condition = getCondition();
  auto terminator = dyn_cast<YieldOp>(condition.front().getTerminator());
  if (!terminator)
    return emitOpError("expects a condition that ends with nn.yield");
  if (TypeRange(getInits()) != TypeRange(condition.getArgumentTypes()))
    return emitOpError("expects a condition on ")
           << getInits().getTypes() << ", but got " << condition.getArgumentTypes();
  auto yesOrNo = RankedTensorType::get({}, IntegerType::get(getContext(), 1));
  if (terminator.getValues().size() != 1 ||
      terminator.getValues().front().getType() != yesOrNo) // while_c3
    return terminator.emitOpError("expects ")
           << yesOrNo << " as the condition, but got " << terminator.getValues().getTypes();
  if (failed(verifyEffects(condition))) // while_c5
    return failure();
  return verifyLoopBody(*this);
}

/// Parses the bodies, the second of which names its arguments again.
static ParseResult parseBodies(OpAsmParser &parser, OperationState &state,
                               SmallVectorImpl<OpAsmParser::Argument> &arguments,
                               ArrayRef<Type> types) {
  SmallVector<OpAsmParser::Argument> again;
  Region *condition = state.addRegion(), *body = state.addRegion();
  for (auto [argument, type] : llvm::zip_equal(arguments, types))
    argument.type = type;
  if (parser.parseRegion(*condition, arguments) || parser.parseKeyword("do"))
    return failure();
  SMLoc where = parser.getCurrentLocation();
  if (parser.parseArgumentList(again, OpAsmParser::Delimiter::Paren))
    return failure();
  if (again.size() != types.size())
    return parser.emitError(where, "expects as many names as values are carried, which are ")
           << types.size() << ", but got " << again.size();
  for (auto [argument, type] : llvm::zip_equal(again, types))
    argument.type = type;
  if (parser.parseRegion(*body, again))
    return failure();
  if (condition->front().empty() || body->front().empty() || !isa<YieldOp>(body->front().back()))
    return parser.emitError(parser.getNameLoc(), "expects bodies that end with nn.yield");
  return success();
}

/// nn.while (%h = %h0) max_trips = %n {attributes} : types { condition } do (%h) { body }
ParseResult WhileOp::parse(OpAsmParser &parser, OperationState &state) {
  SmallVector<OpAsmParser::Argument> arguments;
  SmallVector<OpAsmParser::UnresolvedOperand> operands;
  std::optional<OpAsmParser::UnresolvedOperand> trips;
  SmallVector<Type> types;
  auto &properties = state.getOrAddProperties<Properties>();
  if (parser.parseAssignmentList(arguments, operands) ||
      (succeeded(parser.parseOptionalKeyword("max_trips")) &&
       parseTripCount(parser, properties.count, trips)) ||
      parser.parseOptionalAttrDict(state.attributes))
    return failure();
  SMLoc where = parser.getCurrentLocation();
  if ((!operands.empty() && parser.parseColonTypeList(types)) ||
      parser.resolveOperands(operands, types, where, state.operands) ||
      (trips && parser.resolveOperand(*trips, parser.getBuilder().getIndexType(), state.operands)))
    return failure();
  properties.operandSegmentSizes = {static_cast<int32_t>(operands.size()), trips ? 1 : 0};
  if (parseBodies(parser, state, arguments, types))
    return failure();
  int64_t most = properties.count ? properties.count.getInt() : ShapedType::kDynamic;
  state.addTypes(
      loopResults(state.regions[1]->front().back().getOperands(), types, types.size(), most));
  return success();
}

void WhileOp::print(OpAsmPrinter &printer) {
  printAssignments(printer, getCondition().getArguments(), getInits());
  if (getTrips())
    printer << " max_trips = " << getTrips();
  if (getCount())
    printer << " max_trips = " << *getCount();
  printer.printOptionalAttrDict((*this)->getAttrs(), {"operandSegmentSizes", getCountAttrName()});
  if (!getInits().empty())
    printer << " : " << getInits().getTypes();
  printer << ' ';
  printer.printRegion(getCondition(), /*printEntryBlockArgs=*/false);
  printer << " do (";
  llvm::interleaveComma(getBody().getArguments(), printer);
  printer << ") ";
  printer.printRegion(getBody(), /*printEntryBlockArgs=*/false);
}

} // namespace mlc::nn
