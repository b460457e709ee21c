// Ops that run one of their regions once: nn.if and nn.checkpoint.
#include "dialects/NN/ControlFlow.h"
#include "mlir/IR/PatternMatch.h"

using namespace mlir;

namespace mlc::nn {

/// Every body yields values of the types of the results.
static LogicalResult verifyBodies(Operation *op) {
  for (Region &body : op->getRegions()) {
    auto yield = dyn_cast<YieldOp>(body.front().getTerminator());
    if (!yield || body.getNumArguments())
      return op->emitOpError("expects bodies without arguments that end with nn.yield");
    if (yield.getValues().getTypes() == op->getResultTypes()) // if_c1
      continue;
    InFlightDiagnostic diagnostic = yield.emitOpError("expects ")
                                    << op->getResultTypes() << ", but got "
                                    << yield.getValues().getTypes();
    diagnostic.attachNote(op->getLoc()) << "the first body yields these types";
    return diagnostic;
  }
  for (Region &body : op->getRegions())
    if (failed(verifyEffects(body))) // if_c3, checkpoint_c1
      return failure();
  return success();
}
LogicalResult IfOp::verifyRegions() { return verifyBodies(*this); }
LogicalResult CheckpointOp::verifyRegions() { return verifyBodies(*this); }

AffineExpr IfOp::resultDimension(unsigned result, unsigned dim, DimensionAnalysis &sizes) {
  return sizes.dimension(yieldOf(getThenBody()).getValues()[result], dim);
}
AffineExpr CheckpointOp::resultDimension(unsigned result, unsigned dim, DimensionAnalysis &sizes) {
  return sizes.dimension(yieldOf(getBody()).getValues()[result], dim);
}
void IfOp::collectLimits(DimensionAnalysis &sizes, SmallVectorImpl<SizeLimit> &limits) {
  for (auto [a, b] :
       llvm::zip_equal(yieldOf(getThenBody()).getValues(), yieldOf(getElseBody()).getValues()))
    for (auto [left, right] : llvm::zip_equal(sizes.shape(a), sizes.shape(b))) // if_c2
      limits.push_back({left, right, true, "sizes of what the bodies of nn.if yield"});
}

Value IfOp::choice() { return getCondition(); }

FailureOr<SmallVector<Tensor>> IfOp::evaluateRuns(ArrayRef<Tensor> operands, Runner &runner) {
  return runner.run(operands[0].toInteger() ? getThenBody() : getElseBody(), {});
}
FailureOr<SmallVector<Tensor>> CheckpointOp::evaluateRuns(ArrayRef<Tensor>, Runner &runner) {
  return runner.run(getBody(), {});
}

//===- Text -------------------------------------------------------------------===//

static ParseResult parseBody(OpAsmParser &parser, OperationState &state) {
  Region *body = state.addRegion();
  if (parser.parseRegion(*body))
    return failure();
  if (!body->empty() && !body->front().empty() && isa<YieldOp>(body->front().back()))
    return success();
  return parser.emitError(parser.getNameLoc(), "expects a body that ends with nn.yield");
}
static void addResults(OperationState &state) {
  state.addTypes(state.regions.front()->front().back().getOperandTypes());
}

/// nn.if %condition {attributes} { body } else { body }
ParseResult IfOp::parse(OpAsmParser &parser, OperationState &state) {
  OpAsmParser::UnresolvedOperand condition;
  auto type = RankedTensorType::get({}, parser.getBuilder().getI1Type());
  if (parser.parseOperand(condition) || parser.resolveOperand(condition, type, state.operands) ||
      parser.parseOptionalAttrDictWithKeyword(state.attributes) || parseBody(parser, state) ||
      parser.parseKeyword("else") || parseBody(parser, state))
    return failure();
  addResults(state);
  return success();
}
void IfOp::print(OpAsmPrinter &printer) {
  printer << ' ' << getCondition();
  printer.printOptionalAttrDictWithKeyword((*this)->getAttrs());
  printer << ' ';
  printer.printRegion(getThenBody());
  printer << " else ";
  printer.printRegion(getElseBody());
}

/// nn.checkpoint {attributes} { body }
ParseResult CheckpointOp::parse(OpAsmParser &parser, OperationState &state) {
  if (parser.parseOptionalAttrDictWithKeyword(state.attributes) || parseBody(parser, state))
    return failure();
  addResults(state);
  return success();
}
void CheckpointOp::print(OpAsmPrinter &printer) {
  printer.printOptionalAttrDictWithKeyword((*this)->getAttrs());
  printer << ' ';
  printer.printRegion(getBody());
}

//===- Folds ------------------------------------------------------------------===//

namespace {
/// Leaves out what nobody reads.
template <typename Op> struct DropUnread : OpRewritePattern<Op> {
  using OpRewritePattern<Op>::OpRewritePattern;
  LogicalResult matchAndRewrite(Op op, PatternRewriter &rewriter) const override {
    auto isRead = [](OpResult result) { return !result.use_empty(); };
    SmallVector<OpResult> read = llvm::filter_to_vector(op->getResults(), isRead);
    if (read.size() == op->getNumResults())
      return rewriter.notifyMatchFailure(op, "every result is read");
    SmallVector<Type> types;
    for (OpResult result : read)
      types.push_back(result.getType());
    OperationState state(op.getLoc(), op->getName(), op->getOperands(), types, op->getAttrs());
    for (Region &body : op->getRegions()) {
      YieldOp yield = yieldOf(body);
      SmallVector<Value> values;
      for (OpResult result : read)
        values.push_back(yield.getValues()[result.getResultNumber()]);
      rewriter.modifyOpInPlace(yield, [&] { yield.getValuesMutable().assign(values); });
      Region *kept = state.addRegion();
      rewriter.inlineRegionBefore(body, *kept, kept->end());
    }
    Operation *smaller = rewriter.create(state);
    for (auto [old, result] : llvm::zip_equal(read, smaller->getResults()))
      rewriter.replaceAllUsesWith(old, result);
    rewriter.eraseOp(op);
    return success();
  }
};
} // namespace

void IfOp::getCanonicalizationPatterns(RewritePatternSet &patterns, MLIRContext *context) {
  patterns.add<DropUnread<IfOp>>(context);
}
void CheckpointOp::getCanonicalizationPatterns(RewritePatternSet &patterns, MLIRContext *context) {
  patterns.add<DropUnread<CheckpointOp>>(context);
}

} // namespace mlc::nn
