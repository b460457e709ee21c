// Phases 6 and 7, schedule and bufferize, and what the emitter runs on kernels: nn ops become loops, loops become LLVM's dialect.
#ifndef MLC_CODEGEN_PASSES
#define MLC_CODEGEN_PASSES

include "mlir/Pass/PassBase.td"

def ScheduleKernelsPass : Pass<"schedule-kernels", "::mlir::ModuleOp"> {
  let summary = "Turn every kernel into vectorised loops over the tiles of a grid";
  let description = [{
    The results of a kernel are cut into segments (elementwise ops, ops around a contraction, around reductions, around a running
    sum, scatters), each a grid of independent tiles; the loops of a segment evaluate the results on demand at vectors of
    positions. compiler/Codegen/README.md tells how.

    Precondition: kernel functions as the kernel dialect's README describes them, of nn primitives. Postcondition: the signature is
    inputs, results, index arguments, begin, end, scratch; tensors are only viewed as flat buffers by unrealized casts; the
    function computes the tiles [begin, end) and has `kernel.grid`, `kernel.work`, `kernel.cost`, `kernel.scratch`,
    `kernel.in_place` and `kernel.results`. What tiles exist and how they are computed depends on sizes and options only.

    ```mlir
    func.func private @kernel_0(%x: tensor<64xf32>) -> tensor<64xf32> attributes {kernel.kernel} {
      %y = nn.neg %x : tensor<64xf32>
      return %y : tensor<64xf32>
    }
    // becomes, with 64-byte vectors
    func.func private @kernel_0(%x: tensor<64xf32>, %y: tensor<64xf32>, %begin: index, %end: index, %scratch: memref<?xi8>) {
      %from = builtin.unrealized_conversion_cast %x : tensor<64xf32> to memref<?xf32>
      %to = builtin.unrealized_conversion_cast %y : tensor<64xf32> to memref<?xf32>
      scf.for ... {
        %0 = vector.load %from[%c0] : memref<?xf32>, vector<64xf32>
        %1 = arith.negf %0 : vector<64xf32>
        vector.store %1, %to[%c0] : memref<?xf32>, vector<64xf32>
      }
      return
    }
    ```
  }];
  let options = [
    Option<"target", "target", "std::string", "\"cpu\"", "whose segments: cpu or gpu">,
    Option<"vectorBytes", "vector-bytes", "unsigned", "64", "bytes of a vector register; 0: scalar code">,
    Option<"vectorRegisters", "vector-registers", "unsigned", "32", "number of vector registers">,
    Option<"maskedMoves", "masked-moves", "bool", "true", "vectors are loaded and stored under masks by one instruction">,
    Option<"l1Bytes", "l1-bytes", "int64_t", "32 << 10", "bytes of the first-level data cache of a core">,
    Option<"l2Bytes", "l2-bytes", "int64_t", "1 << 20", "bytes of the second-level cache of a core">,
    Option<"tileElements", "tile-elements", "int64_t", "8192", "elements of a tile of short rows; 1: a tile is a GPU's thread">,
    Option<"bf16Dot", "bf16-dot", "std::string", "", "what takes several products of bf16 at once (compiler/Target/DotInstruction.cpp); empty: nothing">,
    Option<"i8Dot", "i8-dot", "std::string", "", "what takes several products of i8 at once; empty: nothing">,
    Option<"tilings", "tilings", "std::string", "\"\"", "tilings of contractions that a search found better than the model's: the text of a TilingTable">,
    Option<"explain", "explain", "bool", "false", "leave kernel.explain on every kernel, for explain-kernels">,
    Option<"inParts", "in-parts", "bool", "false", "leave kernel.rows, and cut products into blocks of rows: what plan-memory needs to run kernels in parts">,
    Option<"optimize", "optimize", "bool", "true", "false: every result element by element, nothing is shared (-O0)">
  ];
  let dependentDialects = ["::mlir::arith::ArithDialect", "::mlir::LLVM::LLVMDialect", "::mlir::math::MathDialect", "::mlir::memref::MemRefDialect",
                           "::mlir::scf::SCFDialect", "::mlir::vector::VectorDialect", "::mlc::kernel::KernelDialect"];
  let statistics = [Statistic<"kernelCount", "kernels", "kernels scheduled">,
                    Statistic<"segmentCount", "segments", "grids in them">];
}

