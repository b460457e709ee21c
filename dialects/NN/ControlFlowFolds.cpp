// What can be left out of loops.
#include "dialects/NN/ControlFlow.h"
#include "mlir/IR/PatternMatch.h"
#include "mlir/Transforms/RegionUtils.h"
#include "llvm/ADT/BitVector.h"

using namespace mlir;

namespace mlc::nn {

namespace {
/// A carried value that no trip changes is the initial one.
struct ForwardUnchanged : OpRewritePattern<ScanOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(ScanOp scan, PatternRewriter &rewriter) const override {
    bool changed = false;
    for (auto [number, init] : llvm::enumerate(scan.getInits())) {
      Value argument = scan.getBody().getArgument(number), result = scan.getResult(number);
      bool isRead = !result.use_empty() || !argument.hasOneUse(); // the yield's
      if (scan.yield().getValues()[number] != argument || !isRead)
        continue;
      rewriter.replaceAllUsesWith(result, init);
      rewriter.replaceUsesWithIf(argument, init, [&](OpOperand &use) {
        return use.getOwner() != scan.yield() || use.getOperandNumber() != number;
      });
      changed = true;
    }
    return success(changed);
  }
};

/// What the results that are used, and the checks in the body, need.
class Needed {
public:
  explicit Needed(ScanOp scan) : scan(scan), body(&scan.getBody().front()) {
    for (auto [result, value] : llvm::zip_equal(scan.getResults(), scan.yield().getValues()))
      if (!result.use_empty())
        require(value);
    for (auto [argument, result] : llvm::zip(body->getArguments(), carriedResults()))
      if (!result.use_empty())
        require(argument);
    for (Operation &op : body->without_terminator())
      if (!isMemoryEffectFree(&op))
        requireReads(&op);
    while (!worklist.empty())
      visit(worklist.pop_back_val());
  }

  bool contains(Value value) const { return values.contains(value); }

private:
  ResultRange carriedResults() { return scan.getResults().take_front(scan.getInits().size()); }
  void require(Value value) {
    if (values.insert(value).second)
      worklist.push_back(value);
  }
  void requireReads(Operation *op) {
    llvm::for_each(op->getOperands(), [&](Value value) { require(value); });
    llvm::SetVector<Value> above;
    getUsedValuesDefinedAbove(op->getRegions(), above);
    llvm::for_each(above, [&](Value value) { require(value); });
  }
  void visit(Value value) {
    if (value.getParentBlock() != body)
      return;
    if (Operation *producer = value.getDefiningOp())
      return requireReads(producer);
    unsigned number = cast<BlockArgument>(value).getArgNumber();
    if (number < scan.getInits().size())
      require(scan.yield().getValues()[number]);
  }

  ScanOp scan;
  Block *body;
  DenseSet<Value> values;
  SmallVector<Value> worklist;
};

/// Leaves out carried values, slices and stacked results that nothing needs.
struct DropUnneeded : OpRewritePattern<ScanOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(ScanOp scan, PatternRewriter &rewriter) const override {
    Needed needed(scan);
    size_t carried = scan.getInits().size();
    Block &body = scan.getBody().front();
    llvm::BitVector arguments(body.getNumArguments()), results(scan.getNumResults());
    SmallVector<Value> inits, stacks, values, replaced;
    SmallVector<Type> types;
    for (BlockArgument argument : body.getArguments()) {
      unsigned number = argument.getArgNumber();
      if (!needed.contains(argument))
        arguments.set(number);
      else if (number < carried)
        inits.push_back(scan.getInits()[number]);
      else
        stacks.push_back(scan.getStacks()[number - carried]);
    }
    for (OpResult result : scan->getResults()) {
      unsigned number = result.getResultNumber();
      if (number < carried ? arguments.test(number) : result.use_empty()) {
        results.set(number);
        continue;
      }
      replaced.push_back(result);
      types.push_back(result.getType());
      values.push_back(scan.yield().getValues()[number]);
    }
    if (arguments.none() && results.none())
      return rewriter.notifyMatchFailure(scan, "everything is needed");
    IntegerAttr count = scan.getCountAttr();
    Value trips = scan.getTrips();
    if (stacks.empty() && !count && !trips) {
      if (int64_t known = scan.staticTripCount(); !ShapedType::isDynamic(known))
        count = rewriter.getI64IntegerAttr(known);
      else
        trips = DimOp::create(rewriter, scan.getLoc(), scan.getStacks().front(), 0);
    }
    auto smaller = ScanOp::create(rewriter, scan.getLoc(), types, inits, stacks, trips, count,
                                  scan.getReverseAttr());
    rewriter.modifyOpInPlace(scan.yield(), [&] { scan.yield().getValuesMutable().assign(values); });
    eraseUnneeded(rewriter, body, needed);
    body.eraseArguments(arguments);
    rewriter.inlineRegionBefore(scan.getBody(), smaller.getBody(), smaller.getBody().end());
    for (auto [old, result] : llvm::zip_equal(replaced, smaller.getResults()))
      rewriter.replaceAllUsesWith(old, result);
    rewriter.eraseOp(scan);
    return success();
  }

  /// Ops that still read the arguments which are about to go.
  static void eraseUnneeded(PatternRewriter &rewriter, Block &body, const Needed &needed) {
    for (Operation &op : llvm::make_early_inc_range(llvm::reverse(body)))
      if (!op.hasTrait<OpTrait::IsTerminator>() && isMemoryEffectFree(&op) && op.use_empty() &&
          llvm::none_of(op.getResults(), [&](Value value) { return needed.contains(value); }))
        rewriter.eraseOp(&op);
  }
};
} // namespace

void ScanOp::getCanonicalizationPatterns(RewritePatternSet &patterns, MLIRContext *context) {
  patterns.add<ForwardUnchanged, DropUnneeded>(context);
}

} // namespace mlc::nn
