// Phase 9, host: the functions that the runtime calls.
#ifndef MLC_HOSTPROGRAM_PASSES
#define MLC_HOSTPROGRAM_PASSES

include "mlir/Pass/PassBase.td"

def BuildHostProgramPass : Pass<"build-host-program", "::mlir::ModuleOp"> {
  let summary = "Write the functions of every entry that the runtime calls";
  let description = [{
    Builds `module @mlc.host` of the LLVM dialect: for every entry the functions check_sizes, run, arena_bytes, result_shape and cost of
    runtime/model.h. `run` computes offsets from the free dimensions, launches the kernels in order, and returns 0 or one more than
    the number of the failed check; `check_sizes` does the same for what the dimensions must fulfil (nn.requirements,
    kernel.max_dims, the arena below 2^47 bytes), with overflow detected, and comes first. Checks of data come before anything outside of the arena is written. HostProgram.h says what the module
    holds then.

    Precondition: memory is planned; kernels have `kernel.grid`. Postcondition: `kernel.checks` on the module lists the messages, and what a call
    returns where they apply.
  }];
  let options = [
    Option<"poison", "poison", "bool", "false", "fill the arena with NaN at entry: finds reads of memory not written">
  ];
  let dependentDialects = ["::mlir::LLVM::LLVMDialect"];
}

#endif
