// explain-kernels: what every kernel does, how, and how near its limit it can come.
#include "compiler/Codegen/Common/Schedule.h"
#include "compiler/Codegen/Passes.h"
#include "dialects/Kernel/Subprogram.h"
#include "llvm/ADT/MapVector.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/Support/FormatVariadic.h"

using namespace mlir;

namespace mlc {
#define GEN_PASS_DEF_EXPLAINKERNELSPASS
#include "compiler/Codegen/Passes.h.inc"

/// "contract, 2 add, max".
static std::string opsText(Region &source) {
  llvm::MapVector<StringRef, int> counts;
  for (Operation &op : source.getOps())
    if (!isa<func::ReturnOp>(op) && op.getDialect() && op.getNumResults() &&
        isa<RankedTensorType>(op.getResult(0).getType()))
      ++counts[op.getName().stripDialect()];
  std::string text;
  for (auto [name, count] : counts) {
    text += text.empty() ? "" : ", ";
    text += count > 1 ? llvm::formatv("{0} {1}", count, name).str() : name.str();
  }
  return text;
}

/// Multiply-adds, or what takes as long, where products of narrow numbers do several at once.
static AffineExpr stepsOf(Region &source, KernelShapes &shapes, int64_t productsOfStep) {
  AffineExpr total = shapes.constant(0);
  for (auto op : source.getOps<nn::KernelOpInterface>())
    total = total + shapes.steps(op).ceilDiv(op.role() == nn::Role::product ? productsOfStep : 1);
  return shapes.simplified(total);
}

DictionaryAttr explanationOf(Region &source, ArrayRef<std::unique_ptr<Segment>> segments,
                             KernelShapes &shapes) {
  Builder builder(shapes.constant(0).getContext()); // the region has no parent any more
  SmallVector<Attribute> schedule, problems;
  double share = 1;
  int64_t productsOfStep = 1;
  for (const auto &segment : segments) {
    SegmentReport report = segment->report();
    schedule.push_back(builder.getStringAttr(report.text));
    if (!report.problem.empty())
      problems.push_back(builder.getStringAttr(report.problem));
    share = std::min(share, report.share);
    productsOfStep = std::max(productsOfStep, report.productsOfStep);
  }
  return builder.getDictionaryAttr(
      {builder.getNamedAttr("ops", builder.getStringAttr(opsText(source))),
       builder.getNamedAttr("schedule", builder.getArrayAttr(schedule)),
       builder.getNamedAttr("problems", builder.getArrayAttr(problems)),
       builder.getNamedAttr("percent", builder.getI64IntegerAttr(std::lround(100 * share))),
       builder.getNamedAttr("steps", shapes.map({stepsOf(source, shapes, productsOfStep)}))});
}

namespace {
struct ExplainKernelsPass : impl::ExplainKernelsPassBase<ExplainKernelsPass> {
  using Base = impl::ExplainKernelsPassBase<ExplainKernelsPass>;
  using Base::Base;

  void runOnOperation() override {
    for (func::FuncOp kernel : kernel::kernels(getOperation()))
      if (auto explanation = kernel->getAttrOfType<DictionaryAttr>(kernel::kExplainAttr)) {
        kernel->removeAttr(kernel::kExplainAttr);
        texts[kernel.getName()] = explain(kernel, explanation);
      }
    for (func::FuncOp program : kernel::programs(getOperation()))
      explainProgram(program);
    for (func::FuncOp kernel : kernel::kernels(getOperation()))
      if (auto text = texts.find(kernel.getName());
          text != texts.end() && !seen.contains(kernel.getName()))
        kernel.emitRemark() << kernel.getName() << ", launched by nothing: " << text->second;
    texts.clear();
    seen.clear();
  }

private:
  /// A result of the map where every free size is `free-size`.
  double evaluate(AffineMapAttr map, unsigned result) {
    Builder builder(&getContext());
    SmallVector<AffineExpr> sizes(map.getValue().getNumSymbols(),
                                  builder.getAffineConstantExpr(freeSize));
    return double(numberOf(map.getValue().getResult(result).replaceDimsAndSymbols({}, sizes)));
  }

  /// The launches in their order, each with its place in the model's text; of a kernel that was
  /// explained before, no more than its name.
  void explainProgram(func::FuncOp program) {
    std::string text;
    int launches = 0;
    for (auto launch : program.getOps<kernel::LaunchOp>()) {
      auto explained = texts.find(launch.getKernel());
      if (explained == texts.end())
        continue;
      std::string place = kernel::placeInText(launch.getLoc());
      text += llvm::formatv("\n{0}. {1}{2}{3}", ++launches, explained->first(),
                            place.empty() ? "" : " of ", place);
      text += seen.insert(explained->first()).second ? ": " + explained->second : ", as above";
    }
    if (launches)
      program.emitRemark() << program.getName() << " launches " << launches << " kernel"
                           << (launches == 1 ? "" : "s") << text;
  }

  std::string explain(func::FuncOp kernel, DictionaryAttr explanation) {
    auto steps = explanation.getAs<AffineMapAttr>("steps");
    auto cost = kernel->getAttrOfType<AffineMapAttr>(kernel::kCostAttr);
    double percent = double(explanation.getAs<IntegerAttr>("percent").getInt());
    double lanes = std::max(1.0, vectorBytes / 4.0), flops = evaluate(cost, 0),
           bytes = evaluate(cost, 1);
    double arithmetic = evaluate(steps, 0) / (lanes * fmaPerCycle);
    double memory = bytes / (bytes <= double(l2Bytes) ? l2Rate : memoryRate);
    bool isArithmetic = arithmetic >= memory;
    if (!isArithmetic)
      percent = 100 * std::min(1.0, memory * percent / 100 / std::max(arithmetic, 1e-9));
    std::string text = explanation.getAs<StringAttr>("ops").str();
    for (Attribute line : explanation.getAs<ArrayAttr>("schedule"))
      text += "\n  " + cast<StringAttr>(line).str();
    text += llvm::formatv("\n  {0:f0} flops, {1:f0} bytes{2}", flops, bytes,
                          steps.getValue().getNumSymbols()
                              ? llvm::formatv(" (free sizes taken as {0})", freeSize).str()
                              : "");
    text += llvm::formatv("\n  cycles: {0:f0} of arithmetic, {1:f0} of {2}; limited by {3}, "
                          "expected {4:f0} % of it",
                          arithmetic, memory, bytes <= double(l2Bytes) ? "L2" : "memory",
                          isArithmetic ? "arithmetic" : "bytes", percent);
    return text;
  }

  llvm::StringMap<std::string> texts; ///< of kernels, by name
  llvm::StringSet<> seen;
};
} // namespace

} // namespace mlc
