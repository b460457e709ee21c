// Contractions: blocks of the result, register tiles of fused multiply-adds inside, the ops around
// it applied per block.
#include "compiler/Codegen/CPU/ContractionModel.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;

namespace mlc {

namespace {
/// An operand's elements in a buffer: element (free, depth) of the current batch at offset + free *
/// freeStride + depth * depthStride.
struct OperandView {
  Value buffer, offset, freeStride, depthStride;
};

/// The strides of an operand that is a kernel argument or a transpose of one.
struct PlainOperand {
  Value argument;
  SmallVector<AffineExpr> strides;
};

class ContractionSegment : public Segment {
public:
  ContractionSegment(KernelContext &context, nn::ContractOp contraction,
                     ArrayRef<StoreTarget> targets);
  AffineExpr tiles() override;
  void emit(Value begin, Value end) override;

private:
  /// One side: its dimensions by role, and how to read it.
  struct Side {
    Value tensor;
    SmallVector<int64_t> batch, free, depth;
    std::optional<PlainOperand> plain;
    AffineExpr freeStride, depthStride; ///< of the plain operand
    Value panels;                       ///< the argument that holds the packed rhs, or null
  };
  struct Block {
    SmallVector<LaneIndex, 4> batch;
    Value rowLow, rowCount, columnLow, columnCount; ///< of the result
    Value depthLow, depthCount;
  };

  Side makeSide(Value tensor, ArrayRef<int64_t> batch, ArrayRef<int64_t> depth);
  AffineExpr collapsedStride(const Side &side, ArrayRef<int64_t> dims);
  AffineExpr extent(const Side &side, ArrayRef<int64_t> dims);
  Position positionOf(const Side &side, const Block &block, LaneIndex free, LaneIndex depth);
  OperandView plainView(const Side &side, const Block &block, Value freeLow);
  Value count(AffineExpr size, int64_t block, Value low);
  void emitBlock(Block block);
  void emitDepthBlock(Block &block, bool accumulates);
  OperandView packedLhs(const Block &block);
  OperandView panelView(const Block &block, Value panelLow);
  OperandView packedRhs(const Block &block, Value panelLow);
  void packTransposed(const Block &block, const OperandView &view, Value panelLow);
  void emitRowSteps(const Block &block, const OperandView &lhs, const OperandView &rhs,
                    Value panelLow, bool accumulates);
  void emitRegisterTile(const Block &block, const OperandView &lhs, const OperandView &rhs,
                        Value row, int64_t rows, Value panelLow, bool accumulates);
  void emitEpilogue(const Block &block);
  void zeroAccumulators();

