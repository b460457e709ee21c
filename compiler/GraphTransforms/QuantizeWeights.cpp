// quantize-weights: matrices that products read, in few bits.
#include "compiler/GraphTransforms/Passes.h"
#include "dialects/NN/AttributeNames.h"
#include "dialects/NN/QuantizedPart.h"
#include "mlir/Pass/PassManager.h"
#include "mlir/Transforms/Passes.h"

using namespace mlir;

namespace mlc {
#define GEN_PASS_DEF_QUANTIZEWEIGHTSPASS
#include "compiler/GraphTransforms/Passes.h.inc"

/// A smaller matrix is not worth its scales.
constexpr int64_t kFewestNumbers = 1024;

namespace {
struct QuantizeWeightsPass : impl::QuantizeWeightsPassBase<QuantizeWeightsPass> {
  using QuantizeWeightsPassBase::QuantizeWeightsPassBase;

  void runOnOperation() override {
    for (auto function : getOperation().getOps<func::FuncOp>())
      if (auto kind = function->getAttrOfType<StringAttr>(nn::kKindAttr);
          kind && kind.getValue() == "training") {
        function.emitError("--quantize-weights stores weights that do not change, but '")
            << function.getSymName() << "' trains them";
        emitRemark(function.getLoc()) << "leave it out: --entries names the entries to keep";
        return signalPassFailure();
      }
    // So that products show which dimension they sum over, through transposes too.
    OpPassManager simplify(ModuleOp::getOperationName());
    simplify.addPass(createDecomposeCompositesPass());
    simplify.addPass(createCanonicalizerPass());
    simplify.addNestedPass<func::FuncOp>(createFoldTransposesPass());
    if (failed(runPipeline(simplify, getOperation())))
      return signalPassFailure();
    for (auto parameter : llvm::to_vector(getOperation().getOps<nn::ParameterOp>()))
      if (std::optional<int64_t> depth = depthDim(parameter))
        quantize(parameter, *depth);
  }

private:
  SmallVector<nn::ParamOp> readsOf(nn::ParameterOp parameter) {
    SmallVector<nn::ParamOp> reads;
    getOperation().walk([&](nn::ParamOp read) {
      if (read.getParameter() == parameter.getSymName())
        reads.push_back(read);
    });
    return reads;
  }

  /// The dimension of a matrix that products sum over, of the first one; none where no product
  /// reads it, or words would not be full.
  std::optional<int64_t> depthDim(nn::ParameterOp parameter) {
    auto type = cast<RankedTensorType>(parameter.getType());
    if (type.getRank() != 2 || !type.getElementType().isF32() ||
        type.getNumElements() < kFewestNumbers)
      return std::nullopt;
    for (nn::ParamOp read : readsOf(parameter))
      for (OpOperand &use : read.getResult().getUses())
        if (auto product = dyn_cast<nn::ProductOpInterface>(use.getOwner())) {
          nn::ProductDims dims = product.dims();
          const auto &depth = use.getOperandNumber() == 0 ? dims.lhsContract : dims.rhsContract;
          if (depth.size() != 1)
            continue;
          int64_t size = type.getDimSize(depth[0]);
          if (size % (32 / bits) == 0)
            return depth[0];
          parameter.emitRemark("'")
              << parameter.getSymName() << "' stays f32: products sum over " << size
              << " of its numbers, no multiple of " << 32 / bits << ", which share a word";
          return std::nullopt;
        }
    return std::nullopt;
  }

  void quantize(nn::ParameterOp parameter, int64_t depthDim) {
    auto type = cast<RankedTensorType>(parameter.getType());
    nn::QuantizedPart part;
    part.source = parameter.getSymName().str();
    part.isTransposed = depthDim == 1;
    part.depth = type.getDimSize(depthDim);
    part.columns = type.getDimSize(1 - depthDim);
    part.bits = bits;
    part.group = group ? std::min<int64_t>(group, part.depth) : part.depth;
    OpBuilder builder(parameter);
    auto declare = [&](nn::QuantizedPart::Kind kind, StringRef name, RankedTensorType of) {
      part.kind = kind;
      auto symbol = builder.getStringAttr(parameter.getSymName() + "." + name);
      auto zeros = nn::ZerosAttr::get(&getContext());
      auto state = nn::StateOp::create(builder, parameter.getLoc(), symbol, of, zeros);
      nn::markQuantized(state, part);
      return state;
    };
    auto words = RankedTensorType::get({part.depth / part.numbersOfWord(), part.columns},
                                       builder.getI32Type());
    RankedTensorType scales = type.clone({part.groups(), part.columns});
    SmallVector<nn::StateOp> states = {declare(nn::QuantizedPart::words, "words", words),
                                       declare(nn::QuantizedPart::scales, "scales", scales)};
    if (bits == 4)
      states.push_back(declare(nn::QuantizedPart::zeros, "zeros", scales));
    for (nn::ParamOp read : readsOf(parameter))
      replace(read, states, part);
    parameter.erase();
    ++matrixCount;
  }

  static void replace(nn::ParamOp read, ArrayRef<nn::StateOp> states,
                      const nn::QuantizedPart &part) {
    // Such states are never written: their values on entry serve loops too.
    auto builder = OpBuilder::atBlockBegin(&read->getParentOfType<func::FuncOp>().front());
    SmallVector<Value> values;
    for (nn::StateOp state : states)
      values.push_back(
          nn::ReadOp::create(builder, read.getLoc(), state.getType(), state.getSymName()));
    Value zeros = values.size() > 2 ? values[2] : Value();
    Value matrix =
        nn::DequantizeOp::create(builder, read.getLoc(), values[0], values[1], zeros, part.bits,
                                 builder.getI64IntegerAttr(part.group), part.isTransposed);
    read.replaceAllUsesWith(matrix);
    read.erase();
  }
};
} // namespace
} // namespace mlc
