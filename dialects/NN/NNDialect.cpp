#include "dialects/NN/ControlFlow.h"
#include "dialects/NN/ElementwiseFolds.h"
#include "dialects/NN/NN.h"
#include "dialects/NN/Optimizers.h"
#include "mlir/IR/DialectImplementation.h"
#include "llvm/ADT/TypeSwitch.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;
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

std::optional<Dialect::ParseOpHook> NNDialect::getParseOperationHook(StringRef op) const {
  static constexpr StringLiteral kPlanned[] = {
      "attention", "avg_pool", "call", "conv", "max_pool", "pool_max", "pool_sum", "remat_barrier",
  };
  StringRef name = op;
  name.consume_front("nn.");
  if (!llvm::is_contained(kPlanned, name))
    return std::nullopt;
  return [](OpAsmParser &parser, OperationState &state) -> ParseResult {
    Location location = parser.getEncodedSourceLoc(parser.getNameLoc());
    return emitError(location, "not supported yet: ") << state.name;
  };
}
