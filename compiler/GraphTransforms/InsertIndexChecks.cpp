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
      nn::AssertOp::create(builder, op.getLoc(), inRange,
                           op.describeRange() + placeOf(op.getLoc()));
      ++checks;
    });
  }
};
} // namespace
} // namespace mlc
