// Transposes that move the innermost dimension: squares in registers, so that memory is read and
// written along its rows.
#include "compiler/Codegen/CPU/Segments.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/MathExtras.h"
#include <numeric>

using namespace mlir;

namespace mlc {

namespace {
/// A tile is a strip of the result: `lanes` indices of the dimension that is innermost in the
/// source, all of the result's innermost dimension, one index of every other.
class TransposeSegment : public Segment {
public:
  TransposeSegment(KernelContext &context, ArrayRef<nn::TransposeOp> alike,
                   ArrayRef<StoreTarget> targets)
      : context(context), emitter(context.emitter), transposes(alike), targets(targets),
        sizes(emitter.shapes.sizes(transposes.front())) {
    ArrayRef<int64_t> permutation = transposes.front().getPermutation();
    rank = permutation.size();
    dim = llvm::find(permutation, rank - 1) - permutation.begin();
    bits = getElementTypeOrSelf(transposes.front().getType()).getIntOrFloatBitWidth();
    lanes = emitter.laneOptions.lanes(bits);
    for (int64_t other = 0; other + 1 < rank; ++other)
      if (other != dim)
        outer.push_back(sizes[other]);
  }

  AffineExpr tiles() override {
    return emitter.shapes.simplified(emitter.shapes.product(outer) * sizes[dim].ceilDiv(lanes));
  }

  void emit(Value begin, Value end) override {
    Value strips = emitter.value(sizes[dim].ceilDiv(lanes)), zero = emitter.constantIndex(0);
    Value columns = emitter.value(sizes.back()), width = emitter.constantIndex(lanes);
    Value whole = emitter.mul(emitter.floorDiv(columns, width), width);
    emitter.forLoop(begin, end, 1, [&](Value tile) {
      SmallVector<LaneIndex, 4> coords =
          emitter.delinearize(outer, emitter.uniform(emitter.floorDiv(tile, strips)));
      coords.insert(coords.begin() + dim, LaneIndex());
      coords.push_back({});
      Value low = emitter.mul(emitter.rem(tile, strips), lanes);
      Value rest = emitter.sub(emitter.value(sizes[dim]), low);
      bool isWhole = isMultiple(sizes[dim]);
      // A strip of fewer indices has no squares.
      Value squares = isWhole ? whole
                              : emitter.mul(whole, emitter.min(emitter.floorDiv(rest, width),
                                                               emitter.constantIndex(1)));
      emitter.forLoop(zero, squares, lanes, [&](Value column) { emitSquare(coords, low, column); });
      if (!isWhole || !isMultiple(sizes.back()))
        emitRest(coords, low, emitter.add(low, emitter.min(rest, width)), squares, columns);
    });
  }

  SegmentReport report() const override {
    return {llvm::formatv("transpose: strips of {0} rows in squares of registers", lanes)};
  }

private:
  bool isMultiple(AffineExpr size) {
    auto number = dyn_cast<AffineConstantExpr>(size);
    return number && number.getValue() % lanes == 0;
  }

  void emitSquare(SmallVector<LaneIndex, 4> coords, Value low, Value column) {
    emitter.withLanes(lanes, {}, [&] {
      SmallVector<SmallVector<Value>> squares;
      for (nn::TransposeOp transpose : transposes) {
        SmallVector<Value> square;
        for (int64_t row = 0; row < lanes; ++row) {
          coords[dim] = {low, 1, {}};
          coords.back() = emitter.uniform(emitter.add(column, row));
          SmallVector<LaneIndex, 4> source(coords.size());
          for (auto [to, from] : llvm::enumerate(transpose.getPermutation()))
            source[from] = coords[to];
          square.push_back(emitter.splat(emitter.emit(transpose.getX(), Position::at(source))));
        }
        emitter.transposeSquare(square);
        squares.push_back(std::move(square));
      }
      for (int64_t row = 0; row < lanes; ++row) {
        coords[dim] = emitter.uniform(emitter.add(low, row));
        coords.back() = {column, 1, {}};
        Position position = Position::at(coords);
        for (auto [transpose, square] : llvm::zip(transposes, squares))
          emitter.define(transpose, position, square[row]);
        context.storeAt(targets, position);
      }
    });
  }

