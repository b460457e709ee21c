#include "compiler/Codegen/CPU/Chain/ChainWork.h"
#include "compiler/Codegen/CPU/PlainOperand.h"
#include "compiler/Target/RegisterTile.h"
#include "dialects/NN/MaskedNumbers.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"

using namespace mlir;
using arith::CmpIPredicate;

namespace mlc::chain {

/// Keys of a block: so many that adding to results costs little beside their products. Where a mask
/// leaves out blocks, fewer of few: of those it cuts less is computed for nothing.
static constexpr int64_t kKeysOfBlock = 64, kFewestKeysOfBlock = 32, kFewKeys = 512;

/// Rows of a block, as far as L2 holds their cells.
static constexpr int64_t kMostRowsOfBlock = 64;

/// Registers that an exponential of one vector takes: so many fewer are computed side by side.
static constexpr int64_t kRegistersOfVector = 8;

/// Keys where their number is free.
static constexpr int64_t kFreeKeys = 1024;

static SmallVector<Value> cellsOf(const nn::ProductChain &chain) {
  return llvm::map_to_vector(chain.cells, [](Operation *op) -> Value { return op->getResult(0); });
}

/// What a taker is given of its cells: where it multiplies words, copies of them are rounded.
static Value takenCells(const nn::ProductChain::Taker &taker, const ScheduleOptions &options) {
  nn::ProductOpInterface op = taker.op;
  return dotOf(op, options) ? nn::ProductOpInterface::unrounded(op.narrowOperand(taker.cells()))
                            : taker.cells();
}

Work::Work(KernelContext &context, nn::ProductChain products)
    : context(context), emitter(context.emitter), chain(std::move(products)),
      plan(chain, [&](const auto &taker) { return takenCells(taker, context.options); }),
      options(context.options),
      element(getElementTypeOrSelf(chain.makers.front()->getResult(0).getType())),
      sizes(emitter.shapes.sizes(chain.makers.front()->getResult(0))), rowCount(sizes[chain.row]),
      keyCount(sizes[chain.key]),
      lanes(emitter.laneOptions.lanes(PullEmitter::laneBits(cellsOf(chain)))),
      tileLanes(emitter.laneOptions.lanes(element.getIntOrFloatBitWidth())), dot(findDot()),
      coords(chain.rank, emitter.uniform(0)) {
  options.inParts = false;
  options.tilings = nullptr;
  findMask();
  chooseBlocks();
}

//===-- Blocks ------------------------------------------------------------------------------===//

DotForm Work::findDot() const {
  for (nn::ProductOpInterface maker : chain.makers)
    if (const DotInstruction *instruction = dotOf(maker, options))
      return DotForm(instruction);
  for (const nn::ProductChain::Taker &taker : chain.takers)
    if (const DotInstruction *instruction = dotOf(taker.op, options))
      return DotForm(instruction);
  return DotForm();
}

int64_t Work::panelFor(int64_t columns) const {
  if (dot.takesMatrices())
    return columnsOfMatrixTile(columns);
  return tileLanes * vectorsOfTile(columns, tileLanes, emitter.laneOptions.registers);
}

void Work::chooseBlocks() {
  int64_t keys = numberOf(keyCount), rows = numberOf(rowCount),
          bytes = element.getIntOrFloatBitWidth() / 8;
  panelColumns = panelFor(kMostRowsOfBlock);
  keyBlock = kKeysOfBlock;
  int64_t perRow = std::max<int64_t>(plan.slots, 1) *
                   std::max<int64_t>(keys < 0 ? kFreeKeys : keys, 1) * bytes,
          most = std::clamp(options.l2Bytes / 2 / perRow, panelColumns, kMostRowsOfBlock);
  if (rows >= 0)
    most = std::min(most, rows);
  if (mask && keys >= 0 && keys <= kFewKeys) {
    most = panelColumns;
    keyBlock = kFewestKeysOfBlock;
  }
  rowBlock = std::max<int64_t>(most / panelColumns, 1) * panelColumns;
}

void Work::allocateSlots() {
  for (unsigned slot = 0; slot < plan.slots; ++slot)
    slots.push_back(context.allocate(element, keyCount * rowBlock));
}

void Work::forBlocks(AffineExpr size, int64_t block, function_ref<void(Extent)> body) {
  Value whole = emitter.value(size), full = emitter.roundDown(whole, block),
        rest = emitter.sub(whole, full), zero = emitter.constantIndex(0);
  int64_t known = numberOf(size);
  if (known < 0 || known >= block)
    emitter.forLoop(zero, full, block,
                    [&](Value low) { body({low, emitter.constantIndex(block), constant(block)}); });
  if (known >= 0 && known % block != 0)
    body({full, rest, constant(known % block)});
  if (known < 0)
    emitter.ifThen(emitter.compare(CmpIPredicate::sgt, rest, zero),
                   [&] { body({full, rest, emitter.expressionOf(rest)}); });
}

void Work::atBlock(AffineExpr size, int64_t block, Value number, function_ref<void(Extent)> body) {
  Value low = emitter.mul(number, block), whole = emitter.constantIndex(block),
        rest = emitter.sub(emitter.value(size), low);
  int64_t known = numberOf(size);
  auto atWhole = [&] { body({low, whole, constant(block)}); };
  if (known >= 0 && known % block == 0)
    return atWhole();
  if (known >= 0 && known < block)
    return body({emitter.constantIndex(0), emitter.constantIndex(known), constant(known)});
  auto atRest = [&] {
    Value count = known < 0 ? rest : emitter.constantIndex(known % block);
    body({low, count, emitter.expressionOf(count)});
  };
  emitter.ifThen(emitter.compare(CmpIPredicate::sge, rest, whole), atWhole);
  emitter.ifThen(emitter.compare(CmpIPredicate::slt, rest, whole), atRest);
}

void Work::forVectors(Extent rows, function_ref<void(Vectors)> body) {
  auto vectorAt = [&](Value low) {
    return LaneIndex{emitter.add(rows.low, low), lanes > 1 ? 1 : 0, {}};
  };
  auto someAt = [&](Value low) {
    emitter.withLanes(lanes, emitter.maskBelow(emitter.sub(rows.count, low), lanes),
                      [&] { body(vectorAt(low)); });
  };
  int64_t known = numberOf(rows.size);
  if (known < 0)
    return emitter.forLoop(emitter.constantIndex(0), rows.count, lanes, someAt);
  int64_t together = lanes * (emitter.laneOptions.registers / kRegistersOfVector);
  for (int64_t low = 0; low + lanes <= known; low += together) {
    SmallVector<LaneIndex> whole;
    for (int64_t at = low; at + lanes <= std::min(low + together, known); at += lanes)
      whole.push_back(vectorAt(emitter.constantIndex(at)));
    emitter.withLanes(lanes, {}, [&] { body(whole); });
  }
  if (known % lanes != 0)
    someAt(emitter.constantIndex(known / lanes * lanes));
}

LaneIndex Work::fewAddress(Value first, LaneIndex row, LaneIndex key) const {
  LaneIndex line = emitter.mul(emitter.add(emitter.uniform(first), row), emitter.value(keyCount));
  return emitter.add(line, key);
}
Position Work::cellAt(LaneIndex row, LaneIndex key) const {
  SmallVector<LaneIndex, 4> at = coords;
  at[chain.row] = row;
  at[chain.key] = key;
  return Position::at(at);
}
Position Work::rowAt(LaneIndex row) const {
  SmallVector<LaneIndex, 4> at = coords;
  at[chain.row] = row;
  at.erase(at.begin() + chain.key);
  return Position::at(at);
}

//===-- Operands ----------------------------------------------------------------------------===//

std::optional<View> Work::viewOf(nn::ProductOpInterface product, Value operand,
                                 function_ref<int64_t(int64_t)> dimOf, int64_t otherDim) {
  Value tensor = nn::ProductOpInterface::unrounded(product.narrowOperand(operand));
  std::optional<PlainOperand> plain = plainOperand(emitter, tensor);
  if (!plain || numberOf(plain->offset) != 0)
    return std::nullopt;
  View view{emitter.bufferOf(plain->argument),
            {},
            plain->strides[otherDim],
            getElementTypeOrSelf(tensor.getType())};
  for (int64_t dim = 0; dim < chain.rank; ++dim) {
    int64_t own = dimOf(dim);
    view.cellStrides.push_back(own < 0 ? constant(0) : plain->strides[own]);
  }
  return view;
}

Value Work::offsetOf(const View &view) {
  Value offset = emitter.constantIndex(0);
  for (int64_t dim = 0; dim < chain.rank; ++dim)
    if (isOuter(dim))
      offset =
          emitter.add(offset, emitter.mul(coords[dim].base, emitter.value(view.cellStrides[dim])));
  return offset;
}

//===-- Mask --------------------------------------------------------------------------------===//

/// Whether cells may be left out where the condition is false: none changes a reduction, and takers
/// multiply with 0.
bool Work::isMask(Value condition) {
  nn::MaskedNumbers numbers(condition);
  auto isZero = [&](const nn::ProductChain::Taker &taker) {
    return numbers.of(taker.cells()) == 0.0;
  };
  auto isNothing = [&](nn::ReductionOpInterface reduction) {
    Value operand = reduction->getOperand(0);
    auto identity = dyn_cast<FloatAttr>(
        emitter.identity(reduction.getKind(), getElementTypeOrSelf(operand.getType())));
    return identity && numbers.of(operand) == identity.getValueAsDouble();
  };
  return llvm::all_of(chain.takers, isZero) && llvm::all_of(chain.reductions, isNothing);
}

void Work::findMask() {
  for (Value cell : cellsOf(chain)) {
    auto op = cell.getDefiningOp<nn::ElementwiseOpInterface>();
    if (!mask && op && op.form() == nn::Form::choice && isMask(op->getOperand(0)))
      mask = op->getOperand(0);
  }
}

void Work::fetchAfter(Extent keys, const View &view, int64_t count) {
  constexpr int64_t kLineBytes = 64;
  int64_t step = kLineBytes * 8 / element.getIntOrFloatBitWidth();
  if (numberOf(view.stride) != 1)
    return;
  Value next = emitter.add(keys.low, keys.count), start = offsetOf(view),
        stride = emitter.value(view.cellStrides[chain.key]);
  Value end = emitter.min(emitter.add(next, keys.count), emitter.value(keyCount));
  emitter.forLoop(next, end, 1, [&](Value key) {
    Value at = emitter.add(start, emitter.mul(key, stride));
    for (int64_t element = 0; element < count; element += step)
      memref::PrefetchOp::create(emitter.builder, emitter.location, view.buffer,
                                 emitter.add(at, element), /*isWrite=*/false, /*localityHint=*/2,
                                 /*isDataCache=*/true);
  });
}

} // namespace mlc::chain
