#include "dialects/NN/ElementwiseFolds.h"
#include "dialects/NN/NN.h"
#include "dialects/NN/Optimizers.h"
#include "mlir/IR/DialectImplementation.h"
#include "llvm/ADT/TypeSwitch.h"

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
  addInterfaces<ElementwiseFolder>();
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
