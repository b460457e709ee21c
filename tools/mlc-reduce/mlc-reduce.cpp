// mlc-reduce: makes a model smaller while a script still finds it interesting.
#include "compiler/Driver/Pipeline.h"
#include "mlir/IR/MLIRContext.h"
#include "mlir/InitAllPasses.h"
#include "mlir/Parser/Parser.h"
#include "mlir/Pass/PassManager.h"
#include "mlir/Pass/PassRegistry.h"
#include "mlir/Reducer/Passes.h"
#include "mlir/Support/FileUtilities.h"
#include "tools/LlvmStreams.h"
#include "llvm/Support/CommandLine.h"
#include "llvm/Support/InitLLVM.h"
#include "llvm/Support/SourceMgr.h"
#include "llvm/Support/ToolOutputFile.h"

using namespace mlir;

/// Reads the model, reduces it and writes what is left; false after a message.
static bool reduce(PassManager &manager, const std::string &input, const std::string &output) {
  std::string message;
  std::unique_ptr<llvm::ToolOutputFile> file = openOutputFile(output, &message);
  if (!file) {
    llvm::errs() << "mlc-reduce: error: " << message << "\n";
    return false;
  }
  auto model = parseSourceFile<ModuleOp>(input, manager.getContext());
  if (!model || failed(manager.run(*model)))
    return false;
  model->print(file->os());
  file->os().flush();
  if (std::error_code error = file->os().error(); error && output != "-") {
    file->os().clear_error();
    llvm::errs() << "mlc-reduce: error: cannot write " << output << ": " << error.message() << "\n";
    return false;
  }
  file->keep();
  return true;
}

static int run(int argc, char **argv) {
  llvm::InitLLVM init(argc, argv);
  registerAllPasses();
  registerReducerPasses();
  mlc::registerPassesAndPhases();
  DialectRegistry registry;
  mlc::registerDialects(registry);
  MLIRContext context(registry);

  llvm::cl::opt<std::string> input(llvm::cl::Positional, llvm::cl::Required,
                                   llvm::cl::desc("<input file, or - for standard input>"));
  llvm::cl::opt<std::string> output("o", llvm::cl::desc("Output filename"),
                                    llvm::cl::value_desc("filename"), llvm::cl::init("-"));
  PassPipelineCLParser passes("", "How to reduce");
  PassManager manager(&context);
  auto fail = [](const Twine &message) {
    llvm::errs() << "mlc-reduce: error: " << message << "\n";
    return failure();
  };
  if (!llvm::cl::ParseCommandLineOptions(argc, argv, "Makes a model smaller.\n", &llvm::errs()) ||
      failed(passes.addToPipeline(manager, fail)))
    return mlc::kWrongUsage;
  return reduce(manager, input, output) ? mlc::kDone : mlc::kWrongInput;
}

int main(int argc, char **argv) {
  mlc::prepareStandardStreams();
  return mlc::finishLlvmStreams("mlc-reduce", run(argc, argv));
}
