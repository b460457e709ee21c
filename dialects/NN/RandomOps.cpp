#include "dialects/NN/NN.h"
#include "dialects/NN/Streams.h"

using namespace mlir;

namespace mlc::nn {

LogicalResult RngBitsOp::verify() {
  auto type = cast<RankedTensorType>(getType());
  if (getSizes().size() != type.getNumDynamicDims()) // rng_bits_c1
    return emitOpError("expects one size operand per `?` of ")
           << type << ", but got " << getSizes().size();
  return success();
}
AffineExpr RngBitsOp::resultDimension(unsigned, unsigned dim, DimensionAnalysis &sizes) {
  return sizes.index(getSizes()[cast<RankedTensorType>(getType()).getDynamicDimIndex(dim)]);
}

std::optional<int64_t> streamOf(Operation *op) {
  auto bits = dyn_cast<RngBitsOp>(op);
  return bits ? std::optional<int64_t>(bits.getStream()) : std::nullopt;
}

Value tableOfStreams(OpBuilder &builder, Location location, ArrayRef<int64_t> streams) {
  auto type = RankedTensorType::get({static_cast<int64_t>(streams.size())}, builder.getI64Type());
  return ConstantOp::create(builder, location, DenseElementsAttr::get(type, streams));
}

/// The key is seed ^ stream, whichever operand a bit comes from.
void readStream(Operation *op, Value stream) {
  auto bits = cast<RngBitsOp>(op);
  OpBuilder builder(op);
  bits.getSeedMutable().assign(XorOp::create(builder, op->getLoc(), bits.getSeed(), stream));
  bits.setStream(0);
}

/// Ten rounds of Philox on a counter of four words and a key of two: Salmon et al. 2011,
/// section 3.3.
static std::array<uint32_t, 4> philox4x32(std::array<uint32_t, 4> counter,
                                          std::array<uint32_t, 2> key) {
  for (int round = 0; round < 10; ++round) {
    uint64_t first = uint64_t(0xD2511F53) * counter[0], second = uint64_t(0xCD9E8D57) * counter[2];
    counter = {
        static_cast<uint32_t>(second >> 32) ^ counter[1] ^ key[0], static_cast<uint32_t>(second),
        static_cast<uint32_t>(first >> 32) ^ counter[3] ^ key[1], static_cast<uint32_t>(first)};
    key = {key[0] + 0x9E3779B9, key[1] + 0xBB67AE85};
  }
  return counter;
}

FailureOr<SmallVector<Tensor>> RngBitsOp::evaluate(ArrayRef<Tensor> operands,
                                                   ArrayRef<RankedTensorType> resultTypes) {
  auto low = [](uint64_t word) { return static_cast<uint32_t>(word); };
  auto high = [](uint64_t word) { return static_cast<uint32_t>(word >> 32); };
  uint64_t key =
      static_cast<uint64_t>(operands[0].toInteger()) ^ static_cast<uint64_t>(getStream());
  uint64_t step = static_cast<uint64_t>(operands[1].toInteger());
  Tensor result(resultTypes.front());
  for (uint64_t element = 0; element < result.data.size(); ++element) {
    uint64_t block = element / 4;
    auto words =
        philox4x32({low(block), high(block), low(step), high(step)}, {low(key), high(key)});
    result.data[element] = Scalar::ofInteger(static_cast<int32_t>(words[element % 4]), 32);
  }
  return SmallVector<Tensor>{std::move(result)};
}

} // namespace mlc::nn
