// Products of narrow numbers by dot instructions: operands in words of neighbours along the depth.
#include "compiler/Codegen/CPU/RegisterTile/Packing.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;

namespace mlc::tile {

/// Bytes of a cache line: rows of packed lhs start in different sets of L1.
constexpr int64_t kLineBytes = 64;

/// Words from those that are packed to those whose rows are fetched meanwhile.
constexpr int64_t kWordsAhead = 8;

/// Vectors that are emitted one after the other instead of in a loop.
constexpr int64_t kUnrolled = 4;

/// [low, high) in vectors of these widths, the last of which is 1: no masks, which few machines
/// have for narrow elements.
static void forWidths(VectorBuilder &emitter, Value low, Value high, ArrayRef<unsigned> widths,
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

static void storePlain(VectorBuilder &emitter, Value value, Value buffer, Value address) {
  if (isa<VectorType>(value.getType()))
    vector::StoreOp::create(emitter.builder, emitter.location, value, buffer, address);
  else
    memref::StoreOp::create(emitter.builder, emitter.location, value, buffer, address);
}

//===-- Layout ------------------------------------------------------------------------------===//

/// Words between rows of packed lhs: an odd number of cache lines.
int64_t WordPacking::rowStride() const {
  int64_t line = kLineBytes * 8 / type.getIntOrFloatBitWidth();
  int64_t lines = llvm::divideCeil(keepsLhs ? problem.depth : tiling.depthBlock, line);
  return (lines + (lines % 2 == 0)) * line;
}

WordPacking::WordPacking(VectorBuilder &emitter, const Plan &plan, Scratch &scratch)
    : Packing(emitter, plan), scratch(scratch) {
  OpBuilder &builder = emitter.builder;
  int64_t rowPanels = llvm::divideCeil(tiling.rowBlock, tiling.rowStep);
  if (tiling.packLhs)
    lhsScratch =
        scratch.allocate(builder.getI32Type(), packsLhsInRows() ? tiling.rowBlock * rowStride()
                                                                : rowPanels * lhsPanelElements());
  if (tiling.packRhs) {
    int64_t words = tiling.columnBlock / tiling.columnStep * rhsPanelElements();
    rhsScratch = scratch.allocate(dot.rhsElement(builder), words * dot.products());
  }
}

//===-- Words -------------------------------------------------------------------------------===//

/// A number as the instruction takes it: those of f32 are rounded.
Value WordPacking::packedAt(const Operand &operand, const Block &block, LaneIndex free,
                            LaneIndex element, bool isInRun, Value run) {
  Type type = operand.element.isBF16() ? emitter.builder.getI16Type() : operand.element;
  Value number =
      emitter.splat(operand.buffer ? loadNumber(operand, block, free, element, type, isInRun, run)
                                   : numberAt(operand, block, free, element));
  if (operand.element.isF32())
    return dot.rounded(emitter, number);
  return &operand == &plan.lhs ? dot.lhsPacked(emitter, number) : dot.rhsPacked(emitter, number);
}

/// Elements of the depth block, without the zeros that fill its last word.
Value WordPacking::elementsOf(const Block &block) {
  Value filled = emitter.mul(block.depthCount, dot.products());
  if (!plan.fillsWords)
    return filled;
  Value low = emitter.mul(block.depthLow, dot.products());
  return emitter.min(filled, emitter.sub(emitter.value(plan.elementCount), low));
}

/// The elements of a word of some rows or columns; beyond the depth, where a word is the last,
/// zeros.
SmallVector<Value> WordPacking::wordAt(const Operand &operand, const Block &block, LaneIndex free,
                                       const WordPlace &place, bool isInRun) {
  int64_t products = dot.products(), known = numberOf(plan.elementCount);
  Value isFilledFrom = place.isFilledFrom,
        first = emitter.mul(place.run ? place.inRun : emitter.add(block.depthLow, place.word),
                            products);
  SmallVector<Value> values;
  for (int64_t position = 0; position < products; ++position) {
    auto load = [&] {
      LaneIndex element = emitter.uniform(emitter.add(first, position));
      return packedAt(operand, block, free, element, isInRun, place.run);
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
                                   emitter.sub(isFilledFrom, emitter.mul(place.word, products)));
    values.push_back(emitter.ifElse(exists, type, load, zero));
  }
  return values;
}

/// The words of the block from `low` on: run by run where that can be, so that no place in several
/// dimensions is counted anew for each.
void WordPacking::forWords(const Operand &operand, const Block &block, Value low,
                           function_ref<void(const WordPlace &)> body) {
  Value zero = emitter.constantIndex(0), elementCount = elementsOf(block);
  if (plan.hasRunsOfWords && operand.strides.depth.size() > 1 && getConstantIntValue(low) == 0) {
    int64_t steps = plan.stepsOfRun();
    Value inner = emitter.constantIndex(steps), first = emitter.floorDiv(block.depthLow, inner);
    return emitter.forLoop(zero, emitter.floorDiv(block.depthCount, inner), 1, [&](Value run) {
      emitter.forLoop(zero, inner, 1, [&](Value inRun) {
        body({emitter.add(emitter.mul(run, steps), inRun), emitter.add(first, run), inRun});
      });
    });
  }
  Value whole = emitter.floorDiv(elementCount, emitter.constantIndex(dot.products()));
  emitter.forLoop(low, whole, 1, [&](Value word) { body({word, {}, {}}); });
  if (plan.fillsWords)
    emitter.forLoop(emitter.max(low, whole), block.depthCount, 1,
                    [&](Value word) { body({word, {}, {}, elementCount}); });
}

/// The machine's own prefetch does not follow rows that are far apart: those of a later word, also
/// behind the block, but not behind the last.
void WordPacking::fetchLater(const Operand &operand, const Block &block, const WordPanel &panel,
                             Value word) {
  if (!operand.buffer || !operand.strides.isFlat())
    return;
  OperandView view = viewInMemory(operand, block, panel.free);
  Value stride = emitter.value(innermost(operand.strides.depth, type.getContext())),
        low = emitter.mul(block.depthLow, dot.products()),
        last = emitter.sub(emitter.sub(emitter.value(plan.elementCount), low),
                           emitter.constantIndex(1)),
        first = emitter.mul(emitter.add(word, kWordsAhead), dot.products());
  for (int64_t number = 0; number < dot.products(); ++number) {
    Value row = emitter.min(emitter.add(first, number), last),
          start = emitter.add(view.offset, emitter.mul(row, stride));
    for (int64_t at = 0; at < panel.stride; at += plan.elementsOfLine(operand.element))
      prefetch(view.buffer, emitter.add(start, at), /*isWrite=*/false, /*locality=*/2);
  }
}

/// Words of `count` rows or columns from `free` on, side by side: word w of number i at start + w *
/// stride + i. `areInRuns`: as many of these neighbours as a width are ones in memory.
void WordPacking::packWords(const Operand &operand, const Block &block, const WordPanel &panel,
                            ArrayRef<unsigned> widths, bool areInRuns) {
  int64_t products = dot.products();
  forWords(operand, block, panel.low, [&](const WordPlace &place) {
    Value first = emitter.add(panel.start, emitter.mul(place.word, panel.stride));
    if (widths.front() > 1 && !place.run)
      fetchLater(operand, block, panel, place.word);
    forWidths(emitter, emitter.constantIndex(0), panel.count, widths, [&](LaneIndex at) {
      LaneIndex free = emitter.add(emitter.uniform(panel.free), at);
      SmallVector<Value> values = wordAt(operand, block, free, place, areInRuns);
      Value address = emitter.mul(emitter.add(first, at.base), products);
      if (emitter.width() > 1)
        return storePlain(emitter, DotForm::inWords(emitter, values), panel.buffer, address);
      for (auto [position, value] : llvm::enumerate(values))
        storePlain(emitter, value, panel.buffer, emitter.add(address, int64_t(position)));
    });
  });
}

//===-- lhs ---------------------------------------------------------------------------------===//

void WordPacking::keepRows(const Block &block) {
  if (!keepsLhs)
    return;
  Block rows = block;
  rows.depthLow = emitter.constantIndex(0);
  rows.depthCount = emitter.value(plan.depthCount);
  packLhs(rows);
}

OperandView WordPacking::lhs(const Block &block) {
  if (!tiling.packLhs)
    return viewInMemory(plan.lhs, block, block.rowLow);
  if (keepsLhs)
    return packedLhs(block.depthLow);
  packLhs(block);
  return packedLhs(emitter.constantIndex(0));
}

/// In words of 32 bits: rows one after the other, or, where rows are neighbours in memory, in
/// panels of those of a tile; registers of matrices take rows only.
void WordPacking::packLhs(const Block &block) {
  if (plan.isAlongDepth(plan.lhs))
    return packLhsRows(block);
  problem.matrixRows ? packLhsTransposed(block) : packLhsPanels(block);
}

/// The packed rows from word `depthLow` of them on.
OperandView WordPacking::packedLhs(Value depthLow) {
  int64_t step = tiling.rowStep;
  if (packsLhsInRows())
    return {lhsScratch, depthLow, emitter.constantIndex(rowStride()), emitter.constantIndex(1)};
  return {lhsScratch, emitter.mul(depthLow, step), emitter.constantIndex(lhsPanelElements()),
          emitter.constantIndex(step), step};
}

void WordPacking::packLhsPanels(const Block &block) {
  Value zero = emitter.constantIndex(0),
        buffer = scratch.viewAs(lhsScratch, dot.lhsElement(emitter.builder));
  int64_t step = tiling.rowStep, size = lhsPanelElements();
  int64_t run = plan.rows.size() > 1 ? numberOf(plan.rows.back()) : 0;
  auto isInRuns = [&](int64_t width) { return run > 0 && run % width == 0 && step % width == 0; };
  SmallVector<unsigned> widths; // that add up to the height of a tile
  for (unsigned width = llvm::bit_floor(uint64_t(step)); width > 0; width /= 2)
    if (run <= 0 || isInRuns(width))
      widths.push_back(width);
  inPanels(block.rowCount, problem.rows, step, [&](Value low, Value count) {
    Value start = emitter.mul(emitter.floorDiv(low, emitter.constantIndex(step)), size);
    WordPanel panel = {emitter.add(block.rowLow, low), count, zero, buffer, start, step};
    packWords(plan.lhs, block, panel, widths, isInRuns(1));
  });
}

/// Whether blocks are of whole runs along the depth, which are packed one after the other.
bool WordPacking::hasWholeRuns() const {
  return plan.lhs.buffer && plan.hasNestedDepth() && numberOf(plan.depth.back()) > 0 &&
         (keepsLhs || !plan.isDepthCut);
}

void WordPacking::packRowRuns(const Block &block, Value row, Value buffer, Value start) {
  int64_t run = numberOf(plan.depth.back());
  unsigned most = emitter.laneOptions.lanes(32) * unsigned(dot.products());
  SmallVector<unsigned> widths;
  for (unsigned width = std::min<uint64_t>(most, llvm::bit_floor(uint64_t(run))); width > 0;
       width /= 2)
    widths.push_back(width);
  Value runs = emitter.value(emitter.product(ArrayRef(plan.depth).drop_back()));
  emitter.forLoop(emitter.constantIndex(0), runs, 1, [&](Value number) {
    Value low = emitter.add(start, emitter.mul(number, run));
    forWidths(emitter, emitter.constantIndex(0), emitter.constantIndex(run), widths,
              [&](LaneIndex at) {
                Value value = packedAt(plan.lhs, block, emitter.uniform(row), at,
                                       /*isInRun=*/false, number);
                storePlain(emitter, value, buffer, emitter.add(low, at.base));
              });
  });
}

void WordPacking::packLhsRows(const Block &block) {
  OpBuilder &builder = emitter.builder;
  int64_t products = dot.products();
  Value zero = emitter.constantIndex(0), stride = emitter.constantIndex(rowStride());
  Value buffer = scratch.viewAs(lhsScratch, dot.lhsElement(builder));
  Value count = elementsOf(block), low = emitter.mul(block.depthLow, products);
  unsigned most = std::max(4u, emitter.laneOptions.lanes(32) * unsigned(products));
  emitter.forLoop(zero, block.rowCount, 1, [&](Value row) {
    Value start = emitter.mul(emitter.mul(row, stride), products),
          free = emitter.add(block.rowLow, row);
    if (hasWholeRuns())
      packRowRuns(block, free, buffer, start);
    else
      forWidths(emitter, zero, count, {most, most / 4, 1}, [&](LaneIndex at) {
        Value number =
            packedAt(plan.lhs, block, emitter.uniform(free), emitter.add(emitter.uniform(low), at));
        storePlain(emitter, number, buffer, emitter.add(start, at.base));
      });
    Value nothing = emitter.constant(builder.getIntegerAttr(dot.lhsElement(builder), 0));
    emitter.forLoop(count, emitter.mul(block.depthCount, products), 1, [&](Value at) {
      storePlain(emitter, nothing, buffer, emitter.add(start, at));
    });
  });
}

/// The words of some rows of lhs, which lie there as such.
Value WordPacking::givenWords(const Block &block, LaneIndex free, const WordPlace &place) {
  LaneIndex word = emitter.uniform(emitter.add(block.depthLow, place.word));
  return loadNumber(plan.lhs, block, free, word, emitter.builder.getI32Type());
}

/// A square of words, the first `count` of which exist: vectors of neighbouring rows become rows.
/// `isFilledFrom`: of the last word, if it may have less than all elements.
void WordPacking::packLhsSquare(const Block &block, Value row, Value word, int64_t count,
                                Value isFilledFrom) {
  constexpr int64_t kLanes = DotInstruction::kMatrixWords;
  OpBuilder &builder = emitter.builder;
  auto words = VectorType::get(kLanes, builder.getI32Type());
  int64_t run = plan.rows.size() > 1 ? numberOf(plan.rows.back()) : 0;
  SmallVector<Value> square;
  for (int64_t lane = 0; lane < count; ++lane)
    emitter.withLanes(kLanes, {}, [&] {
      LaneIndex free = {emitter.add(block.rowLow, row), 1, {}};
      WordPlace place = {emitter.add(word, lane), {}, {}};
      if (lane == count - 1)
        place.isFilledFrom = isFilledFrom;
      if (plan.lhs.isInWords)
        return square.push_back(givenWords(block, free, place));
      SmallVector<Value> values =
          wordAt(plan.lhs, block, free, place, /*isInRun=*/run > 0 && run % kLanes == 0);
      square.push_back(vector::BitCastOp::create(builder, emitter.location, words,
                                                 DotForm::inWords(emitter, values)));
    });
  square.resize(kLanes, emitter.constant(cast<TypedAttr>(builder.getZeroAttr(words))));
  emitter.transposeSquare(square);
  for (int64_t lane = 0; lane < kLanes; ++lane) {
    Value start = emitter.mul(emitter.add(row, lane), rowStride());
    storePlain(emitter, square[lane], lhsScratch, emitter.add(start, word));
  }
}

/// Rows word by word, from one on.
void WordPacking::packLhsWords(const Block &block, Value rowLow, Value rowHigh, Value wordLow) {
  Value buffer = scratch.viewAs(lhsScratch, dot.lhsElement(emitter.builder));
  emitter.forLoop(rowLow, rowHigh, 1, [&](Value row) {
    LaneIndex free = emitter.uniform(emitter.add(block.rowLow, row));
    forWords(plan.lhs, block, wordLow, [&](const WordPlace &place) {
      Value word = emitter.add(emitter.mul(row, rowStride()), place.word);
      if (plan.lhs.isInWords)
        return storePlain(emitter, givenWords(block, free, place), lhsScratch, word);
      SmallVector<Value> values = wordAt(plan.lhs, block, free, place, /*isInRun=*/false);
      for (auto [position, value] : llvm::enumerate(values))
        storePlain(emitter, value, buffer,
                   emitter.add(emitter.mul(word, dot.products()), int64_t(position)));
    });
  });
}

/// Rows that are neighbours in memory: squares of some depths after the other, so that lines are
/// read in the order of memory. The last of their rows overlaps the one before, if there is one.
void WordPacking::packLhsTransposed(const Block &block) {
  constexpr int64_t kLanes = DotInstruction::kMatrixWords;
  Value zero = emitter.constantIndex(0), side = emitter.constantIndex(kLanes);
  if (problem.rows >= 0 && problem.rows % kLanes == 0)
    return packLhsSquares(block);
  Value hasSquare = emitter.compare(arith::CmpIPredicate::sge, block.rowCount, side);
  auto squares = [&] {
    packLhsSquares(block);
    return SmallVector<Value>();
  };
  auto each = [&] {
    packLhsWords(block, zero, block.rowCount, zero);
    return SmallVector<Value>();
  };
  emitter.ifElse(hasSquare, TypeRange(), squares, each);
}

/// The squares of at least sixteen rows.
void WordPacking::packLhsSquares(const Block &block) {
  constexpr int64_t kLanes = DotInstruction::kMatrixWords;
  Value zero = emitter.constantIndex(0),
        last = emitter.sub(block.rowCount, emitter.constantIndex(kLanes));
  auto squares = [&](Value word, int64_t count, Value isFilledFrom) {
    emitter.forLoop(zero, block.rowCount, kLanes, [&](Value row) {
      packLhsSquare(block, emitter.min(row, last), word, count, isFilledFrom);
    });
  };
  Value whole = emitter.mul(
      emitter.floorDiv(elementsOf(block), emitter.constantIndex(kLanes * dot.products())), kLanes);
  emitter.forLoop(zero, whole, kLanes, [&](Value word) { squares(word, kLanes, {}); });
  // Of a known depth blocks are whole squares but for the last.
  int64_t elements = numberOf(plan.elementCount);
  if (elements < 0)
    return packLhsWords(block, zero, block.rowCount, whole);
  int64_t rest = problem.depth - elements / (kLanes * dot.products()) * kLanes;
  if (rest > 0)
    emitter.ifThen(emitter.compare(arith::CmpIPredicate::slt, whole, block.depthCount),
                   [&] { squares(whole, rest, plan.fillsWords ? elementsOf(block) : Value()); });
}

//===-- rhs ---------------------------------------------------------------------------------===//

/// Panels of [words, columnStep, products].
void WordPacking::packRhs(const Block &block) {
  inPanels(block.columnCount, problem.columns, tiling.columnStep, [&](Value low, Value count) {
    WordPanel panel = {emitter.add(block.columnLow, low),
                       count,
                       emitter.constantIndex(0),
                       rhsScratch,
                       rhsPanelStart(low),
                       tiling.columnStep};
    SmallVector<unsigned> widths = {1};
    if (plan.isAlongDepth(plan.rhs))
      panel.low = packSquares(block, low, count);
    else
      widths.insert(widths.begin(), tiling.lanes);
    packWords(plan.rhs, block, panel, widths, /*areInRuns=*/false);
  });
}

/// Transposes lanes x lanes squares of words in registers: their rows are columns of the panel,
/// contiguous along the depth. Returns the first word that is left.
Value WordPacking::packSquares(const Block &block, Value panelLow, Value count) {
  OpBuilder &builder = emitter.builder;
  int64_t lanes = tiling.lanes, products = dot.products();
  Type element = dot.rhsElement(builder);
  auto words = VectorType::get(
      lanes, builder.getIntegerType(element.getIntOrFloatBitWidth() * unsigned(products)));
  Value whole = emitter.mul(
      emitter.floorDiv(elementsOf(block), emitter.constantIndex(lanes * products)), lanes);
  // Neighbours along the depth are ones in memory where squares do not reach beyond a run.
  int64_t inner = plan.depth.empty() ? 1 : numberOf(plan.depth.back());
  bool areInRuns = plan.rhs.strides.depth.size() > 1 && inner > 0 &&
                   inner % (lanes * products) == 0 && tiling.depthBlock % lanes == 0;
  Value last = emitter.sub(count, emitter.constantIndex(1));
  Value free = emitter.add(block.columnLow, panelLow), start = rhsPanelStart(panelLow);
  auto bitcast = [&](VectorType type, Value value) -> Value {
    return vector::BitCastOp::create(builder, emitter.location, type, value);
  };
  for (int64_t vector = 0; vector < plan.vectors; ++vector)
    emitter.forLoop(emitter.constantIndex(0), whole, lanes, [&](Value at) {
      SmallVector<Value> square;
      Value first = emitter.mul(emitter.add(block.depthLow, at), products), run;
      if (areInRuns) {
        run = emitter.floorDiv(first, emitter.value(plan.depth.back()));
        first = emitter.rem(first, emitter.value(plan.depth.back()));
      }
      for (int64_t lane = 0; lane < lanes; ++lane) // those beyond the last repeat it
        emitter.withLanes(lanes * products, {}, [&] {
          Value column = emitter.min(emitter.constantIndex(vector * lanes + lane), last);
          Value number = packedAt(plan.rhs, block, emitter.uniform(emitter.add(free, column)),
                                  {first, 1, {}}, /*isInRun=*/false, run);
          square.push_back(bitcast(words, number));
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

} // namespace mlc::tile
