#include "dialects/NN/ControlFlow.h"
#include "dialects/NN/ElementwiseFolds.h"
#include "dialects/NN/NN.h"
#include "dialects/NN/NamedParameters.h"
#include "dialects/NN/Optimizers.h"
#include "dialects/NN/Suggestions.h"
#include "dialects/NN/Text.h"
#include "mlir/IR/DialectImplementation.h"
#include "llvm/ADT/TypeSwitch.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace mlc;
using namespace mlc::nn;

#include "dialects/NN/NNAttributeInterfaces.cpp.inc"
#include "dialects/NN/NNDialect.cpp.inc"
#include "dialects/NN/NNEnums.cpp.inc"
#include "dialects/NN/NNInterfaces.cpp.inc"

#define GET_ATTRDEF_CLASSES
#include "dialects/NN/NNAttributes.cpp.inc"

void NNDialect::initialize() {
  addAttributes<
#define GET_ATTRDEF_LIST
#include "dialects/NN/NNAttributes.cpp.inc"
      >();
  addOperations<
#define GET_OP_LIST
#include "dialects/NN/NNOps.cpp.inc"
      >();
  addControlFlowOps(*this);
  addInterfaces<ElementwiseFolder>();
}

LogicalResult mlc::nn::verifyElementCount(Location location, Type type) {
  auto tensor = dyn_cast<RankedTensorType>(type);
  int64_t elements = 1;
  for (int64_t size : tensor ? tensor.getShape() : ArrayRef<int64_t>()) {
    if (ShapedType::isDynamic(size) || size == 0)
      continue;
    if (llvm::MulOverflow(elements, size, elements) || elements > kMostElements)
      return emitError(location, "expects tensors of at most 2^44 elements, but got ") << type;
  }
  return success();
}

LogicalResult mlc::nn::verifyElementCounts(Operation *op) {
  for (Type type : op->getResultTypes())
    if (failed(verifyElementCount(op->getLoc(), type)))
      return failure();
  for (Value operand : op->getOperands()) // what another op makes is refused there
    if (isa<BlockArgument>(operand) &&
        failed(verifyElementCount(operand.getLoc(), operand.getType())))
      return failure();
  return success();
}

/// Folders return attributes: tensors become nn.constant, sizes become arith.constant.
Operation *NNDialect::materializeConstant(OpBuilder &builder, Attribute value, Type type,
                                          Location location) {
  if (auto elements = dyn_cast<ElementsAttr>(value))
    return ConstantOp::create(builder, location, elements);
  if (isa<IndexType>(type))
    return arith::ConstantOp::create(builder, location, cast<TypedAttr>(value));
  return nullptr;
}

//===- Names that there are not ---------------------------------------------===//

/// Operations of the contract that do not exist yet.
static constexpr StringLiteral kPlanned[] = {
    "call",
    "remat_barrier",
};

std::vector<std::string> mlc::nn::operationNames(MLIRContext *context) {
  std::vector<std::string> names(std::begin(kPlanned), std::end(kPlanned));
  for (RegisteredOperationName name : context->getRegisteredOperationsByDialect("nn"))
    names.push_back(name.stripDialect().str());
  return names;
}

template <typename... Attrs> static std::vector<std::string> mnemonicsOf() {
  return {Attrs::getMnemonic().str()...};
}
std::vector<std::string> mlc::nn::attributeNames() {
  return mnemonicsOf<
#define GET_ATTRDEF_LIST
#include "dialects/NN/NNAttributes.cpp.inc"
      >();
}

static ParseResult refuseOperation(OpAsmParser &parser, OperationState &state) {
  Location location = parser.getEncodedSourceLoc(parser.getNameLoc());
  StringRef name = state.name.stripDialect();
  if (llvm::is_contained(kPlanned, name))
    return emitError(location, "not supported yet: ") << state.name;
  std::vector<std::string> known = operationNames(parser.getContext()),
                           near = suggestionsFor(name.str(), known);
  if (!near.empty() && llvm::is_contained(kPlanned, near.front()))
    return emitError(location, "not supported yet: ")
           << state.name << ", which will be nn." << near.front();
  InFlightDiagnostic diagnostic =
      emitError(location, "expects an operation of the nn dialect, but got ") << state.name;
  std::string note = didYouMean(name.str(), known, "nn.");
  diagnostic.attachNote() << (note.empty() ? "docs/ops.md lists the operations" : note);
  return diagnostic;
}

std::optional<Dialect::ParseOpHook> NNDialect::getParseOperationHook(StringRef) const {
  return ParseOpHook(refuseOperation);
}

Attribute NNDialect::parseAttribute(DialectAsmParser &parser, Type type) const {
  SMLoc place = parser.getCurrentLocation();
  StringRef mnemonic;
  Attribute attribute;
  if (generatedAttributeParser(parser, &mnemonic, type, attribute).has_value()) {
    if (!attribute || failed(parser.parseOptionalLess()))
      return attribute;
    parser.emitError(place) << "expects no parameters in " << attribute;
    return {};
  }
  InFlightDiagnostic diagnostic =
      parser.emitError(place) << "expects an attribute of the nn dialect, but got #nn." << mnemonic;
  std::string note = didYouMean(mnemonic.str(), attributeNames(), "#nn.");
  diagnostic.attachNote() << (note.empty() ? "docs/ops/attributes.md lists the attributes" : note);
  return {};
}

void NNDialect::printAttribute(Attribute attribute, DialectAsmPrinter &printer) const {
  (void)generatedAttributePrinter(attribute, printer);
}
