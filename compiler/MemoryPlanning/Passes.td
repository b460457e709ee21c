// Phase 8, plan-memory: a place for every tensor.
#ifndef MLC_MEMORYPLANNING_PASSES
#define MLC_MEMORYPLANNING_PASSES

include "mlir/Pass/PassBase.td"

def PlanMemoryPass : Pass<"plan-memory", "::mlir::ModuleOp"> {
  let summary = "Give every tensor a place";
  let description = [{
    Decides where every tensor of an entry lives: in an input, in the caller's result, in a storage, in the read-only constants,
    or at an offset of one arena, where tensors that live at the same time never overlap. Views share the place of what they view;
    the pieces of a concat are written into it; a result that a kernel can compute in place takes over its input's place;
    results are written into the caller's memory and storages directly, where nothing reads the old contents later and no check
    follows, else copied there at the end.

    Precondition: after form-kernels; `kernel.in_place` of the kernels is honoured where present. Postcondition: every launch and
    copy has `places`, every nn.assert `kernel.places`; the entry has `kernel.arena`, the arena's bytes over its free dimensions,
    and the module `kernel.constants`, the tables that places of kind `constant` number.

    Offsets are best fit by decreasing size, with 64-byte alignment. Tensors whose sizes are multiples of one expression of the free
    dimensions share a region, planned in multiples of it, and the regions follow each other: offsets and total are
    expressions, exact for static shapes and at most the number of regions times the need for others.

    With `memory-budget`, launches of an entry whose arena is larger run in another order, again, or in parts (README), until it is not; where
    none is found, the error says what is the least. `max-dims` must make its sizes numbers then.

    ```mlir
    %y = kernel.launch @kernel_0(%x) : (tensor<8xf32>) -> tensor<8xf32>
    // becomes
    %y = kernel.launch @kernel_0(%x) places = [#kernel.place<input 0, () -> (0)>, #kernel.place<result 0, () -> (0)>] : ...
    ```
  }];
  let options = [
    ListOption<"maxDims", "max-dims", "std::string", "NAME=SIZE: plan for sizes up to these">,
    Option<"memoryBudget", "memory-budget", "int64_t", "0", "most bytes of every entry's arena; 0: any number">,
    Option<"explain", "explain", "bool", "false", "remark the bytes that live while each launch runs, what lives at the peak, and the arena's bytes">
  ];
  let dependentDialects = ["::mlc::kernel::KernelDialect", "::mlc::nn::NNDialect", "::mlir::arith::ArithDialect"];
  let statistics = [
    Statistic<"arenaBytes", "arena-bytes", "bytes of the largest arena, free dimensions taken as 64">,
    Statistic<"peakLiveBytes", "peak-live-bytes", "most bytes live at one time in that entry: the least an arena can have">,
    Statistic<"copyCount", "copies", "copies inserted">
  ];
}

#endif