  KernelContext &context;
  PullEmitter &emitter;
  nn::ContractOp contraction;
  SmallVector<StoreTarget> targets;
  Side lhs, rhs;
  AffineExpr batches, rows, columns, depth;
  Type type; ///< of the accumulators
  ContractionTiling tiling;
  int64_t vectors, accumulatorStride;
  Value accumulators, lhsScratch, rhsScratch;
};

std::optional<PlainOperand> plainOperand(PullEmitter &emitter, Value tensor) {
  if (auto transpose = tensor.getDefiningOp<nn::TransposeOp>()) {
    std::optional<PlainOperand> source = plainOperand(emitter, transpose.getX());
    if (!source)
      return std::nullopt;
    SmallVector<AffineExpr> strides;
    for (int64_t from : transpose.getPermutation())
      strides.push_back(source->strides[from]);
    return PlainOperand{source->argument, strides};
  }
  Type element = getElementTypeOrSelf(tensor.getType());
  if (!isa<BlockArgument>(tensor) || PullEmitter::accumulatorType(element) != element)
    return std::nullopt;
  SmallVector<AffineExpr> sizes = emitter.shapes.sizes(tensor), strides(sizes.size());
  AffineExpr stride = emitter.shapes.constant(1);
  for (size_t dim = sizes.size(); dim-- > 0;) {
    strides[dim] = stride;
    stride = emitter.shapes.simplified(stride * sizes[dim]);
  }
  return PlainOperand{tensor, strides};
}

int64_t numberOf(AffineExpr expr) {
  auto number = dyn_cast<AffineConstantExpr>(expr);
  return number ? number.getValue() : -1;
}
} // namespace

ContractionSegment::ContractionSegment(KernelContext &context, nn::ContractOp contraction,
                                       ArrayRef<StoreTarget> targets)
    : context(context), emitter(context.emitter), contraction(contraction), targets(targets) {
  lhs = makeSide(contraction.getLhs(), contraction.getLhsBatch(), contraction.getLhsContract());
  rhs = makeSide(contraction.getRhs(), contraction.getRhsBatch(), contraction.getRhsContract());
  lhs.free = contraction.lhsFreeDims();
  rhs.free = contraction.rhsFreeDims();
  batches = extent(lhs, lhs.batch);
  rows = extent(lhs, lhs.free);
  columns = extent(rhs, rhs.free);
  depth = extent(lhs, lhs.depth);
  type = PullEmitter::accumulatorType(getElementTypeOrSelf(contraction.getType()));
  if (auto unpack = rhs.tensor.getDefiningOp<kernel::UnpackOp>())
    rhs.panels = isa<BlockArgument>(unpack.getPacked()) ? unpack.getPacked() : Value();
  for (Side *side : {&lhs, &rhs}) {
    side->plain = plainOperand(emitter, side->tensor);
    if (!side->plain)
      continue;
    side->freeStride = collapsedStride(*side, side->free);
    side->depthStride = collapsedStride(*side, side->depth);
    if (!side->freeStride || !side->depthStride)
      side->plain.reset();
  }
  ContractionProblem problem;
  problem.rows = numberOf(rows);
  problem.columns = numberOf(columns);
  problem.depth = numberOf(depth);
  problem.bits = std::max(32u, type.getIntOrFloatBitWidth());
  problem.lhsIsPlain = lhs.plain.has_value();
  problem.rhsIsPlain = rhs.plain.has_value();
  problem.rhsIsContiguous = rhs.plain && rhs.freeStride == emitter.shapes.constant(1);
  if (rhs.panels)
    problem.panelColumns = cast<RankedTensorType>(rhs.panels.getType()).getDimSize(2);
  tiling = chooseTiling(problem, context.options);
  vectors = tiling.columnStep / tiling.lanes;
  accumulatorStride = tiling.columnBlock;
  accumulators = context.allocate(type, tiling.rowBlock * accumulatorStride);
  if (tiling.packLhs)
    lhsScratch = context.allocate(type, tiling.rowBlock * tiling.depthBlock);
  if (tiling.packRhs)
    rhsScratch = context.allocate(type, tiling.depthBlock * tiling.columnStep);
}

ContractionSegment::Side ContractionSegment::makeSide(Value tensor, ArrayRef<int64_t> batch,
                                                      ArrayRef<int64_t> depth) {
  Side side;
  side.tensor = tensor;
  side.batch.assign(batch.begin(), batch.end());
  side.depth.assign(depth.begin(), depth.end());
  return side;
}

AffineExpr ContractionSegment::extent(const Side &side, ArrayRef<int64_t> dims) {
  AffineExpr total = emitter.shapes.constant(1);
  for (int64_t dim : dims)
    total = total * emitter.shapes.size(side.tensor, dim);
  return emitter.shapes.simplified(total);
}

/// The distance of neighbours when `dims` are counted as one, or null if it is not the same
/// everywhere.
AffineExpr ContractionSegment::collapsedStride(const Side &side, ArrayRef<int64_t> dims) {
  AffineExpr stride = dims.empty() ? emitter.shapes.constant(0) : side.plain->strides[dims.back()];
  AffineExpr expected = stride;
  for (int64_t dim : llvm::reverse(dims)) {
    if (side.plain->strides[dim] != expected &&
        emitter.shapes.size(side.tensor, dim) != emitter.shapes.constant(1))
      return {};
    expected = emitter.shapes.simplified(expected * emitter.shapes.size(side.tensor, dim));
  }
  return stride;
}

Position ContractionSegment::positionOf(const Side &side, const Block &block, LaneIndex free,
                                        LaneIndex depthAt) {
  SmallVector<LaneIndex, 4> coords(cast<RankedTensorType>(side.tensor.getType()).getRank(),
                                   emitter.uniform(0));
  for (auto [dim, coord] : llvm::zip(side.batch, block.batch))
    coords[dim] = coord;
  auto place = [&](ArrayRef<int64_t> dims, LaneIndex linear) {
    SmallVector<AffineExpr> sizes;
    for (int64_t dim : dims)
      sizes.push_back(emitter.shapes.size(side.tensor, dim));
    for (auto [dim, coord] : llvm::zip(dims, emitter.delinearize(sizes, linear)))
      coords[dim] = coord;
  };
  place(side.free, free);
  place(side.depth, depthAt);
  return Position::at(coords);
}

OperandView ContractionSegment::plainView(const Side &side, const Block &block, Value freeLow) {
  OperandView view;
  view.buffer = emitter.bufferOf(side.plain->argument);
  view.freeStride = emitter.value(side.freeStride);
  view.depthStride = emitter.value(side.depthStride);
  view.offset = emitter.add(emitter.mul(freeLow, view.freeStride),
                            emitter.mul(block.depthLow, view.depthStride));
  for (auto [dim, coord] : llvm::zip(side.batch, block.batch))
    view.offset =
        emitter.add(view.offset, emitter.mul(coord.base, emitter.value(side.plain->strides[dim])));
  return view;
}

/// A panel that lies packed in an argument.
OperandView ContractionSegment::panelView(const Block &block, Value panelLow) {
  Value width = emitter.constantIndex(tiling.columnStep);
  Value panel = emitter.floorDiv(emitter.add(block.columnLow, panelLow), width);
  Value row = emitter.add(emitter.mul(panel, emitter.value(depth)), block.depthLow);
  return {emitter.bufferOf(rhs.panels), emitter.mul(row, width), emitter.constantIndex(1), width};
}

//===-- Blocks ------------------------------------------------------------------------------===//

AffineExpr ContractionSegment::tiles() {
  return emitter.shapes.simplified(batches * rows.ceilDiv(tiling.rowBlock) *
                                   columns.ceilDiv(tiling.columnBlock));
}

/// Elements of the block that starts at `low`: a constant where all blocks are whole.
Value ContractionSegment::count(AffineExpr size, int64_t block, Value low) {
  int64_t known = numberOf(size);
  if (known >= 0 && (known % block == 0 || known < block))
    return emitter.constantIndex(std::min(known, block));
  return emitter.min(emitter.constantIndex(block), emitter.sub(emitter.value(size), low));
}

void ContractionSegment::emit(Value begin, Value end) {
  Value rowBlocks = emitter.value(rows.ceilDiv(tiling.rowBlock));
  Value columnBlocks = emitter.value(columns.ceilDiv(tiling.columnBlock));
  SmallVector<AffineExpr> batchSizes;
  for (int64_t dim : lhs.batch)
    batchSizes.push_back(emitter.shapes.size(lhs.tensor, dim));
  emitter.forLoop(begin, end, 1, [&](Value tile) {
    Block block;
    Value across = emitter.floorDiv(tile, columnBlocks);
    block.columnLow = emitter.mul(emitter.rem(tile, columnBlocks), tiling.columnBlock);
    block.rowLow = emitter.mul(emitter.rem(across, rowBlocks), tiling.rowBlock);
    block.batch =
        emitter.delinearize(batchSizes, emitter.uniform(emitter.floorDiv(across, rowBlocks)));
    block.rowCount = count(rows, tiling.rowBlock, block.rowLow);
    block.columnCount = count(columns, tiling.columnBlock, block.columnLow);
    emitBlock(block);
  });
}

void ContractionSegment::emitBlock(Block block) {
  Value whole = emitter.value(depth);
  if (tiling.depthBlock < 0 || (numberOf(depth) >= 0 && numberOf(depth) <= tiling.depthBlock)) {
    block.depthLow = emitter.constantIndex(0);
    block.depthCount = whole;
    emitDepthBlock(block, /*accumulates=*/false);
  } else {
    zeroAccumulators();
    emitter.forLoop(emitter.constantIndex(0), whole, tiling.depthBlock, [&](Value low) {
      block.depthLow = low;
      block.depthCount = count(depth, tiling.depthBlock, low);
      emitDepthBlock(block, /*accumulates=*/true);
    });
  }
  emitEpilogue(block);
}

void ContractionSegment::zeroAccumulators() {
  Value zero = emitter.constant(cast<TypedAttr>(emitter.builder.getZeroAttr(type)));
  Value size = emitter.constantIndex(tiling.rowBlock * accumulatorStride);
  emitter.forLanes(
      emitter.planLanes(emitter.constantIndex(0), size, type.getIntOrFloatBitWidth(), 1),
      [&](LaneIndex at) { emitter.store(accumulators, at, zero, type); });
}

void ContractionSegment::emitDepthBlock(Block &block, bool accumulates) {
  OperandView left = tiling.packLhs ? packedLhs(block) : plainView(lhs, block, block.rowLow);
  emitter.forLoop(
      emitter.constantIndex(0), block.columnCount, tiling.columnStep, [&](Value panelLow) {
        OperandView right = rhs.panels ? panelView(block, panelLow)
                            : tiling.packRhs
                                ? packedRhs(block, panelLow)
                                : plainView(rhs, block, emitter.add(block.columnLow, panelLow));
        emitRowSteps(block, left, right, panelLow, accumulates);
      });
}

//===-- Packing -----------------------------------------------------------------------------===//

/// Evaluates the block of lhs into scratch, vectors along its innermost dimension.
OperandView ContractionSegment::packedLhs(const Block &block) {
  auto rank = cast<RankedTensorType>(lhs.tensor.getType()).getRank();
  bool depthIsInner = llvm::is_contained(lhs.depth, rank - 1);
  int64_t outerStride = depthIsInner ? tiling.depthBlock : tiling.rowBlock;
  Value outerCount = depthIsInner ? block.rowCount : block.depthCount;
  Value innerCount = depthIsInner ? block.depthCount : block.rowCount;
  unsigned bits = std::max(32u, type.getIntOrFloatBitWidth());
  emitter.forLoop(emitter.constantIndex(0), outerCount, 1, [&](Value outer) {
    auto plan = emitter.planLanes(emitter.constantIndex(0), innerCount, bits,
                                  emitter.preferredUnroll(lhs.tensor));
    emitter.forLanes(plan, [&](LaneIndex inner) {
      LaneIndex row = depthIsInner ? emitter.uniform(outer) : inner,
                at = depthIsInner ? inner : emitter.uniform(outer);
      Position position = positionOf(lhs, block, emitter.add(emitter.uniform(block.rowLow), row),
                                     emitter.add(emitter.uniform(block.depthLow), at));
      Value value = emitter.emit(lhs.tensor, position);
      emitter.store(lhsScratch,
                    emitter.add(emitter.uniform(emitter.mul(outer, outerStride)), inner), value,
                    type);
    });
  });
  Value one = emitter.constantIndex(1), stride = emitter.constantIndex(outerStride);
  return {lhsScratch, emitter.constantIndex(0), depthIsInner ? stride : one,
          depthIsInner ? one : stride};
}

/// Evaluates a panel of rhs into scratch: [depth, columnStep]. Columns beyond the last hold
/// anything.
OperandView ContractionSegment::packedRhs(const Block &block, Value panelLow) {
  Value one = emitter.constantIndex(1);
  OperandView packed = {rhsScratch, emitter.constantIndex(0), one,
                        emitter.constantIndex(tiling.columnStep)};
  if (rhs.plain && rhs.depthStride == emitter.shapes.constant(1) && rhs.depth.size() == 1 &&
      tiling.lanes >= 4) {
    packTransposed(block, plainView(rhs, block, emitter.add(block.columnLow, panelLow)), panelLow);
    return packed;
  }
  emitter.forLoop(emitter.constantIndex(0), block.depthCount, 1, [&](Value at) {
    for (int64_t vector = 0; vector < vectors; ++vector) {
      Value column = emitter.add(panelLow, vector * tiling.lanes);
      Value exists = emitter.maskBelow(emitter.sub(block.columnCount, column), tiling.lanes);
      Value value;
      emitter.withLanes(tiling.lanes, exists, [&] {
        LaneIndex free = {emitter.add(block.columnLow, column), tiling.lanes == 1 ? 0 : 1, {}};
        Position position =
            positionOf(rhs, block, free, emitter.uniform(emitter.add(block.depthLow, at)));
        value = emitter.splat(emitter.emit(rhs.tensor, position));
      });
      emitter.withLanes(tiling.lanes, {}, [&] {
        Value address = emitter.add(emitter.mul(at, tiling.columnStep), vector * tiling.lanes);
        emitter.store(rhsScratch, {address, tiling.lanes == 1 ? 0 : 1, {}}, value, type);
      });
    }
  });
  return packed;
}

/// Transposes lanes x lanes squares in registers: rows of the square are columns of the panel,
/// contiguous along the depth.
void ContractionSegment::packTransposed(const Block &block, const OperandView &view,
                                        Value panelLow) {
  int64_t lanes = tiling.lanes;
  OpBuilder &builder = emitter.builder;
  Value last = emitter.sub(emitter.sub(block.columnCount, panelLow), emitter.constantIndex(1));
  Value whole =
      emitter.mul(emitter.floorDiv(block.depthCount, emitter.constantIndex(lanes)), lanes);
  for (int64_t vector = 0; vector < vectors; ++vector) {
    SmallVector<Value> starts; // of every column; those beyond the last repeat it
    for (int64_t lane = 0; lane < lanes; ++lane) {
      Value column = emitter.max(emitter.min(emitter.constantIndex(vector * lanes + lane), last),
                                 emitter.constantIndex(0));
      starts.push_back(emitter.add(view.offset, emitter.mul(column, view.freeStride)));
    }
    emitter.forLoop(emitter.constantIndex(0), whole, lanes, [&](Value at) {
      emitter.withLanes(lanes, {}, [&] {
        SmallVector<Value> square;
        for (Value start : starts)
          square.push_back(emitter.load(view.buffer, {emitter.add(start, at), 1, {}}, type));
        for (int64_t distance = 1; distance < lanes; distance *= 2) {
          SmallVector<int64_t> low, high;
          for (int64_t lane = 0; lane < lanes; ++lane) {
            bool fromSecond = (lane / distance) % 2;
            low.push_back(fromSecond ? lanes + lane - distance : lane);
            high.push_back(fromSecond ? lanes + lane : lane + distance);
          }
          for (int64_t row = 0; row < lanes; ++row) {
            if ((row / distance) % 2)
              continue;
            Value a = square[row], b = square[row + distance];
            square[row] = vector::ShuffleOp::create(builder, emitter.location, a, b, low);
            square[row + distance] =
                vector::ShuffleOp::create(builder, emitter.location, a, b, high);
          }
        }
        for (int64_t row = 0; row < lanes; ++row) {
          Value address =
              emitter.add(emitter.mul(emitter.add(at, row), tiling.columnStep), vector * lanes);
          emitter.store(rhsScratch, {address, 1, {}}, square[row], type);
        }
      });
    });
    emitter.forLoop(whole, block.depthCount, 1, [&](Value at) {
      for (int64_t lane = 0; lane < lanes; ++lane) {
        Value value = memref::LoadOp::create(builder, emitter.location, view.buffer,
                                             emitter.add(starts[lane], at));
        Value address = emitter.add(emitter.mul(at, tiling.columnStep), vector * lanes + lane);
        memref::StoreOp::create(builder, emitter.location, value, rhsScratch, address);
      }
    });
  }
}

//===-- Register tiles ----------------------------------------------------------------------===//

void ContractionSegment::emitRowSteps(const Block &block, const OperandView &left,
                                      const OperandView &right, Value panelLow, bool accumulates) {
  Value row = emitter.constantIndex(0);
  SmallVector<int64_t> steps = {tiling.rowStep};
  for (int64_t step : {4, 2, 1})
    if (step < tiling.rowStep)
      steps.push_back(step);
  for (int64_t step : steps) {
    Value rest = emitter.sub(block.rowCount, row);
    Value high =
        emitter.add(row, emitter.mul(emitter.floorDiv(rest, emitter.constantIndex(step)), step));
    emitter.forLoop(row, high, step, [&](Value at) {
      emitRegisterTile(block, left, right, at, step, panelLow, accumulates);
    });
    row = high;
  }
}

void ContractionSegment::emitRegisterTile(const Block &block, const OperandView &left,
                                          const OperandView &right, Value row, int64_t rowsOfTile,
                                          Value panelLow, bool accumulates) {
  int64_t unit = tiling.lanes == 1 ? 0 : 1;
  SmallVector<Value> masks(vectors);
  if (!tiling.packRhs && !rhs.panels) // a packed panel is whole
    for (int64_t vector = 0; vector < vectors; ++vector)
      masks[vector] = emitter.maskBelow(emitter.sub(emitter.sub(block.columnCount, panelLow),
                                                    emitter.constantIndex(vector * tiling.lanes)),
                                        tiling.lanes);
  if (numberOf(columns) >= 0 && numberOf(columns) % tiling.columnStep == 0)
    masks.assign(vectors, {});
  auto inLanes = [&](Value mask, function_ref<Value()> body) {
    Value result;
    emitter.withLanes(tiling.lanes, mask, [&] { result = body(); });
    return result;
  };
  auto accumulatorAt = [&](int64_t i, int64_t vector) -> LaneIndex {
    Value start = emitter.mul(emitter.add(row, i), accumulatorStride);
    return {emitter.add(emitter.add(start, panelLow), vector * tiling.lanes), unit, {}};
  };
  Value zero = emitter.constant(cast<TypedAttr>(emitter.builder.getZeroAttr(type)));
  SmallVector<Value> sums, rowStarts;
  for (int64_t i = 0; i < rowsOfTile; ++i) {
    rowStarts.push_back(
        emitter.add(left.offset, emitter.mul(emitter.add(row, i), left.freeStride)));
    for (int64_t vector = 0; vector < vectors; ++vector)
      sums.push_back(inLanes({}, [&] {
        return accumulates ? emitter.load(accumulators, accumulatorAt(i, vector), type)
                           : emitter.splat(zero);
      }));
  }
  sums = emitter.forLoop(
      emitter.constantIndex(0), block.depthCount, 1, sums, [&](Value at, ValueRange carried) {
        SmallVector<Value> b, next;
        Value rightStart = emitter.add(right.offset, emitter.mul(at, right.depthStride));
        for (int64_t vector = 0; vector < vectors; ++vector)
          b.push_back(inLanes(masks[vector], [&] {
            return emitter.load(right.buffer,
                                {emitter.add(rightStart, vector * tiling.lanes), unit, {}}, type);
          }));
        for (int64_t i = 0; i < rowsOfTile; ++i) {
          Value address = emitter.add(rowStarts[i], emitter.mul(at, left.depthStride));
          Value a = memref::LoadOp::create(emitter.builder, emitter.location, left.buffer, address);
          a = inLanes({}, [&] { return emitter.splat(a); });
          for (int64_t vector = 0; vector < vectors; ++vector)
            next.push_back(emitter.multiplyAdd(a, b[vector], carried[i * vectors + vector]));
        }
        return next;
      });
  for (int64_t i = 0; i < rowsOfTile; ++i)
    for (int64_t vector = 0; vector < vectors; ++vector)
      emitter.withLanes(tiling.lanes, {}, [&] {
        emitter.store(accumulators, accumulatorAt(i, vector), sums[i * vectors + vector], type);
      });
}

/// The ops around the contraction, evaluated on the block's sums and stored.
void ContractionSegment::emitEpilogue(const Block &block) {
  Type element = getElementTypeOrSelf(contraction.getType());
  SmallVector<Value> values;
  for (const StoreTarget &target : targets)
    values.push_back(target.tensor);
  emitter.forLoop(emitter.constantIndex(0), block.rowCount, 1, [&](Value row) {
    auto plan = emitter.planLanes(emitter.constantIndex(0), block.columnCount,
                                  PullEmitter::laneBits(values), emitter.preferredUnroll(values));
    emitter.forLanes(plan, [&](LaneIndex column) {
      SmallVector<LaneIndex, 4> coords(block.batch);
      auto place = [&](const Side &side, LaneIndex linear) {
        SmallVector<AffineExpr> sizes;
        for (int64_t dim : side.free)
          sizes.push_back(emitter.shapes.size(side.tensor, dim));
        llvm::append_range(coords, emitter.delinearize(sizes, linear));
      };
      place(lhs, emitter.uniform(emitter.add(block.rowLow, row)));
      place(rhs, emitter.add(emitter.uniform(block.columnLow), column));
      Position position = Position::at(coords);
      LaneIndex address = emitter.add(emitter.uniform(emitter.mul(row, accumulatorStride)), column);
      Value sum = emitter.load(accumulators, address, type);
      emitter.define(contraction, position, emitter.rounded(sum, element));
      context.storeAt(targets, position);
    });
  });
}

std::unique_ptr<Segment> createContractionSegment(KernelContext &context,
                                                  nn::ContractOp contraction,
                                                  ArrayRef<StoreTarget> targets) {
  PullEmitter &emitter = context.emitter;
  AffineExpr columns = emitter.shapes.constant(1);
  for (int64_t dim : contraction.rhsFreeDims())
    columns = columns * emitter.shapes.size(contraction.getRhs(), dim);
  if (numberOf(emitter.shapes.simplified(columns)) == 1 || emitter.laneOptions.bytes == 0)
    return createMapSegment(context, targets); // dot products
  return std::make_unique<ContractionSegment>(context, contraction, targets);
}

} // namespace mlc
