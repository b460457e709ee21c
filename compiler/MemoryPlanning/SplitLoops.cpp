#include "compiler/MemoryPlanning/SplitLoops.h"
#include "dialects/NN/TensorExpr.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/IR/Matchers.h"

using namespace mlir;

namespace mlc {

namespace {
/// Trips of a loop, counted from its first slice also where it runs backwards.
struct Part {
  OpFoldResult begin, size;
  AffineExpr first, count; ///< the same numbers
};

/// Splits one loop.
class LoopSplitter {
public:
  LoopSplitter(kernel::LoopOp loop, int64_t parts, nn::DimensionAnalysis &sizes)
      : loop(loop), sizes(sizes), builder(loop) {
    APInt trips;
    if (matchPattern(loop.getTrips(), m_ConstantInt(&trips)))
      cut(trips.getSExtValue(), parts);
    else
      cutAtRunTime(parts);
  }

  void run() {
    size_t carriedCount = loop.getInits().size();
    SmallVector<Value> carried(loop.getInits());
    std::vector<SmallVector<Value>> pieces(loop.getNumResults() - carriedCount);
    SmallVector<Part> order(parts);
    if (loop.getReverse())
      std::reverse(order.begin(), order.end());
    for (const Part &part : order) {
      kernel::LoopOp piece = create(part, carried);
      llvm::copy(piece->getResults().take_front(carriedCount), carried.begin());
      for (auto [number, stack] : llvm::enumerate(pieces))
        stack.push_back(piece->getResult(carriedCount + number));
    }
    SmallVector<Value> results(carried);
    for (SmallVector<Value> &stack : pieces) {
      if (loop.getReverse())
        std::reverse(stack.begin(), stack.end());
      results.push_back(nn::concat(builder, loop.getLoc(), stack, 0));
    }
    loop.replaceAllUsesWith(results);
    loop.erase();
  }

private:
  void cut(int64_t trips, int64_t count) {
    int64_t each = llvm::divideCeil(trips, count);
    for (int64_t begin = 0; begin < trips; begin += each) {
      int64_t size = std::min(each, trips - begin);
      parts.push_back({builder.getIndexAttr(begin), builder.getIndexAttr(size),
                       sizes.constant(begin), sizes.constant(size)});
    }
  }

  /// Part i has (trips + i) / count of them, which grows with the trips; together they have all.
  void cutAtRunTime(int64_t count) {
    Location location = loop.getLoc();
    auto number = [&](int64_t value) {
      return arith::ConstantIndexOp::create(builder, location, value).getResult();
    };
    Value begin = number(0);
    AffineExpr first = sizes.constant(0);
    for (int64_t part = 0; part < count; ++part) {
      Value raised = arith::AddIOp::create(builder, location, loop.getTrips(), number(part));
      Value size = arith::DivUIOp::create(builder, location, raised, number(count));
      parts.push_back({begin, size, first, sizes.index(size)});
      first = first + sizes.index(size);
      begin = arith::AddIOp::create(builder, location, begin, size);
    }
  }

  kernel::LoopOp create(const Part &part, ValueRange carried) {
    SmallVector<Value> stacks;
    for (Value stack : loop.getStacks())
      stacks.push_back(slice(stack, part));
    SmallVector<Type> types(carried.getTypes());
    for (Value stack : loop->getResults().drop_front(carried.size()))
      types.push_back(typeOf(stack, part));
    Value trips = getValueOrCreateConstantIndexOp(builder, loop.getLoc(), part.size);
    return kernel::LoopOp::create(builder, loop.getLoc(), types, loop.getBodyAttr(), trips, Value(),
                                  carried, stacks, loop.getCaptures(), loop.getDims(),
                                  loop.getReverseAttr(), FlatSymbolRefAttr(), ValueRange(),
                                  ValueRange(), ArrayAttr());
  }

  static RankedTensorType typeOf(Value stack, const Part &part) {
    auto type = cast<RankedTensorType>(stack.getType());
    SmallVector<int64_t> shape(type.getShape());
    shape[0] = getConstantIntValue(part.size).value_or(ShapedType::kDynamic);
    return type.clone(shape);
  }

  Value slice(Value stack, const Part &part) {
    if (Value piece = pieceOf(stack, part))
      return piece;
    RankedTensorType type = typeOf(stack, part);
    SmallVector<OpFoldResult> offsets(type.getRank(), builder.getIndexAttr(0)), extents;
    offsets[0] = part.begin;
    for (int64_t dim = 0; dim < type.getRank(); ++dim)
      extents.push_back(dim == 0 ? part.size : extentOf(stack, dim));
    return nn::TensorExpr(builder, loop.getLoc(), stack)
        .slice(offsets, extents, SmallVector<int64_t>(type.getRank(), 1))
        .value();
  }

  /// What is the part of `stack` that is joined of its pieces; null where none is.
  Value pieceOf(Value stack, const Part &part) {
    auto joined = stack.getDefiningOp<nn::KernelOpInterface>();
    if (!joined || !joined.joinsOperands())
      return {};
    AffineExpr begin = sizes.constant(0);
    SmallVector<AffineExpr> shape = sizes.shape(stack);
    for (Value piece : joined->getOperands()) {
      shape[0] = sizes.dimension(piece, 0);
      if (begin == part.first && shape[0] == part.count && sizes.shape(piece) == shape &&
          piece.getType() == typeOf(stack, part))
        return piece;
      begin = begin + shape[0];
    }
    return {};
  }

  OpFoldResult extentOf(Value stack, int64_t dim) {
    auto type = cast<RankedTensorType>(stack.getType());
    if (!type.isDynamicDim(dim))
      return builder.getIndexAttr(type.getDimSize(dim));
    return nn::TensorExpr(builder, loop.getLoc(), stack).size(dim);
  }

  kernel::LoopOp loop;
  nn::DimensionAnalysis &sizes;
  OpBuilder builder;
  SmallVector<Part> parts;
};
} // namespace

/// Whether nothing but its trips ends the loop, and the types say the number of slices where it is
/// known.
static bool canSplit(kernel::LoopOp loop) {
  if (!loop.getTrips() || loop.getLimit() || loop.getCondition() || kernel::canFail(loop))
    return false;
  bool isKnown = matchPattern(loop.getTrips(), m_Constant());
  auto agrees = [&](Value stack) {
    return cast<RankedTensorType>(stack.getType()).isDynamicDim(0) != isKnown;
  };
  return llvm::all_of(loop.getStacks(), agrees) &&
         llvm::all_of(loop->getResults().drop_front(loop.getInits().size()), agrees);
}

bool splitLoops(func::FuncOp program, int64_t parts, ArrayRef<AffineExpr> maxima) {
  bool changed = false;
  for (auto loop : llvm::to_vector(program.front().getOps<kernel::LoopOp>())) {
    if (!canSplit(loop))
      continue;
    nn::DimensionAnalysis sizes(program); // anew: it does not see changes
    auto trips = dyn_cast<AffineConstantExpr>(sizes.index(loop.getTrips()).replaceSymbols(maxima));
    if (!trips || trips.getValue() < 2 * parts)
      continue;
    LoopSplitter(loop, parts, sizes).run();
    changed = true;
  }
  for (Operation &op : llvm::make_early_inc_range(llvm::reverse(program.front())))
    if (nn::joinsOperands(&op) && op.use_empty())
      op.erase();
  return changed;
}

} // namespace mlc
