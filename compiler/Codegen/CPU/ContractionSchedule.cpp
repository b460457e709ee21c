#include "compiler/Codegen/Common/Schedule.h"
namespace mlc {
std::unique_ptr<Segment> createContractionSegment(KernelContext &context, nn::ContractOp contraction,
                                                  llvm::ArrayRef<StoreTarget> targets) {
  return createMapSegment(context, targets);
}
}
