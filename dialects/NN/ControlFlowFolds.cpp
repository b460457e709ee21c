// What can be left out of loops.
#include "dialects/NN/ControlFlow.h"
#include "mlir/IR/PatternMatch.h"
#include "mlir/Transforms/RegionUtils.h"
#include "llvm/ADT/BitVector.h"

using namespace mlir;

namespace mlc::nn {

namespace {
/// The arguments of the condition, none where there is none.
MutableArrayRef<BlockArgument> conditionArguments(LoopOpInterface loop) {
  Region *condition = loop.getConditionBody();
  return condition ? condition->getArguments() : MutableArrayRef<BlockArgument>();
}

/// A carried value that no trip changes is the initial one.
template <typename Op> struct ForwardUnchanged : OpRewritePattern<Op> {
  using OpRewritePattern<Op>::OpRewritePattern;
  LogicalResult matchAndRewrite(Op loop, PatternRewriter &rewriter) const override {
    bool changed = false;
    YieldOp yield = yieldOf(loop.getBody());
    for (auto [number, init] : llvm::enumerate(loop.getInits())) {
      Value argument = loop.getBody().getArgument(number), result = loop.getResult(number);
      Value tested =
          number < conditionArguments(loop).size() ? conditionArguments(loop)[number] : result;
      bool isRead = !result.use_empty() || !argument.hasOneUse() || // but by the yield
                    !tested.use_empty();
      if (yield.getValues()[number] != argument || !isRead)
        continue;
      rewriter.replaceAllUsesWith(tested, init);
      rewriter.replaceAllUsesWith(result, init);
      rewriter.replaceUsesWithIf(argument, init, [&](OpOperand &use) {
        return use.getOwner() != yield || use.getOperandNumber() != number;
      });
      changed = true;
    }
    return success(changed);
  }
};

/// What the results that are used, and the checks in the body, need.
class Needed {
public:
  explicit Needed(LoopOpInterface loop) : loop(loop), body(&loop.getBody().front()) {
    for (auto [result, value] :
         llvm::zip_equal(loop->getResults(), yieldOf(loop.getBody()).getValues()))
      if (!result.use_empty())
        require(value);
    for (auto [argument, result] : llvm::zip(body->getArguments(), carriedResults()))
      if (!result.use_empty())
        require(argument);
    for (auto [argument, tested] : llvm::zip(body->getArguments(), conditionArguments(loop)))
      if (!tested.use_empty())
        require(argument);
    for (Operation &op : body->without_terminator())
      if (!isMemoryEffectFree(&op))
        requireReads(&op);
    while (!worklist.empty())
      visit(worklist.pop_back_val());
  }

  bool contains(Value value) const { return values.contains(value); }

private:
  ResultRange carriedResults() { return loop->getResults().take_front(loop.getInits().size()); }
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
    if (number < loop.getInits().size())
      require(yieldOf(loop.getBody()).getValues()[number]);
  }

  LoopOpInterface loop;
  Block *body;
  DenseSet<Value> values;
  SmallVector<Value> worklist;
};

/// What is left of a loop.
struct Kept {
  explicit Kept(LoopOpInterface loop)
      : arguments(loop.getBody().getNumArguments()), results(loop->getNumResults()) {
    Needed needed(loop);
    size_t carried = loop.getInits().size();
    for (BlockArgument argument : loop.getBody().getArguments()) {
      unsigned number = argument.getArgNumber();
      if (!needed.contains(argument))
        arguments.set(number);
      else if (number < carried)
        inits.push_back(loop.getInits()[number]);
      else
        stacks.push_back(loop.getStacks()[number - carried]);
    }
    for (OpResult result : loop->getResults()) {
      unsigned number = result.getResultNumber();
      if (number < carried ? arguments.test(number) : result.use_empty()) {
        results.set(number);
        continue;
      }
      replaced.push_back(result);
      types.push_back(result.getType());
      values.push_back(yieldOf(loop.getBody()).getValues()[number]);
    }
  }
  llvm::BitVector arguments, results; ///< those that go
  SmallVector<Value> inits, stacks, values, replaced;
  SmallVector<Type> types;
};

/// Leaves out carried values, slices and stacked results that nothing needs.
template <typename Op> struct DropUnneeded : OpRewritePattern<Op> {
  using OpRewritePattern<Op>::OpRewritePattern;
  LogicalResult matchAndRewrite(Op loop, PatternRewriter &rewriter) const override {
    Kept kept(loop);
    if (kept.arguments.none() && kept.results.none())
      return rewriter.notifyMatchFailure(loop, "everything is needed");
    auto smaller = cast<Op>(loop.rebuild(rewriter, kept.types, kept.inits, kept.stacks));
    YieldOp yield = yieldOf(loop.getBody());
    Needed needed(loop);
    rewriter.modifyOpInPlace(yield, [&] { yield.getValuesMutable().assign(kept.values); });
    eraseUnneeded(rewriter, loop.getBody().front(), needed);
    loop.getBody().front().eraseArguments(kept.arguments);
    for (auto [from, to] : llvm::zip_equal(loop->getRegions(), smaller->getRegions()))
      rewriter.inlineRegionBefore(from, to, to.end());
    if (Region *condition = LoopOpInterface(smaller).getConditionBody()) {
      kept.arguments.resize(condition->getNumArguments());
      condition->front().eraseArguments(kept.arguments);
    }
    for (auto [old, result] : llvm::zip_equal(kept.replaced, smaller->getResults()))
      rewriter.replaceAllUsesWith(old, result);
    rewriter.eraseOp(loop);
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
  patterns.add<ForwardUnchanged<ScanOp>, DropUnneeded<ScanOp>>(context);
}
void WhileOp::getCanonicalizationPatterns(RewritePatternSet &patterns, MLIRContext *context) {
  patterns.add<ForwardUnchanged<WhileOp>, DropUnneeded<WhileOp>>(context);
}

} // namespace mlc::nn
