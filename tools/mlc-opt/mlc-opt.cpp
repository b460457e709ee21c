// mlc-opt: runs any pass or phase of the compiler on text. The tool of the lit tests.
#include "compiler/Driver/Pipeline.h"
#include "mlir/IR/MLIRContext.h"
#include "mlir/InitAllPasses.h"
#include "mlir/Pass/PassManager.h"
#include "mlir/Tools/mlir-opt/MlirOptMain.h"
#include "tools/LlvmStreams.h"
#include "tools/mlc-opt/Evaluate.h"
#include "llvm/Support/CommandLine.h"
#include "llvm/Support/InitLLVM.h"

/// Whether the passes that the command line asks for exist and know their options; else says why.
static bool namesPasses(const mlir::DialectRegistry &registry) {
  mlir::MLIRContext context(registry);
  mlir::PassManager manager(&context);
  return mlir::succeeded(mlir::MlirOptMainConfig::createFromCLOptions().setupPassPipeline(manager));
}

static int run(int argc, char **argv) {
  llvm::InitLLVM init(argc, argv);
  mlir::DialectRegistry registry;
  mlc::registerDialects(registry);
  mlir::registerAllPasses();
  mlc::registerPassesAndPhases();
  mlc::registerEvaluatePass();

  llvm::cl::opt<std::string> input(llvm::cl::Positional, llvm::cl::desc("<input file>"),
                                   llvm::cl::init("-"));
  llvm::cl::opt<std::string> output("o", llvm::cl::desc("Output filename"),
                                    llvm::cl::value_desc("filename"), llvm::cl::init("-"));
  std::string header = mlir::registerCLIOptions("mlc's pass driver\n", registry);
  if (!llvm::cl::ParseCommandLineOptions(argc, argv, header, &llvm::errs()) ||
      !namesPasses(registry))
    return mlc::kWrongUsage;
  return mlir::failed(mlir::MlirOptMain(argc, argv, input, output, registry)) ? mlc::kWrongInput
                                                                              : mlc::kDone;
}

int main(int argc, char **argv) {
  mlc::prepareStandardStreams();
  return mlc::finishLlvmStreams("mlc-opt", run(argc, argv));
}
