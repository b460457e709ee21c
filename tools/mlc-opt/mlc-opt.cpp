// mlc-opt: runs any pass or phase of the compiler on text. The tool of the lit tests.
#include "dialects/Kernel/Kernel.h"
#include "dialects/NN/NN.h"
#include "mlir/IR/DialectRegistry.h"
#include "mlir/InitAllDialects.h"
#include "mlir/InitAllPasses.h"
#include "mlir/Tools/mlir-opt/MlirOptMain.h"
#include "tools/mlc-opt/Evaluate.h"

int main(int argc, char **argv) {
  mlir::DialectRegistry registry;
  mlir::registerAllDialects(registry);
  mlir::registerAllPasses();
  mlc::registerEvaluatePass();
  registry.insert<mlc::nn::NNDialect, mlc::kernel::KernelDialect>();
  return mlir::asMainReturnCode(mlir::MlirOptMain(argc, argv, "mlc's pass driver\n", registry));
}