def ExplainKernelsPass : Pass<"explain-kernels", "::mlir::ModuleOp"> {
  let summary = "Remark what every kernel does, how, and how fast it can be";
  let description = [{
    Precondition: schedule-kernels with explain=true. One remark per program, with its kernels in order: place and ops, the schedule's choice,
    multiply-adds and bytes, and the percent of its limit to be expected. The limit is a roofline: `fma-per-cycle` vectors of
    multiply-adds (mlc gives the figure of LLVM's model of the CPU), a transcendental function taken as 20, against bytes from L2, or from memory where they exceed L2. Sizes that
    are free count as `free-size`. The attributes are removed.
  }];
  let options = [
    Option<"vectorBytes", "vector-bytes", "unsigned", "64", "bytes of a vector register; 0: scalar code">,
    Option<"l2Bytes", "l2-bytes", "int64_t", "1 << 20", "bytes of the second-level cache of a core">,
    Option<"fmaPerCycle", "fma-per-cycle", "double", "2", "vector multiply-adds of a core in a cycle">,
    Option<"l2Rate", "l2-bytes-per-cycle", "unsigned", "32", "bytes from L2 in a cycle">,
    Option<"memoryRate", "memory-bytes-per-cycle", "unsigned", "8", "bytes from memory in a cycle">,
    Option<"freeSize", "free-size", "int64_t", "256", "the size to assume where it is free">
  ];
}

def BufferizeKernelsPass : Pass<"bufferize-kernels", "::mlir::ModuleOp"> {
  let summary = "Make the tensors of every kernel's signature flat buffers";
  let description = [{
    Precondition: schedule-kernels. Every tensor argument becomes a `memref<?xT>` of its elements in row-major order; i1 is kept
    as i8, bf16 and f16 as i16. Argument attributes (`nn.sizes`) stay. Launches are left alone.

    ```mlir
    func.func private @kernel_0(%x: tensor<?x8xi1>, ...) { %b = builtin.unrealized_conversion_cast %x ... to memref<?xi8> ... }
    // becomes
    func.func private @kernel_0(%b: memref<?xi8>, ...) { ... }
    ```
  }];
}

def ConvertKernelsToLLVMPass : Pass<"convert-kernels-to-llvm", "::mlir::ModuleOp"> {
  let summary = "Turn bufferised kernels into LLVM functions of the runtime's kernel interface";
  let description = [{
    Precondition: bufferize-kernels and expand-math. A kernel becomes an internal function of pointers and sizes, `@kernel_N.body`,
    whose pointers are `noalias` unless `kernel.in_place` lets them share memory, and `@kernel_N`, which calls it. For a CPU that
    is of the type `mlc_kernel` (runtime/model.h) and reads the arguments from an array; for a GPU it is an entry, in which thread t
    of a launch takes the tiles t, t + threads, ... What else the module holds stays.

    ```mlir
    llvm.func internal @kernel_0.body(%x: !llvm.ptr {llvm.noalias}, ..., %begin: i64, %end: i64, %scratch: !llvm.ptr {llvm.noalias})
    llvm.func @kernel_0(%arguments: !llvm.ptr, %begin: i64, %end: i64, %scratch: !llvm.ptr)
    // or, for a GPU
    llvm.func @kernel_0(%x: !llvm.ptr, ..., %tiles: i64, %scratch: !llvm.ptr) attributes {nvvm.kernel}
    ```
  }];
  let options = [Option<"target", "target", "std::string", "\"cpu\"", "who launches the kernels: cpu or gpu">];
  let dependentDialects = ["::mlir::LLVM::LLVMDialect", "::mlir::NVVM::NVVMDialect", "::mlir::cf::ControlFlowDialect"];
}

#endif
