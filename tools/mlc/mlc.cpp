//===- mlc.cpp - model.mlir to a library with a C header ------------------===//
#include "compiler/Driver/Phases.h"
#include "compiler/Import/ModelText.h"
#include "tools/LlvmStreams.h"
#include "tools/mlc/Compilation.h"
#include "tools/mlc/Tune.h"
#include "tools/reference/Reference.h"

#include "llvm/Support/Signals.h"
#include "llvm/Support/raw_ostream.h"
#include "llvm/Support/thread.h"

static int run(int argc, char **argv) {
  mlc::Options options;
  if (std::optional<int> status = mlc::parseOptions(argc, argv, options))
    return *status;
  if (options.printPhases) {
    mlc::printPhases(llvm::outs());
    return mlc::kDone;
  }
  if (options.doc)
    return mlc::printReference(*options.doc, llvm::outs());
  int status = mlc::kDone;
  llvm::thread worker(std::optional(mlc::kStackBytes), [&] {
    if (options.tune)
      status = mlc::tune(options);
    if (status == mlc::kDone)
      status = mlc::compile(options);
  });
  worker.join();
  return status;
}

int main(int argc, char **argv) {
  mlc::prepareStandardStreams();
  return mlc::finishLlvmStreams("mlc", run(argc, argv));
}
