#include "dialects/NN/NN.h"

using namespace mlir;

namespace mlc::nn {

static LogicalResult verifyStatic(Operation *op, Type type) {
  auto tensor = dyn_cast<RankedTensorType>(type);
  if (!tensor || !tensor.hasStaticShape())
    return op->emitOpError("expects a ranked tensor type of static shape, but got ") << type;
  return success();
}
LogicalResult ParameterOp::verify() {
  if (failed(verifyStatic(*this, getType()))) // parameter_c1
    return failure();
  if (!isa<FloatType>(cast<RankedTensorType>(getType()).getElementType())) // parameter_c2
    return emitOpError("expects a float dtype, because a parameter is trained, but got ") << getType();
  return success();
}
LogicalResult StateOp::verify() { return verifyStatic(*this, getType()); }

/// Looks up a declaration of kind `Op` and checks that `type` is the declared one.
template <typename Op>
static LogicalResult verifyUse(Operation *user, SymbolTableCollection &symbols, FlatSymbolRefAttr name, Type type) {
  auto declaration = symbols.lookupNearestSymbolFrom<Op>(user, name);
  if (!declaration)
    return user->emitOpError("expects a declaration `")
           << Op::getOperationName() << " " << name << "` in the module, but there is none";
  if (declaration.getType() != type) {
    InFlightDiagnostic diagnostic = user->emitOpError("expects the declared type of ")
                                    << name << ", " << declaration.getType() << ", but got " << type;
    diagnostic.attachNote(declaration.getLoc()) << "declared here";
    return diagnostic;
  }
  return success();
}
LogicalResult ParamOp::verifySymbolUses(SymbolTableCollection &symbols) {
  return verifyUse<ParameterOp>(*this, symbols, getParameterAttr(), getType());
}
LogicalResult ReadOp::verifySymbolUses(SymbolTableCollection &symbols) {
  return verifyUse<StateOp>(*this, symbols, getStateAttr(), getType());
}
LogicalResult WriteOp::verifySymbolUses(SymbolTableCollection &symbols) {
  return verifyUse<StateOp>(*this, symbols, getStateAttr(), getValue().getType());
}

LogicalResult TrainStepOp::verifySymbolUses(SymbolTableCollection &symbols) {
  auto loss = symbols.lookupNearestSymbolFrom<FunctionOpInterface>(*this, getLossAttr());
  if (!loss)
    return emitOpError("expects a function ") << getLossAttr() << " in the module, but there is none";
  auto type = loss.getNumResults() ? dyn_cast<RankedTensorType>(loss.getResultTypes()[0]) : nullptr;
  if (!type || type.getRank() != 0 || !isa<FloatType>(type.getElementType())) { // train_step_c1
    InFlightDiagnostic diagnostic = emitOpError("expects ")
                                    << getLossAttr() << " to return one rank-0 float tensor first";
    diagnostic.attachNote(loss.getLoc()) << "the loss is defined here";
    return diagnostic;
  }
  return success();
}

/// Checks callee, operand types and wrt of a derivative request.
static LogicalResult verifyDerivative(Operation *op, SymbolTableCollection &symbols, FlatSymbolRefAttr callee,
                                      TypeRange operands, ArrayAttr wrt) {
  auto function = symbols.lookupNearestSymbolFrom<FunctionOpInterface>(op, callee);
  if (!function)
    return op->emitOpError("expects a function ") << callee << " in the module, but there is none";
  if (TypeRange(function.getArgumentTypes()) != operands) // derivative_c1
    return op->emitOpError("expects operands of types ")
           << function.getArgumentTypes() << " for " << callee << ", but got " << operands;
  for (Attribute entry : wrt) {
    Type type;
    if (auto name = dyn_cast<FlatSymbolRefAttr>(entry)) {
      auto parameter = symbols.lookupNearestSymbolFrom<ParameterOp>(op, name);
      if (!parameter) // derivative_c2
        return op->emitOpError("expects wrt to name parameters, but there is no nn.parameter ") << name;
      type = parameter.getType();
    } else {
      int64_t position = cast<IntegerAttr>(entry).getInt();
      if (position < 0 || position >= static_cast<int64_t>(operands.size())) // derivative_c2
        return op->emitOpError("expects wrt positions below ") << operands.size() << ", but got " << position;
      type = operands[position];
    }
    if (!isa<FloatType>(getElementTypeOrSelf(type))) // derivative_c3
      return op->emitOpError("expects wrt of float dtype, but ") << entry << " has type " << type;
  }
  return success();
}
LogicalResult GradOp::verifySymbolUses(SymbolTableCollection &symbols) {
  return verifyDerivative(*this, symbols, getCalleeAttr(), TypeRange(getInputs().getTypes()), getWrt());
}
LogicalResult VjpOp::verifySymbolUses(SymbolTableCollection &symbols) {
  return verifyDerivative(*this, symbols, getCalleeAttr(), TypeRange(getInputs().getTypes()), getWrt());
}
LogicalResult JvpOp::verifySymbolUses(SymbolTableCollection &symbols) {
  return verifyDerivative(*this, symbols, getCalleeAttr(), TypeRange(getInputs().getTypes()), getWrt());
}

/// wrt(@kernel, 0): parameter names and argument positions.
ParseResult parseWithRespectTo(OpAsmParser &parser, ArrayAttr &wrt) {
  SmallVector<Attribute> entries;
  auto parseEntry = [&]() -> ParseResult {
    StringAttr name;
    if (succeeded(parser.parseOptionalSymbolName(name))) {
      entries.push_back(FlatSymbolRefAttr::get(name));
      return success();
    }
    int64_t position;
    if (parser.parseInteger(position))
      return failure();
    entries.push_back(parser.getBuilder().getI64IntegerAttr(position));
    return success();
  };
  if (parser.parseCommaSeparatedList(AsmParser::Delimiter::Paren, parseEntry))
    return failure();
  wrt = parser.getBuilder().getArrayAttr(entries);
  return success();
}
void printWithRespectTo(OpAsmPrinter &printer, Operation *, ArrayAttr wrt) {
  printer << '(';
  llvm::interleaveComma(wrt, printer, [&](Attribute entry) {
    if (auto position = dyn_cast<IntegerAttr>(entry))
      printer << position.getInt();
    else
      printer << entry;
  });
  printer << ')';
}

} // namespace mlc::nn
