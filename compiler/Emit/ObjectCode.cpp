//===- ObjectCode.cpp - LLVM IR to machine code ---------------------------===//
#include "compiler/Emit/ObjectCode.h"

#include "llvm/IR/LegacyPassManager.h"
#include "llvm/IR/Module.h"
#include "llvm/Passes/PassBuilder.h"
#include "llvm/Support/raw_ostream.h"
#include "llvm/Target/TargetMachine.h"

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

static llvm::OptimizationLevel optimizationLevel(unsigned optLevel) {
  return optLevel == 1   ? llvm::OptimizationLevel::O1
         : optLevel == 2 ? llvm::OptimizationLevel::O2
                         : llvm::OptimizationLevel::O3;
}

void mlc::optimizeModule(llvm::Module &module, llvm::TargetMachine &machine, unsigned optLevel) {
  llvm::PipelineTuningOptions tuning;
  tuning.LoopUnrolling = false;
  tuning.LoopVectorization = false;
  tuning.LoopInterleaving = false;
  tuning.SLPVectorization = false;
  llvm::PassBuilder builder(&machine, tuning);
  llvm::LoopAnalysisManager loops;
  llvm::FunctionAnalysisManager functions;
  llvm::CGSCCAnalysisManager callGraph;
  llvm::ModuleAnalysisManager modules;
  builder.registerModuleAnalyses(modules);
  builder.registerCGSCCAnalyses(callGraph);
  builder.registerFunctionAnalyses(functions);
  builder.registerLoopAnalyses(loops);
  builder.crossRegisterProxies(loops, functions, callGraph, modules);
  llvm::ModulePassManager passes =
      optLevel == 0 ? builder.buildO0DefaultPipeline(llvm::OptimizationLevel::O0)
                    : builder.buildPerModuleDefaultPipeline(optimizationLevel(optLevel));
  passes.run(module, modules);
}

Bytes mlc::generateCode(llvm::Module &module, llvm::TargetMachine &machine, CodeKind kind) {
  Bytes bytes;
  llvm::raw_svector_ostream stream(bytes);
  llvm::legacy::PassManager passes;
  machine.addPassesToEmitFile(passes, stream, nullptr,
                              kind == CodeKind::Object ? llvm::CodeGenFileType::ObjectFile
                                                       : llvm::CodeGenFileType::AssemblyFile);
  passes.run(module);
  return bytes;
}
