// Attributes that refer to the module: parameter groups, and optimizers written by the model's
// author.
#include "dialects/NN/Optimizers.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/IRMapping.h"

using namespace mlir;

namespace mlc::nn {

using EmitError = llvm::function_ref<InFlightDiagnostic()>;

//===- Text -----------------------------------------------------------------===//

/// name = number
static ParseResult parseNamedNumber(AsmParser &parser, SmallVectorImpl<Attribute> &names,
                                    SmallVectorImpl<Number> &values) {
  std::string name;
  if (parser.parseKeywordOrString(&name) || parser.parseEqual())
    return failure();
  FailureOr<Number> value = FieldParser<Number>::parse(parser);
  if (failed(value))
    return failure();
  names.push_back(parser.getBuilder().getStringAttr(name));
  values.push_back(*value);
  return success();
}
static void printNamedNumbers(AsmPrinter &printer, ArrayAttr names, ArrayRef<Number> values) {
  llvm::interleaveComma(llvm::zip_equal(names, values), printer, [&](auto entry) {
    printer.printKeywordOrString(mlir::cast<StringAttr>(std::get<0>(entry)).getValue());
    printer << " = " << std::get<1>(entry);
  });
}
static LogicalResult verifyDistinct(EmitError emitError, StringRef what,
                                    ArrayRef<Attribute> names) {
  for (auto [position, name] : llvm::enumerate(names))
    if (llvm::is_contained(names.take_front(position), name))
      return emitError() << "expects distinct " << what << ", but got " << name << " twice";
  return success();
}

/// <[@scale, "*.bias"], weight_decay = 0.0>
Attribute GroupAttr::parse(AsmParser &parser, Type) {
  SMLoc location = parser.getCurrentLocation();
  SmallVector<Attribute> members, names;
  SmallVector<Number> values;
  auto parseMember = [&]() -> ParseResult {
    std::string pattern;
    StringAttr name;
    if (succeeded(parser.parseOptionalString(&pattern)))
      members.push_back(parser.getBuilder().getStringAttr(pattern));
    else if (parser.parseSymbolName(name))
      return failure();
    else
      members.push_back(FlatSymbolRefAttr::get(name));
    return success();
  };
  if (parser.parseLess() ||
      parser.parseCommaSeparatedList(AsmParser::Delimiter::Square, parseMember))
    return {};
  while (succeeded(parser.parseOptionalComma()))
    if (parseNamedNumber(parser, names, values))
      return {};
  if (parser.parseGreater())
    return {};
  Builder &builder = parser.getBuilder();
  return getChecked([&] { return parser.emitError(location); }, parser.getContext(),
                    builder.getArrayAttr(members), builder.getArrayAttr(names),
                    ArrayRef<Number>(values));
}
void GroupAttr::print(AsmPrinter &printer) const {
  printer << '<' << getMembers();
  if (!getNames().empty())
    printer << ", ";
  printNamedNumbers(printer, getNames(), getValues());
  printer << '>';
}
LogicalResult GroupAttr::verify(EmitError emitError, ArrayAttr members, ArrayAttr names,
                                ArrayRef<Number> values) {
  if (failed(verifyDistinct(emitError, "parameters in a group", members.getValue()))) // group_c1
    return failure();
  return verifyDistinct(emitError, "hyperparameters in a group", names.getValue()); // group_c2
}
std::optional<double> GroupAttr::valueOf(StringRef name) const {
  for (auto [own, value] : llvm::zip_equal(getNames(), getValues()))
    if (mlir::cast<StringAttr>(own).getValue() == name)
      return value.value;
  return std::nullopt;
}
SmallVector<FlatSymbolRefAttr> GroupAttr::parameters() const {
  SmallVector<FlatSymbolRefAttr> names;
  for (Attribute member : getMembers())
    if (auto name = mlir::dyn_cast<FlatSymbolRefAttr>(member))
      names.push_back(name);
  return names;
}

bool GroupAttr::fits(StringRef pattern, StringRef name) {
  auto [start, rest] = pattern.split('*');
  if (start.size() == pattern.size())
    return name == pattern;
  if (!name.consume_front(start))
    return false;
  while (rest.contains('*')) { // each piece as early as it comes
    auto [piece, others] = rest.split('*');
    size_t at = name.find(piece);
    if (at == StringRef::npos)
      return false;
    name = name.drop_front(at + piece.size());
    rest = others;
  }
  return name.ends_with(rest);
}
bool GroupAttr::contains(ArrayAttr members, StringRef parameter) {
  return llvm::any_of(members, [&](Attribute member) {
    auto pattern = mlir::dyn_cast<StringAttr>(member);
    return pattern ? fits(pattern, parameter)
                   : mlir::cast<FlatSymbolRefAttr>(member).getValue() == parameter;
  });
}
bool GroupAttr::contains(StringRef parameter) const { return contains(getMembers(), parameter); }

/// <@f, slots = ["m"], hyperparameters = {learning_rate = 0.1}>, the last two optional.
Attribute OptimizerFunctionAttr::parse(AsmParser &parser, Type) {
  SMLoc location = parser.getCurrentLocation();
  Builder &builder = parser.getBuilder();
  StringAttr function;
  SmallVector<Attribute> slots, names;
  SmallVector<Number> values;
  auto parseSlot = [&]() -> ParseResult {
    std::string name;
    if (parser.parseString(&name))
      return failure();
    slots.push_back(builder.getStringAttr(name));
    return success();
  };
  auto parseHyperparameter = [&] { return parseNamedNumber(parser, names, values); };
  if (parser.parseLess() || parser.parseSymbolName(function))
    return {};
  while (succeeded(parser.parseOptionalComma())) {
    if (succeeded(parser.parseOptionalKeyword("slots"))) {
      if (parser.parseEqual() ||
          parser.parseCommaSeparatedList(AsmParser::Delimiter::Square, parseSlot))
        return {};
    } else if (parser.parseKeyword("hyperparameters", " or `slots`") || parser.parseEqual() ||
               parser.parseCommaSeparatedList(AsmParser::Delimiter::Braces, parseHyperparameter)) {
      return {};
    }
  }
  if (parser.parseGreater())
    return {};
  return getChecked([&] { return parser.emitError(location); }, parser.getContext(),
                    FlatSymbolRefAttr::get(function), builder.getArrayAttr(slots),
                    builder.getArrayAttr(names), ArrayRef<Number>(values));
}
void OptimizerFunctionAttr::print(AsmPrinter &printer) const {
  printer << '<' << getFunction();
  if (!getSlotNames().empty())
    printer << ", slots = " << getSlotNames();
  if (!getNames().empty()) {
    printer << ", hyperparameters = {";
    printNamedNumbers(printer, getNames(), getValues());
    printer << '}';
  }
  printer << '>';
}
LogicalResult OptimizerFunctionAttr::verify(EmitError emitError, FlatSymbolRefAttr, ArrayAttr slots,
                                            ArrayAttr names, ArrayRef<Number> values) {
  if (failed(verifyDistinct(emitError, "slots", slots.getValue()))) // optimizer_function_c2
    return failure();
  for (auto [name, value] : llvm::zip_equal(names.getAsRange<StringAttr>(), values))
    if (failed(verifyInRange(emitError, name, value.value, Range()))) // optimizer_function_c3
      return failure();
  return verifyDistinct(emitError, "hyperparameters", names.getValue());
}

//===- The author's optimizer -----------------------------------------------===//

SmallVector<std::string> OptimizerFunctionAttr::slots() const {
  return llvm::map_to_vector(getSlotNames().getAsRange<StringAttr>(),
                             [](StringAttr name) { return name.str(); });
}
SmallVector<Hyperparameter> OptimizerFunctionAttr::hyperparameters() const {
  SmallVector<Hyperparameter> result;
  for (auto [name, value] : llvm::zip_equal(getNames(), getValues()))
    result.push_back({mlir::cast<StringAttr>(name).str(), value.value, Range()});
  return result;
}

/// The type that the function must have for parameters of dtype `element`.
static FunctionType expectedType(OptimizerFunctionAttr optimizer, Type element) {
  MLIRContext *context = element.getContext();
  Type flat = RankedTensorType::get({ShapedType::kDynamic}, element),
       slot = RankedTensorType::get({ShapedType::kDynamic}, slotElement(element));
  SmallVector<Type> inputs(2, flat), results(1, flat);
  inputs.append(optimizer.getSlotNames().size(), slot);
  results.append(optimizer.getSlotNames().size(), slot);
  inputs.append(optimizer.getNames().size(), RankedTensorType::get({}, Float32Type::get(context)));
  inputs.push_back(RankedTensorType::get({}, IntegerType::get(context, 64)));
  return FunctionType::get(context, inputs, results);
}
LogicalResult OptimizerFunctionAttr::verifyFor(Operation *user, SymbolTableCollection &symbols,
                                               Type element) const {
  auto function = symbols.lookupNearestSymbolFrom<func::FuncOp>(user, getFunction());
  if (!function || function.isExternal())
    return user->emitOpError("expects the optimizer's function ")
           << getFunction() << " in the module, but there is none";
  FunctionType expected = expectedType(*this, element);
  if (function.getFunctionType() == expected) // optimizer_function_c1
    return success();
  InFlightDiagnostic diagnostic =
      user->emitOpError("expects the optimizer's function ")
      << getFunction() << " of type " << expected
      << " (parameter, gradient, slots, hyperparameters, step), but got "
      << function.getFunctionType();
  diagnostic.attachNote(function.getLoc()) << "the optimizer is defined here";
  return diagnostic;
}

/// The function's body, cloned, on one-dimensional tensors of unknown size, as its arguments are.
FailureOr<SmallVector<Value>>
OptimizerFunctionAttr::buildUpdate(const OptimizerInputs &inputs) const {
  OpBuilder &builder = *inputs.parameter.builder;
  Location location = *inputs.parameter.location;
  auto function = SymbolTable::lookupNearestSymbolFrom<func::FuncOp>(
      builder.getInsertionBlock()->getParentOp(), getFunction());
  if (!function || !llvm::hasSingleElement(function.getBody()))
    return emitError(location) << "expects the optimizer's function " << getFunction()
                               << ", of one block, in the module";
  TensorExpr like = inputs.parameter;
  Value size = arith::ConstantIndexOp::create(builder, location, like.type().getNumElements());
  auto flatten = [&](const TensorExpr &x) -> Value {
    auto type = RankedTensorType::get({ShapedType::kDynamic}, x.element());
    return ReshapeOp::create(builder, location, type, x.value(), ValueRange(size));
  };
  SmallVector<Value> arguments = {flatten(inputs.parameter), flatten(inputs.gradient)};
  for (const TensorExpr &slot : inputs.slots)
    arguments.push_back(flatten(slot));
  for (const TensorExpr &scalar : inputs.hyperparameters)
    arguments.push_back(scalar.value());
  arguments.push_back(inputs.step.value());
  IRMapping mapping;
  mapping.map(function.getArguments(), arguments);
  for (Operation &op : function.getBody().front().without_terminator())
    builder.clone(op, mapping);
  SmallVector<Value> results;
  for (Value result : function.getBody().front().getTerminator()->getOperands())
    results.push_back(like.with(mapping.lookupOrDefault(result)).reshapeLike(like).value());
  return results;
}

} // namespace mlc::nn
