//===- ObjectCode.cpp - LLVM IR to machine code ---------------------------===//
#include "compiler/Emit/ObjectCode.h"

#include "llvm/IR/LegacyPassManager.h"
#include "llvm/IR/Module.h"
#include "llvm/IR/OptBisect.h"
#include "llvm/Passes/PassBuilder.h"
#include "llvm/Support/raw_ostream.h"
#include "llvm/Target/TargetMachine.h"
#include "llvm/Transforms/IPO/AlwaysInliner.h"
#include "llvm/Transforms/InstCombine/InstCombine.h"
#include "llvm/Transforms/Scalar.h"
#include "llvm/Transforms/Scalar/ADCE.h"
#include "llvm/Transforms/Scalar/EarlyCSE.h"
#include "llvm/Transforms/Scalar/GVN.h"
#include "llvm/Transforms/Scalar/LICM.h"
#include "llvm/Transforms/Scalar/LoopIdiomRecognize.h"
#include "llvm/Transforms/Scalar/LoopPassManager.h"
#include "llvm/Transforms/Scalar/LoopRotation.h"
#include "llvm/Transforms/Scalar/SROA.h"
#include "llvm/Transforms/Scalar/SimplifyCFG.h"

using namespace mlc;

void mlc::prepareModule(llvm::Module &module, const llvm::TargetMachine &machine) {
  module.setTargetTriple(machine.getTargetTriple());
  module.setDataLayout(machine.createDataLayout());
  for (llvm::Function &function : module) {
    if (function.isIntrinsic())
      continue;
    function.setDoesNotThrow();
    // Functions of libc keep their default visibility: they live in another library.
    bool ours = !function.isDeclaration() || function.getName().starts_with("mlc_rt_") ||
                function.getName().starts_with("kernel_");
    if (!ours || function.hasLocalLinkage())
      continue;
    function.setVisibility(llvm::GlobalValue::HiddenVisibility);
    function.setDSOLocal(true);
  }
}

/// What explicit vector code needs: descriptors folded away, addresses simplified, invariants out
/// of loops, equal loads and values shared. LLVM's own pipelines spend most of their time on
/// inlining, unrolling and vectorising, of which there is nothing here to do.
static llvm::FunctionPassManager kernelPipeline(unsigned optLevel) {
  llvm::FunctionPassManager passes;
  passes.addPass(llvm::SimplifyCFGPass());
  passes.addPass(llvm::SROAPass(llvm::SROAOptions::ModifyCFG));
  passes.addPass(llvm::EarlyCSEPass(/*UseMemorySSA=*/false));
  passes.addPass(llvm::InstCombinePass());
  if (optLevel == 1)
    return passes;
  llvm::LoopPassManager loops;
  loops.addPass(llvm::LoopRotatePass(/*EnableHeaderDuplication=*/true));
  loops.addPass(llvm::LICMPass(llvm::LICMOptions()));
  passes.addPass(llvm::createFunctionToLoopPassAdaptor(std::move(loops), /*UseMemorySSA=*/true));
  passes.addPass(llvm::SimplifyCFGPass());
  passes.addPass(llvm::createFunctionToLoopPassAdaptor(llvm::LoopIdiomRecognizePass()));
  passes.addPass(llvm::GVNPass());
  passes.addPass(llvm::InstCombinePass());
  llvm::LoopPassManager invariants;
  invariants.addPass(llvm::LICMPass(llvm::LICMOptions()));
  passes.addPass(
      llvm::createFunctionToLoopPassAdaptor(std::move(invariants), /*UseMemorySSA=*/true));
  passes.addPass(llvm::ADCEPass());
  passes.addPass(llvm::SimplifyCFGPass());
  return passes;
}

namespace {
/// What passes ask of LLVM's analyses.
struct Analyses {
  explicit Analyses(llvm::TargetMachine &machine) {
    llvm::PassBuilder builder(&machine);
    builder.registerModuleAnalyses(modules);
    builder.registerCGSCCAnalyses(callGraph);
    builder.registerFunctionAnalyses(functions);
    builder.registerLoopAnalyses(loops);
    builder.crossRegisterProxies(loops, functions, callGraph, modules);
  }
  llvm::LoopAnalysisManager loops;
  llvm::FunctionAnalysisManager functions;
  llvm::CGSCCAnalysisManager callGraph;
  llvm::ModuleAnalysisManager modules;
};
} // namespace

void mlc::inlineFunctions(llvm::Module &module, llvm::TargetMachine &machine) {
  Analyses analyses(machine);
  llvm::AlwaysInlinerPass().run(module, analyses.modules);
}

void mlc::optimizeModule(llvm::Module &module, llvm::TargetMachine &machine, unsigned optLevel) {
  if (optLevel == 0)
    return;
  Analyses analyses(machine);
  llvm::FunctionPassManager passes = kernelPipeline(optLevel);
  for (llvm::Function &function : module)
    if (!function.isDeclaration())
      passes.run(function, analyses.functions);
}

namespace {
/// Leaves one pass of the code generator out: loop strength reduction, a third of its time. Loops
/// of CPU kernels carry the offsets that they need; its choices made register tiles up to 4 %
/// slower.
class CodeGenPassGate : public llvm::OptPassGate {
public:
  explicit CodeGenPassGate(const llvm::TargetMachine &machine)
      : isCpu(!machine.getTargetTriple().isNVPTX()) {}
  bool shouldRunPass(llvm::StringRef pass, llvm::StringRef) const override { return pass != left; }
  bool isEnabled() const override { return isCpu; }

private:
  const bool isCpu;
  const std::unique_ptr<llvm::Pass> reduction{llvm::createLoopStrengthReducePass()};
  const llvm::StringRef left = reduction->getPassName();
};
} // namespace

Bytes mlc::generateCode(llvm::Module &module, llvm::TargetMachine &machine, CodeKind kind) {
  Bytes bytes;
  llvm::raw_svector_ostream stream(bytes);
  CodeGenPassGate gate(machine);
  module.getContext().setOptPassGate(gate);
  llvm::legacy::PassManager passes;
  machine.addPassesToEmitFile(passes, stream, nullptr,
                              kind == CodeKind::Object ? llvm::CodeGenFileType::ObjectFile
                                                       : llvm::CodeGenFileType::AssemblyFile,
                              /*DisableVerify=*/true);
  passes.run(module);
  module.getContext().setOptPassGate(llvm::getGlobalPassGate());
  return bytes;
}
