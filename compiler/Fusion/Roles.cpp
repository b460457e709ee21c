#include "compiler/Fusion/Roles.h"
#include "dialects/Kernel/Kernel.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;

namespace mlc {

bool isContiguousSlice(nn::SliceOp slice, nn::DimensionAnalysis &sizes) {
  if (!slice.getOffsets().empty()) // clamped at run time
    return false;
  bool mustBeWhole = false;
  for (auto [dim, stride] : llvm::enumerate(slice.getStrides())) {
    AffineExpr size = sizes.index(slice.getMixedSizes()[dim]),
               whole = sizes.dimension(slice.getX(), dim);
    if (stride != 1 || (mustBeWhole && size != whole))
      return false;
    mustBeWhole |= size != sizes.constant(1);
  }
  return true;
}

bool isContiguousConcat(nn::ConcatOp concat, nn::DimensionAnalysis &sizes) {
  auto type = cast<RankedTensorType>(concat.getType());
  return llvm::all_of(type.getShape().take_front(concat.getDim()),
                      [](int64_t size) { return size == 1; });
}

SmallVector<int64_t> reducedDims(Operation *reduction) {
  if (auto reduce = dyn_cast<nn::ReduceOp>(reduction))
    return SmallVector<int64_t>(reduce.getDims());
  if (auto arg = dyn_cast<nn::ArgMaxOp>(reduction))
    return {static_cast<int64_t>(arg.getDim())};
  return {static_cast<int64_t>(cast<nn::ArgMinOp>(reduction).getDim())};
}

bool isCheap(Operation *op) {
  if (!isa<nn::ElementwiseOpInterface>(op))
    return false;
  return !op->hasTrait<nn::Transcendental>() && !isa<nn::RemOp>(op) && op->getNumOperands() <= 3;
}

/// Whether a contraction reads what `cast` widens: it loads the narrow numbers instead.
static bool isOperandOfNarrowContraction(nn::CastOp cast) {
  return llvm::any_of(cast->getUsers(), [&](Operation *user) {
    auto contraction = dyn_cast<nn::ContractOp>(user);
    return contraction && contraction.narrowOperand(cast) != cast.getResult();
  });
}

Role roleOf(Operation *op, nn::DimensionAnalysis &sizes) {
  return llvm::TypeSwitch<Operation *, Role>(op)
      .Case<nn::ConstantOp>([](nn::ConstantOp constant) {
        return constant.getValue().isSplat() ? Role::Inline : Role::Host;
      })
      .Case<nn::IotaOp, nn::BroadcastOp, kernel::UnpackOp>([](auto) { return Role::Inline; })
      .Case<nn::CastOp>([](nn::CastOp cast) {
        return isOperandOfNarrowContraction(cast) ? Role::Inline : Role::Pointwise;
      })
      .Case<nn::RngBitsOp>([](auto) { return Role::Pointwise; })
      .Case<nn::ReshapeOp>([](auto) { return Role::View; })
      .Case<nn::SliceOp>([&](nn::SliceOp slice) {
        return isContiguousSlice(slice, sizes) ? Role::View : Role::Relocating;
      })
      .Case<nn::ConcatOp>([&](nn::ConcatOp concat) {
        return isContiguousConcat(concat, sizes) ? Role::View : Role::Relocating;
      })
      .Case<nn::TransposeOp, nn::ReverseOp, nn::PadOp, nn::GatherOp, nn::UpdateSliceOp>(
          [](auto) { return Role::Relocating; })
      .Case<nn::ReduceOp, nn::ArgMaxOp, nn::ArgMinOp>([](auto) { return Role::Reduction; })
      .Case<nn::ContractOp>([](auto) { return Role::Contraction; })
      .Case<nn::ScatterOp, nn::CumSumOp>([](auto) { return Role::Opaque; })
      .Case<nn::AssertOp, nn::DimOp, func::ReturnOp>([](auto) { return Role::Host; })
      .Default([](Operation *other) {
        if (isa<nn::ElementwiseOpInterface>(other))
          return Role::Pointwise;
        bool isIndex =
            llvm::all_of(other->getResultTypes(), [](Type type) { return type.isIntOrIndex(); });
        return isIndex && other->getDialect() && other->getDialect()->getNamespace() == "arith"
                   ? Role::Host
                   : Role::Unknown;
      });
}

} // namespace mlc
