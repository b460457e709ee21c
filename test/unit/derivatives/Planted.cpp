#include "test/unit/derivatives/Planted.h"
#include "dialects/NN/ScalarExpr.h"
#include "dialects/NN/Text.h"

using namespace mlir;
using namespace mlc::nn;

#include "test/unit/derivatives/PlantedDialect.cpp.inc"

namespace mlc::planted {
TensorExpr frozen(const TensorExpr &x) {
  return x.with(IdentityOp::create(*x.builder, *x.location, x.value()));
}

void PlantedDialect::initialize() {
  addOperations<
#define GET_OP_LIST
#include "test/unit/derivatives/PlantedOps.cpp.inc"
      >();
}
} // namespace mlc::planted

#define GET_OP_CLASSES
#include "test/unit/derivatives/PlantedOps.cpp.inc"
