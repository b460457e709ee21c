// Contractions by dot products: operands in words of neighbours along the depth.
#include "compiler/Codegen/CPU/ContractionSegment.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;

namespace mlc {

/// Bytes of a cache line: rows of packed lhs start in different sets of L1.
constexpr int64_t kLineBytes = 64;

/// Words whose rhs are added up side by side.
constexpr int64_t kWordsAtOnce = 4;

/// Vectors that are emitted one after the other instead of in a loop.
constexpr int64_t kUnrolled = 4;

/// [low, high) in vectors of these widths, the last of which is 1: no masks, which few machines
/// have for narrow elements.
static void forWidths(PullEmitter &emitter, Value low, Value high, ArrayRef<unsigned> widths,
                      function_ref<void(LaneIndex)> body) {
  for (unsigned width : widths) {
    auto emitAt = [&](Value at) {
      emitter.withLanes(width, {}, [&] { body({at, width == 1 ? 0 : 1, {}}); });
    };
    Value covered = emitter.roundDown(emitter.sub(high, low), width);
    Value middle = emitter.add(low, covered);
    auto known = getConstantIntValue(covered);
    if (known && *known <= kUnrolled * width)
      for (int64_t at = 0; at < *known; at += width)
        emitAt(emitter.add(low, at));
    else
      emitter.forLoop(low, middle, width, emitAt);
    low = middle;
  }
}

/// v0[0], v1[0], ..., v0[1], v1[1], ...
static Value interleaved(PullEmitter &emitter, ArrayRef<Value> vectors) {
  if (vectors.size() == 1)
    return vectors[0];
  SmallVector<Value> halves[2];
  for (auto [position, vector] : llvm::enumerate(vectors))
    halves[position % 2].push_back(vector);
  Value even = interleaved(emitter, halves[0]), odd = interleaved(emitter, halves[1]);
  SmallVector<int64_t> order;
  int64_t lanes = cast<VectorType>(even.getType()).getDimSize(0);
  for (int64_t lane = 0; lane < lanes; ++lane)
    order.append({lane, lanes + lane});
  return vector::ShuffleOp::create(emitter.builder, emitter.location, even, odd, order);
}

static void storePlain(PullEmitter &emitter, Value value, Value buffer, Value address) {
  if (isa<VectorType>(value.getType()))
    vector::StoreOp::create(emitter.builder, emitter.location, value, buffer, address);
  else
    memref::StoreOp::create(emitter.builder, emitter.location, value, buffer, address);
}

//===-- Layout ------------------------------------------------------------------------------===//

bool ContractionSegment::isAlongDepth(const Side &side) {
  if (side.plain)
    return side.depthStride == emitter.shapes.constant(1);
  return llvm::is_contained(side.depth,
                            cast<RankedTensorType>(side.tensor.getType()).getRank() - 1);
}

/// Words between rows of packed lhs: an odd number of cache lines.
int64_t ContractionSegment::dotRowStride() const {
  int64_t line = kLineBytes * 8 / type.getIntOrFloatBitWidth();
  int64_t lines = llvm::divideCeil(tiling.depthBlock, line);
  return (lines + (lines % 2 == 0)) * line;
}

void ContractionSegment::allocateDotScratch() {
  OpBuilder &builder = emitter.builder;
  int64_t rowPanels = llvm::divideCeil(tiling.rowBlock, tiling.rowStep);
  lhsScratch =
      context.allocate(builder.getI32Type(), isAlongDepth(lhs) ? tiling.rowBlock * dotRowStride()
                                                               : rowPanels * lhsPanelElements());
  if (tiling.packRhs) {
    dot.packRhsOnTheWay();
    int64_t words = tiling.columnBlock / tiling.columnStep * rhsPanelElements();
    rhsScratch = context.allocate(dot.rhsElement(builder), words * dot.products());
  }
  if (dot.hasOffset())
    firstSums = context.allocate(type, tiling.columnBlock);
}

//===-- Operands ----------------------------------------------------------------------------===//

/// The number of an operand at a row or column and an element of the depth, counted from the first
/// of the matrix.
Value ContractionSegment::narrowAt(const Side &side, const Block &block, LaneIndex free,
                                   LaneIndex element) {
  if (!side.plain)
    return emitter.splat(emitter.emit(side.tensor, positionOf(side, block, free, element)));
  LaneIndex address = emitter.add(emitter.mul(free, emitter.value(side.freeStride)),
                                  emitter.mul(element, emitter.value(side.depthStride)));
  for (auto [dim, coord] : llvm::zip(side.batch, block.batch))
    address = emitter.add(
        address, emitter.uniform(emitter.mul(coord.base, emitter.value(side.plain->strides[dim]))));
  return emitter.splat(emitter.load(emitter.bufferOf(side.plain->argument), address,
                                    getElementTypeOrSelf(side.tensor.getType())));
}

Value ContractionSegment::dotPacked(const Side &side, Value number) {
  return &side == &lhs ? dot.lhsPacked(emitter, number) : dot.rhsPacked(emitter, number);
}

/// Elements of the depth block, without the zeros that fill its last word.
Value ContractionSegment::dotElements(const Block &block) {
  Value filled = emitter.mul(block.depthCount, dot.products());
  if (!fillsWords)
    return filled;
  Value low = emitter.mul(block.depthLow, dot.products());
  return emitter.min(filled, emitter.sub(emitter.value(elements), low));
}

/// The elements of a word of some rows or columns; beyond the depth, where a word is the last,
/// zeros.
SmallVector<Value> ContractionSegment::dotWord(const Side &side, const Block &block, LaneIndex free,
                                               Value word, Value isFilledFrom) {
  int64_t products = dot.products(), known = numberOf(elements);
  Value first = emitter.mul(emitter.add(block.depthLow, word), products);
  SmallVector<Value> values;
  for (int64_t position = 0; position < products; ++position) {
    auto load = [&] {
      Value number = narrowAt(side, block, free, emitter.uniform(emitter.add(first, position)));
      return dotPacked(side, number);
    };
    if (!isFilledFrom || position == 0) {
      values.push_back(load());
      continue;
    }
    Type type = values[0].getType();
    auto zero = [&] {
      return emitter.constant(cast<TypedAttr>(emitter.builder.getZeroAttr(type)));
    };
    if (known >= 0) {
      values.push_back(position < known % products ? load() : zero());
      continue;
    }
    Value exists = emitter.compare(arith::CmpIPredicate::slt, emitter.constantIndex(position),
                                   emitter.sub(isFilledFrom, emitter.mul(word, products)));
    values.push_back(emitter.ifElse(exists, type, load, zero));
  }
  return values;
}

/// Words of `count` rows or columns from `free` on, side by side: word w of number i at start + w *
/// stride + i.
void ContractionSegment::packWords(const Side &side, const Block &block, const WordPanel &panel,
                                   ArrayRef<unsigned> widths) {
  int64_t products = dot.products();
  Value elementCount = dotElements(block);
  Value whole = emitter.floorDiv(elementCount, emitter.constantIndex(products));
  auto pack = [&](Value word, Value isFilledFrom) {
    Value first = emitter.add(panel.start, emitter.mul(word, panel.stride));
    forWidths(emitter, emitter.constantIndex(0), panel.count, widths, [&](LaneIndex at) {
      SmallVector<Value> values =
          dotWord(side, block, emitter.add(emitter.uniform(panel.free), at), word, isFilledFrom);
      Value address = emitter.mul(emitter.add(first, at.base), products);
      if (emitter.width() > 1)
        return storePlain(emitter, interleaved(emitter, values), panel.buffer, address);
      for (auto [position, value] : llvm::enumerate(values))
        storePlain(emitter, value, panel.buffer, emitter.add(address, int64_t(position)));
    });
  };
  emitter.forLoop(panel.low, whole, 1, [&](Value word) { pack(word, Value()); });
  if (fillsWords)
    emitter.forLoop(emitter.max(panel.low, whole), block.depthCount, 1,
                    [&](Value word) { pack(word, elementCount); });
}

/// lhs in words of 32 bits: rows one after the other, or, where rows are neighbours in memory, in
/// panels of those of a tile.
OperandView ContractionSegment::packDotLhs(const Block &block) {
  if (isAlongDepth(lhs))
    return packDotLhsRows(block);
  Value zero = emitter.constantIndex(0),
        buffer = context.viewAs(lhsScratch, dot.lhsElement(emitter.builder));
  int64_t step = tiling.rowStep, size = lhsPanelElements();
  SmallVector<unsigned> widths; // that add up to the height of a tile
  for (unsigned width = llvm::bit_floor(uint64_t(step)); width > 0; width /= 2)
    widths.push_back(width);
  inPanels(block.rowCount, numberOf(rows), step, [&](Value low, Value count) {
    Value start = emitter.mul(emitter.floorDiv(low, emitter.constantIndex(step)), size);
    WordPanel panel = {emitter.add(block.rowLow, low), count, zero, buffer, start, step};
    packWords(lhs, block, panel, widths);
  });
  return {lhsScratch, zero, emitter.constantIndex(size), emitter.constantIndex(step), step};
}

OperandView ContractionSegment::packDotLhsRows(const Block &block) {
  OpBuilder &builder = emitter.builder;
  int64_t products = dot.products();
  Value zero = emitter.constantIndex(0), stride = emitter.constantIndex(dotRowStride());
  Value buffer = context.viewAs(lhsScratch, dot.lhsElement(builder));
  Value count = dotElements(block), low = emitter.mul(block.depthLow, products);
  unsigned most = std::max(4u, emitter.laneOptions.lanes(32) * unsigned(products));
  emitter.forLoop(zero, block.rowCount, 1, [&](Value row) {
    Value start = emitter.mul(emitter.mul(row, stride), products);
    forWidths(emitter, zero, count, {most, most / 4, 1}, [&](LaneIndex at) {
      Value number = narrowAt(lhs, block, emitter.uniform(emitter.add(block.rowLow, row)),
                              emitter.add(emitter.uniform(low), at));
      storePlain(emitter, dotPacked(lhs, number), buffer, emitter.add(start, at.base));
    });
    Value nothing = emitter.constant(builder.getIntegerAttr(dot.lhsElement(builder), 0));
    emitter.forLoop(count, emitter.mul(block.depthCount, products), 1, [&](Value at) {
      storePlain(emitter, nothing, buffer, emitter.add(start, at));
    });
  });
  return {lhsScratch, zero, stride, emitter.constantIndex(1)};
}

/// The block of rhs: panels of [words, columnStep, products]. Columns beyond the last hold
/// anything.
void ContractionSegment::packDotRhs(const Block &block) {
  inPanels(block.columnCount, numberOf(columns), tiling.columnStep, [&](Value low, Value count) {
    WordPanel panel = {emitter.add(block.columnLow, low),
                       count,
                       emitter.constantIndex(0),
                       rhsScratch,
                       rhsPanelStart(low),
                       tiling.columnStep};
    SmallVector<unsigned> widths = {1};
    if (isAlongDepth(rhs))
      panel.low = packSquares(block, low, count);
    else
      widths.insert(widths.begin(), tiling.lanes);
    packWords(rhs, block, panel, widths);
  });
}

/// Transposes lanes x lanes squares of words in registers: their rows are columns of the panel,
/// contiguous along the depth. Returns the first word that is left.
Value ContractionSegment::packSquares(const Block &block, Value panelLow, Value count) {
  OpBuilder &builder = emitter.builder;
  int64_t lanes = tiling.lanes, products = dot.products();
  Type element = dot.rhsElement(builder);
  auto words = VectorType::get(
      lanes, builder.getIntegerType(element.getIntOrFloatBitWidth() * unsigned(products)));
  Value whole = emitter.mul(
      emitter.floorDiv(dotElements(block), emitter.constantIndex(lanes * products)), lanes);
  Value last = emitter.sub(count, emitter.constantIndex(1));
  Value free = emitter.add(block.columnLow, panelLow), start = rhsPanelStart(panelLow);
  auto bitcast = [&](VectorType type, Value value) -> Value {
    return vector::BitCastOp::create(builder, emitter.location, type, value);
  };
  for (int64_t vector = 0; vector < vectors; ++vector)
    emitter.forLoop(emitter.constantIndex(0), whole, lanes, [&](Value at) {
      SmallVector<Value> square;
      Value first = emitter.mul(emitter.add(block.depthLow, at), products);
      for (int64_t lane = 0; lane < lanes; ++lane) // those beyond the last repeat it
        emitter.withLanes(lanes * products, {}, [&] {
          Value column = emitter.min(emitter.constantIndex(vector * lanes + lane), last);
          Value number =
              narrowAt(rhs, block, emitter.uniform(emitter.add(free, column)), {first, 1, {}});
          square.push_back(bitcast(words, dotPacked(rhs, number)));
        });
      emitter.transposeSquare(square);
      for (int64_t row = 0; row < lanes; ++row) {
        Value to =
            emitter.add(start, emitter.add(emitter.mul(emitter.add(at, row), tiling.columnStep),
                                           vector * lanes));
        storePlain(emitter, bitcast(VectorType::get(lanes * products, element), square[row]),
                   rhsScratch, emitter.mul(to, products));
      }
    });
  return whole;
}

//===-- Sums --------------------------------------------------------------------------------===//

/// Leaves in `firstSums` what makes up for the 128 in every element of lhs, for every column of the
/// block. Several words at once hide the latency of the instruction.
void ContractionSegment::storeFirstSums(const Block &block) {
  OpBuilder &builder = emitter.builder;
  Value zero = emitter.constant(cast<TypedAttr>(builder.getZeroAttr(type)));
  auto addWords = [&](const TileColumns &tile, Value at, int64_t count, ValueRange sums) {
    SmallVector<Value> next;
    emitter.withLanes(tile.lanes, {}, [&] {
      for (int64_t word = 0; word < count; ++word)
        for (auto [vector, start] : llvm::enumerate(tile.starts)) {
          Value across = emitter.mul(emitter.add(at, word), tile.depthStride);
          Value b = dot.rhsWords(emitter, tile.buffer, emitter.add(start, across));
          next.push_back(dot.addOffset(emitter, b, sums[next.size()]));
        }
    });
    return next;
  };
  auto emitPanel = [&](const TileColumns &tile) {
    size_t count = tile.starts.size();
    Value steps = emitter.constantIndex(kWordsAtOnce), none = emitter.constantIndex(0);
    Value whole = emitter.mul(emitter.floorDiv(block.depthCount, steps), kWordsAtOnce);
    SmallVector<Value> sums;
    emitter.withLanes(tile.lanes, {},
                      [&] { sums.assign(count * kWordsAtOnce, emitter.splat(zero)); });
    sums = emitter.forLoop(none, whole, kWordsAtOnce, sums, [&](Value at, ValueRange carried) {
      return addWords(tile, at, kWordsAtOnce, carried);
    });
    for (size_t i = count; i < sums.size(); ++i)
      sums[i % count] = arith::AddIOp::create(builder, emitter.location, sums[i % count], sums[i]);
    sums.resize(count);
    sums = emitter.forLoop(whole, block.depthCount, 1, sums, [&](Value at, ValueRange carried) {
      return addWords(tile, at, 1, carried);
    });
    emitter.withLanes(tile.lanes, {}, [&] {
      for (auto [vector, sum] : llvm::enumerate(sums)) {
        Value negative = arith::SubIOp::create(builder, emitter.location, emitter.splat(zero), sum);
        Value at = emitter.add(tile.low, int64_t(vector) * tile.lanes);
        emitter.store(firstSums, {at, 1, {}}, negative, type);
      }
    });
  };
  emitPanels(block, emitter.constantIndex(0), emitPanel);
}

/// What the sums of every row of a tile start at, one vector after the other.
SmallVector<Value> ContractionSegment::firstSumsOf(const TileColumns &tile) {
  SmallVector<Value> sums;
  Value zero = emitter.constant(cast<TypedAttr>(emitter.builder.getZeroAttr(type)));
  emitter.withLanes(tile.lanes, {}, [&] {
    for (size_t vector = 0; vector < tile.starts.size(); ++vector) {
      Value at = emitter.add(tile.low, int64_t(vector) * tile.lanes);
      sums.push_back(dot.hasOffset() ? emitter.load(firstSums, {at, 1, {}}, type)
                                     : emitter.splat(zero));
    }
  });
  return sums;
}

} // namespace mlc