  void emitRest(SmallVector<LaneIndex, 4> coords, Value low, Value high, Value from, Value to) {
    emitter.forLoop(low, high, 1, [&](Value row) {
      coords[dim] = emitter.uniform(row);
      emitter.forLanes(emitter.planLanes(from, to, bits, 1), [&](LaneIndex column) {
        coords.back() = column;
        context.storeAt(targets, Position::at(coords));
      });
    });
  }

  KernelContext &context;
  PullEmitter &emitter;
  SmallVector<nn::TransposeOp> transposes;
  SmallVector<StoreTarget> targets;
  SmallVector<AffineExpr> sizes, outer;
  int64_t rank, dim, lanes;
  unsigned bits;
};

/// Elements of the long dimension in a tile.
constexpr int64_t kLongTile = 1024;

/// One of the two innermost dimensions, that of the source or that of the result, has a few
/// elements: pixels of three colours, say. Vectors along the long one, which lie side by side on
/// one side, and pieces of the few, on the other, are transposed in registers.
class NarrowTransposeSegment : public Segment {
public:
  NarrowTransposeSegment(KernelContext &context, ArrayRef<nn::TransposeOp> alike,
                         ArrayRef<StoreTarget> targets)
      : context(context), emitter(context.emitter), transposes(alike), targets(targets) {
    nn::TransposeOp first = transposes.front();
    int64_t last = first.getPermutation().size() - 1, bits = bitsOf(first);
    longDim = sourceDim(first);
    narrowDim = last;
    isSplit = fewOf(emitter, first, last) == 0; // the few are neighbours in the source
    if (isSplit)
      std::swap(longDim, narrowDim);
    few = fewOf(emitter, first, narrowDim);
    height = llvm::PowerOf2Ceil(few);
    lanes = emitter.laneOptions.lanes(bits);
    length = emitter.shapes.size(first, longDim);
    for (int64_t dim = 0; dim <= last; ++dim)
      if (dim != longDim && dim != narrowDim)
        outer.push_back(emitter.shapes.size(first, dim));
  }

  /// Whether there is such a dimension, and another that fills vectors.
  static bool applies(PullEmitter &emitter, nn::TransposeOp transpose) {
    int64_t last = transpose.getPermutation().size() - 1, source = sourceDim(transpose),
            lanes = emitter.laneOptions.lanes(bitsOf(transpose));
    auto isLong = [&](int64_t dim) {
      int64_t size = numberOf(emitter.shapes.size(transpose, dim));
      return size < 0 || size >= lanes;
    };
    return (fewOf(emitter, transpose, last) && isLong(source)) ||
           (fewOf(emitter, transpose, source) && isLong(last));
  }

  AffineExpr tiles() override {
    return emitter.shapes.simplified(emitter.shapes.product(outer) * length.ceilDiv(kLongTile));
  }
  void emit(Value begin, Value end) override;
  SegmentReport report() const override {
    return {llvm::formatv("transpose: {0} rows at once, {1} elements of each in registers", lanes,
                          few)};
  }

private:
  static unsigned bitsOf(nn::TransposeOp transpose) {
    return getElementTypeOrSelf(transpose.getType()).getIntOrFloatBitWidth();
  }
  /// The dimension of the result that is innermost in the source.
  static int64_t sourceDim(nn::TransposeOp transpose) {
    ArrayRef<int64_t> permutation = transpose.getPermutation();
    return llvm::find(permutation, int64_t(permutation.size()) - 1) - permutation.begin();
  }
  /// Elements of a dimension if they are so few that most lanes of a vector would be idle, else 0.
  static int64_t fewOf(PullEmitter &emitter, nn::TransposeOp transpose, int64_t dim) {
    int64_t size = numberOf(emitter.shapes.size(transpose, dim)),
            lanes = emitter.laneOptions.lanes(bitsOf(transpose));
    return size > 1 && 2 * size <= lanes ? size : 0;
  }

