#include "compiler/GraphTransforms/Passes.h"
#include "compiler/GraphTransforms/Places.h"

using namespace mlir;

namespace mlc {
#define GEN_PASS_DEF_INSERTINDEXCHECKSPASS
#include "compiler/GraphTransforms/Passes.h.inc"

namespace {
struct InsertIndexChecksPass : impl::InsertIndexChecksPassBase<InsertIndexChecksPass> {
  void runOnOperation() override {
    getOperation().walk([&](nn::IndexOperandOpInterface op) {
      OpBuilder builder(op);
      Value inRange = op.buildInRange(builder);
      if (!inRange)
        return;
      nn::IndexRange range = op.indexRange();
      // nn.assert shows indices of the dtypes that most models have.
      bool isKnown = !ShapedType::isDynamic(range.size) &&
                     getElementTypeOrSelf(range.indices).getIntOrFloatBitWidth() >= 32;
      nn::AssertOp::create(builder, op.getLoc(), inRange, op.describeRange() + placeOf(op.getLoc()),
                           isKnown ? range.indices : Value(),
                           isKnown ? builder.getI64IntegerAttr(range.size) : IntegerAttr(),
                           isKnown && range.ignored ? builder.getI64IntegerAttr(*range.ignored)
                                                    : IntegerAttr());
      ++checks;
    });
  }
};
} // namespace
} // namespace mlc
