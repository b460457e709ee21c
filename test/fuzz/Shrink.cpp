#include "test/fuzz/Shrink.h"
#include "compiler/Driver/Pipeline.h"
#include "compiler/Import/Import.h"
#include "dialects/NN/NN.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "llvm/Support/MemoryBuffer.h"

using namespace mlir;

namespace mlc::fuzz {
namespace {
using StillFails = llvm::function_ref<bool(const std::string &)>;

class Shrinker {
public:
  Shrinker(StringRef text, StillFails stillFails)
      : best(text), context(createRegistry(), MLIRContext::Threading::DISABLED),
        silence(&context, [](Diagnostic &) { return success(); }), stillFails(stillFails) {
    context.loadDialect<nn::NNDialect, arith::ArithDialect, func::FuncDialect>();
  }

  void expand(StringRef entry);
  void run() {
    for (bool progress = true; progress;) {
      progress = dropResults();
      progress |= cutOps();
    }
  }
  std::string best;

private:
  static DialectRegistry createRegistry() {
    DialectRegistry registry;
    registerDialects(registry);
    return registry;
  }
  OwningOpRef<ModuleOp> parse() {
    llvm::SourceMgr sources;
    sources.AddNewSourceBuffer(llvm::MemoryBuffer::getMemBufferCopy(best), {});
    return importModel(sources, &context);
  }
  bool accept(ModuleOp module);
  bool dropResults();
  bool cutOps();

  MLIRContext context;
  ScopedDiagnosticHandler silence;
  StillFails stillFails;
};
} // namespace

static func::FuncOp theFunction(ModuleOp module) { return module.lookupSymbol<func::FuncOp>("f"); }

/// Removes what nothing uses: ops, then arguments.
static void clean(func::FuncOp function) {
  for (Operation &op : llvm::make_early_inc_range(llvm::reverse(function.getBody().front())))
    if (op.use_empty() && !op.hasTrait<OpTrait::IsTerminator>())
      op.erase();
  for (unsigned i = function.getNumArguments(); i-- > 0;)
    if (function.getArgument(i).use_empty() && function.getNumArguments() > 1)
      (void)function.eraseArgument(i);
}

bool Shrinker::accept(ModuleOp module) {
  if (func::FuncOp function = theFunction(module))
    clean(function);
  if (failed(module.verify()))
    return false;
  std::string text;
  llvm::raw_string_ostream os(text);
  module.print(os);
  if (text.size() >= best.size() || !stillFails(text))
    return false;
  best = text;
  return true;
}

void Shrinker::expand(StringRef entry) {
  OwningOpRef<ModuleOp> module = parse();
  PassManager manager(&context, "builtin.module");
  buildPipeline(manager, Phase::Import, Phase::Differentiate, {});
  if (!module || failed(manager.run(*module)))
    return;
  for (Operation &op : llvm::make_early_inc_range(module->getOps())) {
    auto function = dyn_cast<func::FuncOp>(op);
    if (!function || function.getSymName() != entry) {
      op.erase();
      continue;
    }
    function.setSymName("f");
    for (unsigned i = 0; i < function.getNumArguments(); ++i)
      function.removeArgAttr(i, "nn.storage");
    for (unsigned i = 0; i < function.getNumResults(); ++i)
      function.removeResultAttr(i, StringAttr::get(&context, "nn.storage"));
  }
  std::string saved = std::move(best);
  best = std::string(1 << 24, ' ');
  if (!accept(*module))
    best = saved;
}

bool Shrinker::dropResults() {
  bool progress = false;
  for (unsigned i = 0;; ++i) {
    OwningOpRef<ModuleOp> module = parse();
    func::FuncOp function = theFunction(*module);
    if (!function || i >= function.getNumResults() || function.getNumResults() == 1)
      return progress;
    (void)function.eraseResult(i);
    function.getBody().front().getTerminator()->eraseOperand(i);
    if (accept(*module)) {
      progress = true;
      --i;
    }
  }
}

/// Makes results of ops arguments, or returns an operand of one type in their place.
bool Shrinker::cutOps() {
  bool progress = false;
  for (unsigned number = 0;; ++number) {
    OwningOpRef<ModuleOp> module = parse();
    func::FuncOp function = theFunction(*module);
    if (!function)
      return progress;
    Block &block = function.getBody().front();
    if (number + 1 >= block.getOperations().size())
      return progress;
    Operation &op = *std::next(block.begin(), number);
    auto type =
        op.getNumResults() == 1 ? dyn_cast<RankedTensorType>(op.getResult(0).getType()) : nullptr;
    bool isIndex = type && type.getElementType().isInteger() && !type.getElementType().isInteger(1);
    if (!type || isIndex ||
        isa<nn::ConstantOp>(
            op)) // integers may be indices, in range because of how they are computed
      continue;
    auto same =
        llvm::find_if(op.getOperands(), [&](Value value) { return value.getType() == type; });
    if (same != op.getOperands().end())
      op.getResult(0).replaceAllUsesWith(*same);
    else if (!type.hasStaticShape() ||
             failed(function.insertArgument(function.getNumArguments(), type, {}, op.getLoc())))
      continue;
    else
      op.getResult(0).replaceAllUsesWith(function.getArguments().back());
    progress |= accept(*module);
  }
}

std::string shrinkProgram(StringRef text, StringRef entry, StillFails stillFails) {
  Shrinker shrinker(text, stillFails);
  shrinker.expand(entry);
  shrinker.run();
  return shrinker.best;
}

} // namespace mlc::fuzz
