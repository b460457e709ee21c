#include "compiler/Codegen/CPU/RegisterTile/FixedPoint.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;

namespace mlc::tile {

/// Numbers that are split at once: whole words of rhs.
constexpr int64_t kChunk = 16;

/// Numbers of a word of an instruction, and bits of a digit.
constexpr int64_t kOfQuad = 4, kDigitBits = 8;

/// The largest whole number; the least that the largest number of a row is taken for.
constexpr double kLargest = 1 << 22, kSmallestRow = 0x1p-100;

FixedPoint::FixedPoint(VectorBuilder &emitter, const Plan &plan, Scratch &scratch, int64_t rows,
                       int64_t most)
    : Part(emitter, plan), numbers(scratch.allocate(type, most + kChunk)),
      bytes(scratch.allocate(emitter.builder.getI32Type(),
                             rows * kDigits * (most + kChunk) / kOfQuad)),
      most(most) {}

int64_t FixedPoint::quadsOfWord() const { return plan.rhs.groups->numbersOfWord() / kOfQuad; }

/// In words.
Value FixedPoint::start(int64_t row, int64_t digit) {
  return emitter.constantIndex((row * kDigits + digit) * (most + kChunk) / kOfQuad);
}

void FixedPoint::forChunks(Value count, function_ref<void(Value at)> body) {
  emitter.withLanes(kChunk, {},
                    [&] { emitter.forLoop(emitter.constantIndex(0), count, kChunk, body); });
}

//===-- Rows --------------------------------------------------------------------------------===//

void FixedPoint::take(const OperandView &left, int64_t height, Value low, Value count) {
  OpBuilder &builder = emitter.builder;
  units.clear();
  auto number = [&](double value) { return emitter.constant(FloatAttr::get(type, value)); };
  for (int64_t row = 0; row < height; ++row) {
    Value largest = copyRow(left, row, low, count);
    Value atLeast =
        arith::MaximumFOp::create(builder, emitter.location, largest, number(kSmallestRow));
    units.push_back(
        arith::MulFOp::create(builder, emitter.location, atLeast, number(1 / kLargest)));
    split(row, count, arith::DivFOp::create(builder, emitter.location, number(kLargest), atLeast));
  }
}

/// The row, side by side and beside zeros. Returns the largest magnitude; NaN, if a number is not
/// finite.
Value FixedPoint::copyRow(const OperandView &left, int64_t row, Value low, Value count) {
  OpBuilder &builder = emitter.builder;
  Location location = emitter.location;
  Value zero = emitter.constantIndex(0), nothing = zeroSum();
  emitter.withLanes(kChunk, {}, [&] {
    LaneIndex last = {emitter.roundDown(count, kChunk), 1, {}};
    emitter.store(numbers, last, emitter.splat(nothing), type);
  });
  Value first = emitter.add(emitter.add(left.offset, emitter.mul(left.freeStride, row)),
                            emitter.mul(low, left.depthStride));
  emitter.forLanes(emitter.planLanes(zero, count, problem.bits, /*unroll=*/1), [&](LaneIndex at) {
    LaneIndex from = emitter.add(emitter.uniform(first), emitter.mul(at, left.depthStride));
    emitter.store(numbers, at, emitter.load(left.buffer, from, type), type);
  });
  Value largest;
  emitter.withLanes(kChunk, {}, [&] {
    Value zeros = emitter.splat(nothing);
    largest = emitter.forLoop(zero, count, kChunk, zeros, [&](Value at, ValueRange carried) {
      Value x = emitter.load(numbers, {at, 1, {}}, type);
      // Not finite times zero is NaN.
      Value magnitude = math::AbsFOp::create(builder, location, x),
            orNan = arith::AddFOp::create(builder, location, magnitude,
                                          arith::MulFOp::create(builder, location, x, zeros));
      return SmallVector<Value>{arith::MaximumFOp::create(builder, location, carried[0], orNan)};
    })[0];
  });
  return vector::ReductionOp::create(builder, location, vector::CombiningKind::MAXIMUMF, largest);
}

/// Of each word of rhs its quads, one after the other: numbers whose places in the word are as far
/// apart as bytes.
void FixedPoint::split(int64_t row, Value count, Value inverse) {
  OpBuilder &builder = emitter.builder;
  Location location = emitter.location;
  int64_t quads = quadsOfWord();
  SmallVector<int64_t> order;
  for (int64_t word = 0; word < kChunk; word += quads * kOfQuad)
    for (int64_t quad = 0; quad < quads; ++quad)
      for (int64_t number = 0; number < kOfQuad; ++number)
        order.push_back(word + number * quads + quad);
  auto i32 = VectorType::get(kChunk, builder.getI32Type()),
       i8 = VectorType::get(kChunk, builder.getI8Type()),
       words = VectorType::get(kChunk / kOfQuad, builder.getI32Type());
  forChunks(count, [&](Value at) {
    auto all = [&](double value) {
      return emitter.splat(emitter.constant(FloatAttr::get(type, value)));
    };
    Value x = emitter.load(numbers, {at, 1, {}}, type);
    Value scaled = arith::MulFOp::create(builder, location, x, emitter.splat(inverse)),
          below = arith::MinNumFOp::create(builder, location, scaled, all(kLargest)),
          inside = arith::MaxNumFOp::create(builder, location, below, all(-kLargest));
    Value rest = arith::FPToSIOp::create(builder, location, i32,
                                         math::RoundEvenOp::create(builder, location, inside));
    Value bits = emitter.splat(emitter.constant(builder.getI32IntegerAttr(kDigitBits)));
    for (int64_t digit = 0; digit < kDigits; ++digit) {
      Value byte = arith::TruncIOp::create(builder, location, i8, rest);
      Value ordered = vector::ShuffleOp::create(builder, location, byte, byte, order);
      Value to =
          emitter.add(start(row, digit), emitter.floorDiv(at, emitter.constantIndex(kOfQuad)));
      vector::StoreOp::create(builder, location,
                              vector::BitCastOp::create(builder, location, words, ordered), bytes,
                              to);
      // What is left has no remainder.
      Value wide = arith::ExtSIOp::create(builder, location, i32, byte);
      rest = arith::ShRSIOp::create(builder, location,
                                    arith::SubIOp::create(builder, location, rest, wide), bits);
    }
  });
}

//===-- Products ----------------------------------------------------------------------------===//

Value FixedPoint::digits(int64_t row, int64_t digit, Value word, int64_t quad) {
  Value at = emitter.add(start(row, digit), emitter.add(emitter.mul(word, quadsOfWord()), quad));
  return memref::LoadOp::create(emitter.builder, emitter.location, bytes, at);
}

SmallVector<Value> FixedPoint::quadsOf(Value word) {
  OpBuilder &builder = emitter.builder;
  Location location = emitter.location;
  int64_t bits = plan.rhs.groups->bits;
  if (bits == kDigitBits)
    return {word};
  auto all = [&](uint32_t value) {
    return emitter.splat(emitter.constant(builder.getI32IntegerAttr(int32_t(value))));
  };
  uint32_t ofByte = (1u << bits) - 1, mask = ofByte * 0x01010101u;
  SmallVector<Value> quads;
  for (int64_t quad = 0; quad < quadsOfWord(); ++quad) {
    Value shifted =
        quad ? Value(arith::ShRUIOp::create(builder, location, word, all(uint32_t(quad * bits))))
             : word;
    quads.push_back(arith::AndIOp::create(builder, location, shifted, all(mask)));
  }
  return quads;
}

Value FixedPoint::combined(ArrayRef<Value> sums) {
  OpBuilder &builder = emitter.builder;
  Type lanes = emitter.laneType(type);
  Value worth = emitter.splat(emitter.constant(FloatAttr::get(type, 1 << kDigitBits))), total;
  for (Value sum : llvm::reverse(sums)) {
    Value part = arith::SIToFPOp::create(builder, emitter.location, lanes, sum);
    total = total ? emitter.multiplyAdd(total, worth, part) : part;
  }
  return total;
}

} // namespace mlc::tile
