// mlc-opt: runs any pass or phase of the compiler on text. The tool of the lit tests.
#include "compiler/Driver/Pipeline.h"
#include "mlir/InitAllPasses.h"
#include "mlir/Tools/mlir-opt/MlirOptMain.h"
#include "tools/mlc-opt/Evaluate.h"

int main(int argc, char **argv) {
  mlir::DialectRegistry registry;
  mlc::registerDialects(registry);
  mlir::registerAllPasses();
  mlc::registerPassesAndPhases();
  mlc::registerEvaluatePass();
  return mlir::asMainReturnCode(mlir::MlirOptMain(argc, argv, "mlc's pass driver\n", registry));
}
