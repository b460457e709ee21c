#include "compiler/Codegen/CPU/RegisterTile/MatrixTile.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;

namespace mlc::tile {

constexpr int64_t kRows = MatrixUnit::kRows, kWords = MatrixUnit::kWords,
                  kBytes = MatrixUnit::kBytes;

static int64_t bytesOf(Value buffer) {
  return cast<MemRefType>(buffer.getType()).getElementTypeBitWidth() / 8;
}

MatrixTile::MatrixTile(VectorBuilder &emitter, const Plan &plan, Scratch &scratch, Tile &tile)
    : Part(emitter, plan), unit(emitter, plan, scratch), tile(tile) {
  Type word = emitter.builder.getI32Type();
  restOfLhs = scratch.allocate(word, 2 * kRows * kWords);
  restOfRhs = scratch.allocate(word, 2 * kWords * kWords);
}

//===-- Rows --------------------------------------------------------------------------------===//

void MatrixTile::begin() { configureWhole(); }
void MatrixTile::end() { unit.release(); }

void MatrixTile::configureWhole() {
  int64_t first = std::min(problem.matrixRows, tiling.rowStep), second = tiling.rowStep - first;
  unit.configure(emitter.constantIndex(first), emitter.constantIndex(second ? second : first));
}

/// The last tile may have fewer rows than the others: the unit is configured for it.
void MatrixTile::forTiles(Value rowCount, function_ref<void(const Rows &)> body) {
  int64_t step = tiling.rowStep, most = problem.matrixRows;
  auto height = [&](int64_t rows) { return emitter.constantIndex(rows); };
  Value full = emitter.roundDown(rowCount, step), rest = emitter.sub(rowCount, full);
  emitter.forLoop(height(0), full, step,
                  [&](Value row) { body({row, height(step), step > most ? 2 : 1}); });
  if (problem.rows >= 0 && problem.rows % step == 0)
    return;
  auto ifRest = [&](int64_t low, int64_t high, int64_t parts) {
    if (low >= high ||
        (problem.rows >= 0 && (problem.rows % step <= low || problem.rows % step > high)))
      return;
    Value isThere =
        emitter.bothMasks(emitter.compare(arith::CmpIPredicate::sgt, rest, height(low)),
                          emitter.compare(arith::CmpIPredicate::sle, rest, height(high)));
    emitter.ifThen(isThere, [&] {
      parts == 1 ? unit.configure(rest, height(kRows))
                 : unit.configure(height(most), emitter.sub(rest, height(most)));
      body({full, rest, parts});
      configureWhole();
    });
  };
  ifRest(0, std::min(most, step - 1), 1);
  ifRest(most, step - 1, 2);
}

//===-- Products ----------------------------------------------------------------------------===//

MatrixTile::Operands MatrixTile::operandsOf(const OperandView &left, const TileColumns &columns,
                                            const Rows &rows) {
  Value lhs = unit.addressOf(left.buffer, emitter.constantIndex(0));
  Operands operands;
  int64_t bytes = bytesOf(left.buffer);
  for (int64_t part = 0; part < rows.parts; ++part) {
    Value first = emitter.add(rows.low, part * problem.matrixRows);
    Value start = tile.rowStart(left, first, 0, tiling.rowStep);
    operands.lhs.push_back(emitter.add(lhs, emitter.mul(start, bytes)));
    Value before = emitter.constantIndex(part * problem.matrixRows),
          most = emitter.constantIndex(problem.matrixRows);
    operands.lhsRows.push_back(emitter.min(emitter.sub(rows.count, before), most));
  }
  operands.lhsStride = emitter.mul(left.freeStride, bytes);
  operands.rhs = unit.addressOf(columns.buffer, columns.starts[0]);
  operands.rhsStride = emitter.mul(columns.depthStride, bytesOf(columns.buffer));
  operands.vectors = columns.starts.size();
  return operands;
}

/// The operands so many bytes further.
MatrixTile::Operands MatrixTile::at(const Operands &operands, Value lhs, Value rhs) {
  Operands there = operands;
  for (Value &start : there.lhs)
    start = emitter.add(start, lhs);
  there.rhs = emitter.add(there.rhs, rhs);
  return there;
}

/// Sixteen words of the depth.
void MatrixTile::step(const Operands &operands) {
  for (int64_t right = 0; right < operands.vectors; ++right) {
    unit.load(MatrixUnit::rhs(right), emitter.add(operands.rhs, right * kBytes),
              operands.rhsStride);
    for (size_t left = 0; left < operands.lhs.size(); ++left) {
      if (right == 0)
        unit.load(MatrixUnit::lhs(left), operands.lhs[left], operands.lhsStride);
      unit.multiply(left, right);
    }
  }
}

/// Fewer words: what lies behind them are others' numbers, or no memory.
void MatrixTile::copyRest(const Operands &operands, Value count) {
  Operands copy = operands;
  Value zero = emitter.constantIndex(0), line = emitter.constantIndex(kBytes);
  for (auto [part, start] : llvm::enumerate(operands.lhs)) {
    copy.lhs[part] = unit.addressOf(restOfLhs, emitter.constantIndex(part * kRows * kWords));
    emitter.forLoop(zero, operands.lhsRows[part], 1, [&, start = start, part = part](Value row) {
      Value words = unit.wordsAt(emitter.add(start, emitter.mul(row, operands.lhsStride)), count);
      unit.storeWords(words, emitter.add(copy.lhs[part], emitter.mul(row, line)));
    });
  }
  copy.lhsStride = line;
  copy.rhs = unit.addressOf(restOfRhs, zero);
  copy.rhsStride = emitter.constantIndex(operands.vectors * kBytes);
  auto forVectors = [&](Value low, Value high, Value wordsThere) {
    emitter.forLoop(low, high, 1, [&](Value word) {
      for (int64_t vector = 0; vector < operands.vectors; ++vector) {
        Value from = emitter.add(operands.rhs, emitter.mul(word, operands.rhsStride)),
              to = emitter.add(copy.rhs, emitter.mul(word, copy.rhsStride));
        unit.storeWords(unit.wordsAt(emitter.add(from, vector * kBytes), wordsThere),
                        emitter.add(to, vector * kBytes));
      }
    });
  };
  forVectors(zero, count, emitter.constantIndex(kWords));
  forVectors(count, emitter.constantIndex(kWords), zero);
  step(copy);
}

/// The tiles that take a panel one after the other fetch the next one into L2, which comes from L3
/// or memory.
MatrixTile::NextPanel MatrixTile::nextPanel(const Block &block, const TileColumns &columns,
                                            const Rows &rows) {
  if (!plan.rhs.panels || !tile.isRhsFar())
    return {};
  int64_t most = problem.rows < 0 ? tiling.rowBlock : std::min(problem.rows, tiling.rowBlock);
  auto [after, low] = tile.panelAfter(block, columns);
  OperandView panel = givenPanel(after, low);
  NextPanel next;
  next.buffer = panel.buffer;
  // A step takes sixteen words of as many columns, a line each.
  next.lines = llvm::divideCeil(tiling.columnStep, llvm::divideCeil(most, tiling.rowStep));
  next.elementsOfLine =
      plan.elementsOfLine(cast<MemRefType>(panel.buffer.getType()).getElementType());
  Value number = emitter.floorDiv(rows.low, emitter.constantIndex(tiling.rowStep)),
        steps = emitter.ceilDiv(block.depthCount, emitter.constantIndex(kWords));
  next.start = emitter.add(
      panel.offset, emitter.mul(emitter.mul(number, steps), next.lines * next.elementsOfLine));
  return next;
}

void MatrixTile::fetch(const NextPanel &next, Value step) {
  for (int64_t line = 0; line < next.lines; ++line) {
    Value at = emitter.add(emitter.mul(step, next.lines), line);
    prefetch(next.buffer, emitter.add(next.start, emitter.mul(at, next.elementsOfLine)),
             /*isWrite=*/false, /*locality=*/2);
  }
}

void MatrixTile::alongDepth(const Operands &operands, Value count, const NextPanel &next,
                            Value before) {
  Value zero = emitter.constantIndex(0), whole = emitter.roundDown(count, kWords),
        rest = emitter.sub(count, whole);
  auto words = [&](Value at) {
    return this->at(operands, emitter.mul(at, kBytes / kWords),
                    emitter.mul(at, operands.rhsStride));
  };
  emitter.forLoop(zero, whole, kWords, [&](Value at) {
    fetch(next, emitter.add(before, emitter.floorDiv(at, emitter.constantIndex(kWords))));
    step(words(at));
  });
  auto copy = [&] { copyRest(words(whole), rest); };
  if (auto known = getConstantIntValue(rest)) {
    if (*known)
      copy();
    return;
  }
  emitter.ifThen(emitter.compare(arith::CmpIPredicate::sgt, rest, zero), copy);
}

/// Calls `body` for the registers of sums: where they wait.
void MatrixTile::forSums(const Operands &operands, const Rows &rows, const WaitingSums &sums,
                         function_ref<void(int64_t, Value, Value)> body) {
  int64_t bytes = type.getIntOrFloatBitWidth() / 8;
  Value stride = emitter.mul(sums.stride, bytes);
  for (int64_t left = 0; left < rows.parts; ++left)
    for (int64_t right = 0; right < operands.vectors; ++right) {
      Value at = emitter.add(sums.start, emitter.mul(sums.stride, left * problem.matrixRows));
      body(MatrixUnit::sums(left, right),
           unit.addressOf(sums.buffer, emitter.add(at, right * kWords)), stride);
    }
}

void MatrixTile::loadSums(const Operands &operands, const Rows &rows, const WaitingSums &sums) {
  forSums(operands, rows, sums,
          [&](int64_t number, Value address, Value stride) { unit.load(number, address, stride); });
}

/// All products of the block, added to the registers of sums.
void MatrixTile::overDepth(const Block &block, const OperandView &left, const TileColumns &columns,
                           const Rows &rows, const Operands &operands) {
  NextPanel next = nextPanel(block, columns, rows);
  tile.forRuns(block, left, columns.depthStrides, columns.depthStride, {},
               [&](Value lhs, Value rhs, Value count, ValueRange) {
                 Value word = emitter.floorDiv(rhs, columns.depthStride);
                 alongDepth(at(operands, emitter.mul(lhs, bytesOf(left.buffer)),
                               emitter.mul(rhs, bytesOf(columns.buffer))),
                            count, next, emitter.floorDiv(word, emitter.constantIndex(kWords)));
                 return SmallVector<Value>();
               });
}

void MatrixTile::addProducts(const Block &block, const OperandView &left,
                             const TileColumns &columns, const Rows &rows,
                             const WaitingSums &sums) {
  Operands operands = operandsOf(left, columns, rows);
  loadSums(operands, rows, sums);
  overDepth(block, left, columns, rows, operands);
  storeSums(operands, rows, sums);
}

void MatrixTile::products(const Block &block, const OperandView &left, const TileColumns &columns,
                          const Rows &rows, const Sums &sums) {
  Operands operands = operandsOf(left, columns, rows);
  auto zero = [&] {
    forSums(operands, rows, sums.wait, [&](int64_t number, Value, Value) { unit.zero(number); });
    return SmallVector<Value>();
  };
  auto load = [&] {
    loadSums(operands, rows, sums.wait);
    return SmallVector<Value>();
  };
  if (sums.areFirst)
    emitter.ifElse(sums.areFirst, TypeRange(), zero, load);
  else
    zero();
  overDepth(block, left, columns, rows, operands);
  if (!sums.isComplete)
    return storeSums(operands, rows, sums.wait);
  auto store = [&](const WaitingSums &place) {
    storeSums(operands, rows, place);
    return SmallVector<Value>();
  };
  emitter.ifElse(
      sums.isComplete, TypeRange(), [&] { return store(sums.result); },
      [&] { return store(sums.wait); });
}

void MatrixTile::storeSums(const Operands &operands, const Rows &rows, const WaitingSums &sums) {
  forSums(operands, rows, sums, [&](int64_t number, Value address, Value stride) {
    unit.store(number, address, stride);
  });
}

} // namespace mlc::tile
