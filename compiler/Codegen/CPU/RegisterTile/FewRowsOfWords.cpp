// Few rows of words: several numbers along the depth share one, and more of them a scale.
#include "compiler/Codegen/CPU/RegisterTile/FewRows.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include <cmath>

using namespace mlir;

namespace mlc::tile {

/// Numbers of few bits at once: rows of words are streams too. With dot products there is less to
/// do for each.
constexpr int64_t kNumbersAtOnce = 16, kNumbersOfDots = 32;

/// The depth of a piece, of which nothing lies in another group than its first number.
int64_t FewRows::depthOfPiece() const {
  const auto &groups = plan.rhs.groups;
  if (!groups || (problem.depth >= 0 && groups->size >= problem.depth))
    return kStreamedDepth;
  int64_t step = groups->numbersOfWord(), words = groups->size / step,
          most = std::min(words, kStreamedDepth / step);
  while (words % most != 0)
    --most;
  return most * step;
}

void FewRows::addWords(const Piece &piece, Value low, Value count) {
  int64_t numbers = plan.rhs.groups->numbersOfWord();
  Value first = emitter.floorDiv(low, emitter.constantIndex(numbers)),
        words = emitter.floorDiv(count, emitter.constantIndex(numbers));
  int64_t atOnce = fixedPoint ? kNumbersOfDots : kNumbersAtOnce;
  inSteps(words, std::max<int64_t>(1, atOnce / numbers), [&](Value at, int64_t some) {
    Value word = emitter.add(first, at);
    fixedPoint ? addDigits(piece, word, at, some) : addWords(piece, word, some);
  });
}

//===-- Bytes -------------------------------------------------------------------------------===//

LaneIndex FewRows::digitSumAt(int64_t row, int64_t digit, LaneIndex column) {
  return emitter.add(emitter.uniform((row * FixedPoint::kDigits + digit) * kSumsStride), column);
}

/// Adds the products of digits and so many rows of words.
void FewRows::addDigits(const Piece &piece, Value word, Value inPiece, int64_t count) {
  const ScaledGroups &groups = *plan.rhs.groups;
  Type i32 = emitter.builder.getI32Type();
  int64_t quads = groups.numbersOfWord() / plan.groupsDot.products(), digits = FixedPoint::kDigits;
  SmallVector<Value> factors; // [word, quad, row, digit]
  for (int64_t i = 0; i < count * quads; ++i)
    for (int64_t j = 0; j < piece.height * digits; ++j)
      factors.push_back(
          fixedPoint->digits(j / digits, j % digits, emitter.add(inPiece, i / quads), i % quads));
  emitter.forLanes(piece.lanes, [&](LaneIndex column) {
    LaneIndex inMatrix = emitter.add(emitter.uniform(piece.block.columnLow), column);
    SmallVector<Value> next;
    for (int64_t j = 0; j < piece.height * digits; ++j)
      next.push_back(
          emitter.splat(emitter.load(digitSums, digitSumAt(j / digits, j % digits, column), i32)));
    for (int64_t i = 0; groups.fetchWord && i < count; ++i)
      groups.fetchWord(emitter.add(word, 2 * count + i), inMatrix);
    const Value *factor = factors.begin();
    for (int64_t i = 0; i < count; ++i)
      for (Value numbers :
           fixedPoint->quadsOf(emitter.splat(groups.wordAt(emitter.add(word, i), inMatrix)))) {
        numbers = plan.groupsDot.asOperand(emitter, numbers);
        for (Value &sum : next)
          sum = plan.groupsDot.add(
              emitter, numbers, plan.groupsDot.asOperand(emitter, emitter.splat(*factor++)), sum);
      }
    for (auto [j, sum] : llvm::enumerate(next))
      emitter.store(digitSums, digitSumAt(j / digits, j % digits, column), sum, i32);
  });
}

/// What the sums of a piece stand for; the next ones start from zero.
Value FewRows::takeDigitSums(int64_t row, LaneIndex column) {
  OpBuilder &builder = emitter.builder;
  SmallVector<Value> digits;
  for (int64_t digit = 0; digit < FixedPoint::kDigits; ++digit)
    digits.push_back(emitter.splat(
        emitter.load(digitSums, digitSumAt(row, digit, column), builder.getI32Type())));
  clearDigitSums(row, column);
  return arith::MulFOp::create(builder, emitter.location, fixedPoint->combined(digits),
                               emitter.splat(fixedPoint->unitOf(row)));
}

void FewRows::clearDigitSums(int64_t row, LaneIndex column) {
  Value zero = emitter.constant(emitter.builder.getI32IntegerAttr(0));
  for (int64_t digit = 0; digit < FixedPoint::kDigits; ++digit)
    emitter.store(digitSums, digitSumAt(row, digit, column), zero, zero.getType());
}

//===-- Floats ------------------------------------------------------------------------------===//

/// The number at a place, times what that place is worth in its word: masked, not shifted, but for
/// the highest, which would have a sign.
Value FewRows::numberOf(Value word, int64_t place) {
  const ScaledGroups &groups = *plan.rhs.groups;
  auto &builder = emitter.builder;
  auto constant = [&](uint32_t value) {
    return emitter.splat(emitter.constant(builder.getI32IntegerAttr(static_cast<int32_t>(value))));
  };
  uint32_t ones = (1u << groups.bits) - 1;
  word = place + 1 == groups.numbersOfWord()
             ? Value(arith::ShRUIOp::create(builder, emitter.location, word,
                                            constant(place * groups.bits)))
             : arith::AndIOp::create(builder, emitter.location, word,
                                     constant(ones << (place * groups.bits)));
  return arith::SIToFPOp::create(builder, emitter.location, emitter.laneType(type), word);
}

/// The elements of lhs that the numbers of so many rows of words are multiplied by. What its place
/// makes a number larger, its factor is smaller, so that the product is the same.
SmallVector<Value> FewRows::factorsOfWords(const Piece &piece, Value word, int64_t count) {
  const ScaledGroups &groups = *plan.rhs.groups;
  int64_t numbers = groups.numbersOfWord();
  SmallVector<Value> factors = factorsAt(piece, emitter.mul(word, numbers), count * numbers);
  for (auto [i, factor] : llvm::enumerate(factors))
    if (int64_t place = int64_t(i) % numbers; place + 1 != numbers) {
      auto worth = FloatAttr::get(type, std::ldexp(1.0, -int(place * groups.bits)));
      factor =
          arith::MulFOp::create(emitter.builder, emitter.location, factor, emitter.constant(worth));
    }
  return factors;
}

/// Adds the products of so many rows of words.
void FewRows::addWords(const Piece &piece, Value word, int64_t count) {
  const ScaledGroups &groups = *plan.rhs.groups;
  int64_t numbers = groups.numbersOfWord(), perRow = count * numbers;
  SmallVector<Value> factors = factorsOfWords(piece, word, count);
  emitter.forLanes(piece.lanes, [&](LaneIndex column) {
    LaneIndex inMatrix = emitter.add(emitter.uniform(piece.block.columnLow), column);
    // A chain for each row of words.
    SmallVector<Value> next(piece.height * count, emitter.splat(piece.zero));
    for (int64_t row = 0; row < piece.height; ++row)
      next[row] = emitter.load(sums, sumAt(row, kPieces, column), type);
    // Prefetchers do not follow a few streams from page to page soon enough: the rows that come
    // next are fetched where these are read.
    for (int64_t i = 0; groups.fetchWord && i < count; ++i)
      groups.fetchWord(emitter.add(word, 2 * count + i), inMatrix);
    for (int64_t i = 0; i < count; ++i) {
      Value lanes = emitter.splat(groups.wordAt(emitter.add(word, i), inMatrix));
      for (int64_t place = 0; place < numbers; ++place) {
        Value number = numberOf(lanes, place);
        for (int64_t row = 0; row < piece.height; ++row) {
          Value &sum = next[i * piece.height + row];
          Value factor = emitter.splat(factors[row * perRow + i * numbers + place]);
          sum = emitter.multiplyAdd(factor, number, sum);
        }
      }
    }
    for (int64_t row = 0; row < piece.height; ++row) {
      Value sum = next[row];
      for (int64_t i = 1; i < count; ++i)
        sum = emitter.addValues(sum, next[i * piece.height + row]);
      emitter.store(sums, sumAt(row, kPieces, column), sum, type);
    }
  });
}

/// The sum of numbers from `depth` on, all of one group, as one of what they stand for.
Value FewRows::scaled(Value sum, Value sumOfLhs, Value depth, LaneIndex column) {
  const ScaledGroups &groups = *plan.rhs.groups;
  Value group = emitter.floorDiv(depth, emitter.constantIndex(groups.size));
  auto &builder = emitter.builder;
  Value zero = emitter.splat(groups.zeroAt(group, column)),
        scale = emitter.splat(groups.scaleAt(group, column));
  Value zeros = arith::MulFOp::create(builder, emitter.location, zero, emitter.splat(sumOfLhs));
  sum = arith::SubFOp::create(builder, emitter.location, sum, zeros);
  return arith::MulFOp::create(builder, emitter.location, sum, scale);
}

/// Of a row of lhs, from a depth on.
Value FewRows::lhsSum(const Piece &piece, int64_t row, Value low, Value count) {
  Value zero = emitter.constant(cast<TypedAttr>(emitter.builder.getZeroAttr(type)));
  const OperandView &left = piece.left;
  Value start = emitter.add(left.offset, emitter.mul(left.freeStride, row));
  return emitter.sumInBlocks(low, emitter.add(low, count), zero, [&](Value at, ValueRange carried) {
    Value address = emitter.add(start, emitter.mul(at, left.depthStride));
    Value x = memref::LoadOp::create(emitter.builder, emitter.location, left.buffer, address);
    return SmallVector<Value>{emitter.addValues(carried[0], x)};
  });
}

} // namespace mlc::tile
