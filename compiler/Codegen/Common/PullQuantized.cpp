// Numbers of few bits: one at a time, or the words and scales that a product of few rows reads.
#include "compiler/Codegen/Common/Emission.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"

using namespace mlir;

namespace mlc {

/// `build` of both, in every lane if one of them has lanes.
template <typename Op> static Value inLanes(PullEmitter &emitter, Value a, Value b) {
  if (isa<VectorType>(a.getType()) || isa<VectorType>(b.getType())) {
    a = emitter.splat(a);
    b = emitter.splat(b);
  }
  return Op::create(emitter.builder, emitter.location, a, b);
}

/// The number of a word, whose lanes may have different ones.
static Value numberIn(PullEmitter &emitter, Value word, LaneIndex place, int64_t bits) {
  auto constant = [&](int64_t value) {
    return emitter.constant(emitter.builder.getI32IntegerAttr(static_cast<int32_t>(value)));
  };
  Value shift = emitter.fromIndex(emitter.mul(place, emitter.constantIndex(bits)),
                                  emitter.builder.getI32Type());
  Value shifted = inLanes<arith::ShRUIOp>(emitter, word, shift),
        number = inLanes<arith::AndIOp>(emitter, shifted, constant((1 << bits) - 1));
  Type type = emitter.builder.getF32Type();
  if (auto vector = dyn_cast<VectorType>(number.getType()))
    type = vector.cloneWith(std::nullopt, type);
  return arith::SIToFPOp::create(emitter.builder, emitter.location, type, number);
}

static Value zeroAt(PullEmitter &emitter, nn::DequantizeOp op, const Position &inGroups) {
  if (Value zeros = op.getZeros())
    return emitter.emit(zeros, inGroups);
  return emitter.constant(emitter.builder.getF32FloatAttr(float(op.defaultZero())));
}

/// Scaled in f32, and rounded to the dtype of the scales.
static Value emitDequantized(PullEmitter &emitter, nn::DequantizeOp op, const Position &position) {
  SmallVector<LaneIndex, 4> coords = emitter.coordinates(op, position);
  LaneIndex depth = coords[op.depthDim()], column = coords[1 - op.depthDim()];
  KernelShapes &shapes = emitter.shapes;
  SmallVector<LaneIndex, 4> inWord = emitter.delinearize(
      {shapes.size(op.getWords(), 0), shapes.constant(op.numbersOfWord())}, depth);
  LaneIndex group = emitter.delinearize(
      {shapes.size(op.getScales(), 0), shapes.constant(op.groupSize())}, depth)[0];
  Position inGroups = Position::at({group, column});
  Value word = emitter.emit(op.getWords(), Position::at({inWord[0], column}));
  Value number = numberIn(emitter, word, inWord[1], op.getBits());
  number = inLanes<arith::SubFOp>(emitter, number, zeroAt(emitter, op, inGroups));
  Value scaled = inLanes<arith::MulFOp>(emitter, number, emitter.emit(op.getScales(), inGroups));
  return emitter.rounded(scaled, getElementTypeOrSelf(op.getType()));
}

static ScaledNumbers scaledNumbers(PullEmitter &emitter, Operation *op) {
  auto dequantize = cast<nn::DequantizeOp>(op);
  auto at = [](Value row, LaneIndex column) {
    return Position::at({LaneIndex{row, 0, {}}, column});
  };
  ScaledNumbers numbers;
  numbers.depthDim = dequantize.depthDim();
  numbers.bits = dequantize.getBits();
  numbers.group = dequantize.groupSize();
  numbers.wordAt = [=, &emitter](Value row, LaneIndex column) mutable {
    return emitter.emit(dequantize.getWords(), at(row, column));
  };
  if (Value buffer = emitter.bufferOf(dequantize.getWords()))
    numbers.fetchWord = [=, &emitter](Value row, LaneIndex column) mutable {
      LaneIndex address = emitter.linearize(dequantize.getWords(), at(row, column));
      memref::PrefetchOp::create(emitter.builder, emitter.location, buffer, address.base,
                                 /*isWrite=*/false, /*localityHint=*/2, /*isDataCache=*/true);
    };
  numbers.scaleAt = [=, &emitter](Value group, LaneIndex column) mutable {
    return emitter.emit(dequantize.getScales(), at(group, column));
  };
  numbers.zeroAt = [=, &emitter](Value group, LaneIndex column) mutable {
    return zeroAt(emitter, dequantize, at(group, column));
  };
  return numbers;
}

static const EmissionEntry<nn::DequantizeOp> kDequantize(emitDequantized,
                                                         {false, nullptr, scaledNumbers});

} // namespace mlc