  using Coords = SmallVector<LaneIndex, 4>;
  Value loadOf(nn::TransposeOp transpose, const Coords &coords);
  SmallVector<Value> vectorsAlong(nn::TransposeOp transpose, Coords coords, Value at);
  Value joined(ArrayRef<Value> pieces);
  void emitVectors(Coords coords, Value at);
  void store(const Coords &coords, ArrayRef<Value> values);

  KernelContext &context;
  PullEmitter &emitter;
  SmallVector<nn::TransposeOp> transposes;
  SmallVector<StoreTarget> targets;
  SmallVector<AffineExpr> outer;
  AffineExpr length;
  int64_t longDim, narrowDim, few, height, lanes;
  bool isSplit;
};

void NarrowTransposeSegment::emit(Value begin, Value end) {
  Value blocks = emitter.value(length.ceilDiv(kLongTile)), size = emitter.value(length);
  emitter.forLoop(begin, end, 1, [&](Value tile) {
    Coords coords = emitter.delinearize(outer, emitter.uniform(emitter.floorDiv(tile, blocks)));
    for (int64_t dim : {std::min(longDim, narrowDim), std::max(longDim, narrowDim)})
      coords.insert(coords.begin() + dim, LaneIndex());
    Value low = emitter.mul(emitter.rem(tile, blocks), kLongTile),
          high = emitter.min(emitter.add(low, kLongTile), size),
          whole = emitter.add(low, emitter.roundDown(emitter.sub(high, low), lanes));
    emitter.forLoop(low, whole, lanes, [&](Value at) { emitVectors(coords, at); });
    emitter.forLoop(whole, high, 1, [&](Value at) {
      coords[longDim] = emitter.uniform(at);
      for (int64_t number = 0; number < few; ++number) {
        coords[narrowDim] = emitter.uniform(number);
        context.storeAt(targets, Position::at(coords));
      }
    });
  });
}

Value NarrowTransposeSegment::loadOf(nn::TransposeOp transpose, const Coords &coords) {
  Coords source(coords.size());
  for (auto [to, from] : llvm::enumerate(transpose.getPermutation()))
    source[from] = coords[to];
  return emitter.splat(emitter.emit(transpose.getX(), Position::at(source)));
}

Value NarrowTransposeSegment::joined(ArrayRef<Value> pieces) {
  SmallVector<Value> all(pieces);
  for (; all.size() > 1; all.resize(all.size() / 2))
    for (size_t pair = 0; pair < all.size() / 2; ++pair) {
      Value left = all[2 * pair], right = all[2 * pair + 1];
      SmallVector<int64_t> order(2 * cast<VectorType>(left.getType()).getDimSize(0));
      std::iota(order.begin(), order.end(), 0);
      all[pair] = vector::ShuffleOp::create(emitter.builder, emitter.location, left, right, order);
    }
  return all[0];
}

/// Vectors of which those of one piece are `height` apart: of each of the few, or of the pieces.
SmallVector<Value> NarrowTransposeSegment::vectorsAlong(nn::TransposeOp transpose, Coords coords,
                                                        Value at) {
  SmallVector<Value> vectors;
  if (!isSplit) {
    coords[longDim] = {at, 1, {}};
    for (int64_t number = 0; number < few; ++number) {
      coords[narrowDim] = emitter.uniform(number);
      emitter.withLanes(lanes, {}, [&] { vectors.push_back(loadOf(transpose, coords)); });
    }
    vectors.resize(height, vectors.front());
    return vectors;
  }
  coords[narrowDim] = {emitter.constantIndex(0), 1, {}};
  for (int64_t row = 0; row < height; ++row) {
    SmallVector<Value> pieces;
    for (int64_t first = row; first < lanes; first += height) {
      coords[longDim] = emitter.uniform(emitter.add(at, first));
      emitter.withLanes(height, emitter.maskBelow(emitter.constantIndex(few), height),
                        [&] { pieces.push_back(loadOf(transpose, coords)); });
    }
    vectors.push_back(joined(pieces));
  }
  return vectors;
}

void NarrowTransposeSegment::store(const Coords &coords, ArrayRef<Value> values) {
  Position position = Position::at(coords);
  for (auto [transpose, value] : llvm::zip_equal(transposes, values))
    emitter.define(transpose, position, value);
  context.storeAt(targets, position);
}

void NarrowTransposeSegment::emitVectors(Coords coords, Value at) {
  SmallVector<SmallVector<Value>> all;
  for (nn::TransposeOp transpose : transposes) {
    all.push_back(vectorsAlong(transpose, coords, at));
    emitter.transposeSquare(all.back());
  }
  auto storeAll = [&](function_ref<Value(ArrayRef<Value>)> part) {
    store(coords, llvm::map_to_vector(all, [&](auto &vectors) { return part(vectors); }));
  };
  if (isSplit) {
    coords[longDim] = {at, 1, {}};
    for (int64_t number = 0; number < few; ++number) {
      coords[narrowDim] = emitter.uniform(number);
      emitter.withLanes(
          lanes, {}, [&] { storeAll([&](ArrayRef<Value> vectors) { return vectors[number]; }); });
    }
    return;
  }
  coords[narrowDim] = {emitter.constantIndex(0), 1, {}};
  for (int64_t row = 0; row < lanes; ++row) {
    coords[longDim] = emitter.uniform(emitter.add(at, row));
    emitter.withLanes(height, emitter.maskBelow(emitter.constantIndex(few), height), [&] {
      storeAll([&](ArrayRef<Value> vectors) {
        return emitter.slice(vectors[row % height], row / height * height, height);
      });
    });
  }
}

/// Whether a transpose gathers where it is evaluated along its rows, but not in squares.
bool movesInnermost(PullEmitter &emitter, nn::TransposeOp transpose) {
  ArrayRef<int64_t> permutation = transpose.getPermutation();
  Type element = getElementTypeOrSelf(transpose.getType());
  return !permutation.empty() &&
         permutation.back() + 1 != static_cast<int64_t>(permutation.size()) &&
         PullEmitter::accumulatorType(element) == element && element.isIntOrFloat() &&
         element.getIntOrFloatBitWidth() >= 32 &&
         emitter.laneOptions.lanes(element.getIntOrFloatBitWidth()) >= 4;
}

/// Results positionwise around transposes of one shape by one such permutation.
std::unique_ptr<Segment> createTransposeSegment(KernelContext &context, Operation *op,
                                                PendingTargets &targets) {
  auto transpose = cast<nn::TransposeOp>(op);
  if (!movesInnermost(context.emitter, transpose))
    return nullptr;
  SmallVector<StoreTarget> around = targets.takeAround(op);
  if (around.empty())
    return nullptr;
  KernelShapes &shapes = context.emitter.shapes;
  SmallVector<nn::TransposeOp> alike;
  for (auto other : op->getBlock()->getOps<nn::TransposeOp>())
    if (other.getPermutation() == transpose.getPermutation() &&
        shapes.sizes(other) == shapes.sizes(transpose) &&
        llvm::any_of(around, [&](auto &target) { return isPositionwise(target.tensor, other); }))
      alike.push_back(other);
  if (NarrowTransposeSegment::applies(context.emitter, transpose))
    return std::make_unique<NarrowTransposeSegment>(context, alike, around);
  return std::make_unique<TransposeSegment>(context, alike, around);
}

const SegmentEntry kTranspose(cpuSegments(), "transpose", createTransposeSegment);
} // namespace

} // namespace mlc
