// Phase 5, fuse: the graph is cut into kernels.
#ifndef MLC_FUSION_PASSES
#define MLC_FUSION_PASSES

include "mlir/Pass/PassBase.td"

def OutlineBodiesPass : Pass<"outline-bodies", "::mlir::ModuleOp"> {
  let summary = "Make a subprogram of every body";
  let description = [{
    Turns the bodies of every op of control flow, the innermost first, into private functions marked `kernel.subprogram`, and the op into
    `kernel.loop` or `kernel.call`, one point of the straight line of the program that it stands in. From here on a subprogram is fused, planned and
    emitted as an entry is. What the body uses from above becomes arguments: tensors as they are, sizes as free dimensions. What costs
    nothing (constants, `nn.iota`, `nn.broadcast`) is copied into it.

    Precondition: composites decomposed, calls inlined. Postcondition: every function is one block without regions.

    ```mlir
    %h = nn.scan (%a = %h0) trips = 3 : tensor<4xf32> {
      %0 = nn.add %a, %w : tensor<4xf32>
      nn.yield %0 : tensor<4xf32>
    }
    // becomes
    %h = kernel.loop @f_body trips(%c3) carried(%h0) over() captured(%w) dims() : (tensor<4xf32>), (), (tensor<4xf32>), () -> (tensor<4xf32>)

    func.func private @f_body(%a: tensor<4xf32>, %w: tensor<4xf32>) -> tensor<4xf32> attributes {kernel.subprogram} { ... }
    ```
  }];
  let dependentDialects = ["::mlc::kernel::KernelDialect", "::mlc::nn::NNDialect"];
  let statistics = [Statistic<"bodyCount", "bodies", "Number of subprograms made">];
}

def TabulateStreamsPass : Pass<"tabulate-streams", "::mlir::ModuleOp"> {
  let summary = "Let kernels read from a table which random stream they draw from";
  let description = [{
    An op that draws random numbers (`nn.rng_bits`, which every `nn.dropout` becomes) reads the number of its stream from a
    constant table of all streams of the module, instead of naming it: kernels that differ in nothing else are equal, and the launch
    says which row they read. The random numbers stay the same. Left alone: a module with one stream.

    ```mlir
    %b = nn.rng_bits %seed, %step stream = 17 : tensor<i64>, tensor<i64> -> tensor<8xi32>
    // becomes
    %streams = nn.constant dense<[17, 23]> : tensor<2xi64>
    %0 = nn.slice %streams [0] [1] [1] : tensor<2xi64>
    %1 = nn.reshape %0 : tensor<1xi64> -> tensor<i64>
    %2 = nn.xor %seed, %1 : tensor<i64>
    %b = nn.rng_bits %2, %step stream = 0 : tensor<i64>, tensor<i64> -> tensor<8xi32>
    ```
  }];
  let dependentDialects = ["::mlc::nn::NNDialect"];
  let statistics = [Statistic<"streamCount", "streams", "Number of streams in the table">];
}

def UpdateInPlacePass : Pass<"update-in-place", "::mlir::ModuleOp"> {
  let summary = "Mark the updates of a part of a state";
  let description = [{
    An op that changes a part of an operand (`nn.update_slice`) gets `nn.in_place` where that is what a storage holds on entry, or the
    result of such an update of it, and its result becomes what the storage holds: the op is then a kernel of its own that writes the box and nothing else. Reshapes lie
    between at most. Whether the old value is still needed when the kernel runs is the memory planner's question: then it copies first.

    ```mlir
    func.func @put(%s: tensor<8x4xf32> {nn.storage = @s}, %u: tensor<1x4xf32>, %i: tensor<i64>)
        -> (tensor<8x4xf32> {nn.storage = @s}) {
      %new = nn.update_slice %s, %u [%i, 0] : tensor<8x4xf32>, tensor<1x4xf32>, tensor<i64>
      return %new : tensor<8x4xf32>
    }
    // the op becomes
      %new = nn.update_slice %s, %u [%i, 0] {nn.in_place} : tensor<8x4xf32>, tensor<1x4xf32>, tensor<i64>
    ```
  }];
  let dependentDialects = ["::mlc::kernel::KernelDialect"];
  let statistics = [Statistic<"updateCount", "updates", "updates in place">];
}

def FormKernelsPass : Pass<"form-kernels", "::mlir::ModuleOp"> {
  let summary = "Cut every entry into kernels";
  let description = [{
    Partitions the nn ops of every entry into groups that one grid of independent tiles can compute, outlines each group as a kernel
    function and leaves its launch. compiler/Fusion/README.md has the rules.

    Precondition: one block per entry, composites decomposed, calls inlined. Postcondition: an entry holds launches, views
    (`nn.reshape`, contiguous `nn.slice` and `nn.concat`), non-splat constants, `nn.assert`, and index arithmetic; the dialect
    kernel's README describes a kernel function.

    ```mlir
    func.func @f(%x: tensor<8xf32>) -> tensor<8xf32> {
      %0 = nn.tanh %x : tensor<8xf32>
      %1 = nn.neg %0 : tensor<8xf32>
      return %1 : tensor<8xf32>
    }
    // becomes
    func.func @f(%x: tensor<8xf32>) -> tensor<8xf32> {
      %0 = kernel.launch @kernel_0(%x) : (tensor<8xf32>) -> tensor<8xf32>
      return %0 : tensor<8xf32>
    }
    func.func private @kernel_0(%x: tensor<8xf32>) -> tensor<8xf32> attributes {kernel.kernel} { ... }
    ```
  }];
  let options = [
    Option<"fuse", "fuse", "bool", "true", "false: every op is a kernel of its own (-O0)">,
    Option<"chainProducts", "chain-products", "bool", "false",
      "what is between two products is computed by the kernel of the second, and not stored">,
    Option<"explain", "explain", "bool", "false", "remark at every pair of kernels that stays apart, with the reason">
  ];
  let dependentDialects = ["::mlc::kernel::KernelDialect", "::mlir::arith::ArithDialect"];
  let statistics = [Statistic<"kernelCount", "kernels", "kernels formed">, Statistic<"opCount", "ops", "ops in kernels">];
}

def MergeEqualKernelsPass : Pass<"merge-equal-kernels", "::mlir::ModuleOp"> {
  let summary = "Keep one of every set of equal kernels";
  let description = [{
    Kernels are equal if their signatures, argument attributes and bodies are, up to the names of values and locations. Launches
    of a duplicate launch the first of its kind: 12 equal layers compile once.
  }];
  let dependentDialects = ["::mlc::kernel::KernelDialect"];
  let statistics = [Statistic<"mergedCount", "merged", "kernels that were duplicates">];
}

#endif
