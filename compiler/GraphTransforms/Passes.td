// Phase 4, simplify: passes on the graph of nn ops.
#ifndef MLC_GRAPHTRANSFORMS_PASSES
#define MLC_GRAPHTRANSFORMS_PASSES

include "mlir/Pass/PassBase.td"

def DecomposeCompositesPass : Pass<"decompose-composites", "::mlir::ModuleOp"> {
  let summary = "Replace composite ops by the ops that define them";
  let description = [{
    Replaces every op with CompositeOpInterface by its decomposition, until none is left.

    ```mlir
    %y = nn.relu %x : tensor<4xf32>
    // becomes
    %0 = nn.constant dense<0.0> : tensor<4xf32>
    %1 = nn.compare le %x, %0 : tensor<4xf32>
    %y = nn.select %1, %0, %x : tensor<4xi1>, tensor<4xf32>, tensor<4xf32>
    ```
  }];
  let dependentDialects = ["::mlc::nn::NNDialect", "::mlir::arith::ArithDialect"];
}

def ChooseConvolutionsPass : Pass<"choose-convolutions", "::mlir::ModuleOp"> {
  let summary = "Say how convolutions are computed";
  let description = [{
    A convolution may say by the attribute `nn.winograd` whether it and its derivatives are computed by tiles of minimal filtering, which
    takes fewer products: "never", or "always" where they can. Those that do not are given the option's answer; of "auto" none, and
    the compiler takes tiles where they pay.

    ```mlir
    %y = nn.conv %x, %w {nn.winograd = "never"} : tensor<1x64x56x56xf32>, tensor<64x64x3x3xf32>
    ```
  }];
  let options = [Option<"winograd", "winograd", "std::string", "\"auto\"", "auto, never or always">];
}

def ResolveDimsPass : Pass<"resolve-dims", "::mlir::func::FuncOp"> {
  let summary = "Compute sizes from the sizes of arguments";
  let description = [{
    Replaces every `nn.dim` of a value that is not an argument by arithmetic on `nn.dim` of arguments, so that no tensor is kept
    alive for its shape alone. Dims of values whose size is not an expression of the free dimensions stay.
  }];
  let dependentDialects = ["::mlir::arith::ArithDialect"];
}

def SinkTransposesPass : Pass<"sink-transposes", "::mlir::func::FuncOp"> {
  let summary = "Compute on tensors in the order of dimensions that convolutions have them";
  let description = [{
    A convolution has its channels last, whatever the layout of the model: its input is transposed, and its result back. What is
    computed of transposed tensors alone, element by element, along dimensions, of pieces, is computed of the tensors as they are,
    and transposed after it; so the transposes of a network meet, and undo each other. Those that are left are at its ends.

    ```mlir
    %t = nn.transpose %x permutation = [0, 3, 1, 2] : tensor<1x8x8x4xf32>
    %y = nn.relu %t : tensor<1x4x8x8xf32>
    // becomes
    %z = nn.relu %x : tensor<1x8x8x4xf32>
    %y = nn.transpose %z permutation = [0, 3, 1, 2] : tensor<1x8x8x4xf32>
    ```
  }];
}

def FoldTransposesPass : Pass<"fold-transposes", "::mlir::func::FuncOp"> {
  let summary = "Read transposed operands of contractions in place";
  let description = [{
    A contraction names its dimensions, so a transposed operand is the operand itself under other names; a contraction whose
    result is transposed from [m, n] to [n, m] is the contraction with lhs and rhs exchanged. A transpose of a reshape that moves
    dimensions of one element only is a reshape.

    ```mlir
    %t = nn.transpose %b permutation = [1, 0] : tensor<3x8xf32>
    %y = nn.contract %a, %t contracting = [1] x [0] : tensor<4x8xf32>, tensor<8x3xf32>
    // becomes
    %y = nn.contract %a, %b contracting = [1] x [1] : tensor<4x8xf32>, tensor<3x8xf32>
    ```
  }];
}

def PackParametersPass : Pass<"pack-parameters", "::mlir::ModuleOp"> {
  let summary = "Read weights of products from copies in the layout of the product's inner loop";
  let description = [{
    In an entry that does not train, a contraction whose rhs is a matrix inside a parameter storage, or a state that no entry writes, reads a packed storage instead:
    panels of as many columns as a register tile has (compiler/Target/RegisterTile.h), each row of a panel after the other, so that the product runs through memory
    in order and packs nothing itself. A matrix that the body of a loop captures for a product is packed once too: its panels are the packed
    storage, or made before the outermost loop that repeats the product of at most 128 rows, or a number known at run time, and captured beside it. The entry `mlc.refresh` (kernel.refresh) writes all packed storages; the runtime runs it
    before an entry that reads one, if parameters have changed since. Left alone: products of few rows, which read a row-major rhs
    in order anyway, and rhs of at most one vector of columns. Weights of bf16 and i8 are packed for any number of rows, in words of
    the neighbours along the depth that one lane of a dot product takes; i8 where there is such an instruction. Source of the layout: Goto and van de Geijn, "Anatomy of
    High-Performance Matrix Multiplication", 2008, section 5.

    ```mlir
    func.func @predict(%x: tensor<?x64xf32>, %p: tensor<4096xf32> {nn.storage = @parameters}) -> tensor<?x64xf32> {
      %w = nn.reshape %p : tensor<4096xf32> -> tensor<64x64xf32>
      %y = nn.contract %x, %w contracting = [1] x [0] : tensor<?x64xf32>, tensor<64x64xf32>
    // becomes
    nn.storage @packed packed : tensor<2x64x32xf32>
    func.func @predict(%x: tensor<?x64xf32>, %p: ..., %k: tensor<2x64x32xf32> {nn.storage = @packed}) -> tensor<?x64xf32> {
      %w = kernel.unpack %k depth = [0] : tensor<2x64x32xf32> -> tensor<64x64xf32>
      %y = nn.contract %x, %w contracting = [1] x [0] : tensor<?x64xf32>, tensor<64x64xf32>
    ```
  }];
  let options = [
    Option<"vectorBytes", "vector-bytes", "unsigned", "64", "bytes of a vector register; 0: nothing is packed">,
    Option<"vectorRegisters", "vector-registers", "unsigned", "32", "number of vector registers">,
    Option<"bf16Dot", "bf16-dot", "std::string", "", "what takes several products of bf16 at once (compiler/Target/DotInstruction.cpp); empty: nothing">,
    Option<"i8Dot", "i8-dot", "std::string", "", "what takes several products of i8 at once; empty: nothing">
  ];
  let statistics = [Statistic<"packedCount", "packed", "packed storages">];
  let dependentDialects = ["::mlc::kernel::KernelDialect"];
}

def QuantizeWeightsPass : Pass<"quantize-weights", "::mlir::ModuleOp"> {
  let summary = "Hold matrices that products read in few bits";
  let description = [{
    A parameter of f32 that is a matrix of at least 1024 numbers, and that a product reads, becomes two states, `NAME.words` and `NAME.scales`, and of 4 bits
    a third, `NAME.zeros`; each read of it becomes an `nn.dequantize` of those, with groups along the dimension that the product sums over. Their values are
    made of the parameter's in the file of weights, when it is embedded (compiler/Emit/QuantizedWeights.cpp). Composites are decomposed
    and transposes folded first, so that products show that dimension, which must be a whole number of words.
    Precondition: calls inlined, training steps expanded; refuses a module that has one.

    ```mlir
    nn.parameter @w : tensor<64x32xf32> init(#nn.zeros)
    %w = nn.param @w : tensor<64x32xf32>
    // becomes
    nn.state @w.words : tensor<16x32xi32> init(#nn.zeros)
    nn.state @w.scales : tensor<1x32xf32> init(#nn.zeros)
    %0 = nn.read @w.words : tensor<16x32xi32>
    %1 = nn.read @w.scales : tensor<1x32xf32>
    %w = nn.dequantize %0, %1 group = 64 : tensor<16x32xi32>, tensor<1x32xf32>
    ```
  }];
  let options = [
    Option<"bits", "bits", "int64_t", "8", "of a number: 8 or 4">,
    Option<"group", "group", "int64_t", "0", "numbers that share a scale; 0: all along the dimension">
  ];
  let statistics = [Statistic<"matrixCount", "matrices", "parameters that became states">];
}

def SinkWideningsPass : Pass<"sink-widenings", "::mlir::ModuleOp"> {
  let summary = "Widen narrow numbers where a product takes them in";
  let description = [{
    Where both operands of a product of windows show numbers cast from bf16 to f32, or from i8 to i32, and an instruction multiplies those: the views (windows,
    transposes, slices, other shapes, padding with a number that the narrow dtype has) become those of the narrow tensors, and the casts come
    last, where the code generator sees them (`ProductOpInterface::narrowElement`). So convolutions multiply what memory holds.
    Precondition: composites decomposed.

    ```mlir
    %0 = nn.cast %x : tensor<1x9x9x4xi8> -> tensor<1x9x9x4xi32>
    %1 = nn.windows %0 dims = [1, 2] sizes = [3, 3] strides = [1, 1] : tensor<1x9x9x4xi32>
    // becomes
    %0 = nn.windows %x dims = [1, 2] sizes = [3, 3] strides = [1, 1] : tensor<1x9x9x4xi8>
    %1 = nn.cast %0 : tensor<1x7x7x3x3x4xi8> -> tensor<1x7x7x3x3x4xi32>
    ```
  }];
  let options = [
    Option<"bf16Dot", "bf16-dot", "std::string", "", "what takes several products of bf16 at once (compiler/Target/DotInstruction.cpp); empty: nothing">,
    Option<"i8Dot", "i8-dot", "std::string", "", "what takes several products of i8 at once; empty: nothing">
  ];
  let statistics = [Statistic<"widenedCount", "widened", "operands that are widened last">];
  let dependentDialects = ["::mlc::nn::NNDialect"];
}

def LowerPrecisionPass : Pass<"lower-precision", "::mlir::ModuleOp"> {
  let summary = "Round the operands of products to 16 bits";
  let description = [{
    Rounds both operands of every product of f32 to bf16 or f16. The product itself stays one of f32: its sums, its result and all else that is computed
    are f32, and parameters are. The code generator sees that the operands hold narrow numbers only (`ProductOpInterface::narrowElement`), and multiplies
    those. A tensor is rounded once, where it is computed, for all products that read it, forward ones and those of gradients alike; another
    shape of it is one of the rounded tensor. What convolutions see of it, padded, in windows, turned round, is of the rounded tensor cast to f32; `sink-widenings`
    casts later where that pays. Other products with batch dimensions are mostly attention's: to bf16 their heads are rounded where they are computed, if both operands
    are computed, else where they are read. Left alone: those of them with fewer than 16 rows or columns, which read keys once, and all in f16; products of one column; operands that no
    memory holds, as `nn.dequantize` makes them; products that read narrow numbers already.
    Precondition: derivatives expanded, composites decomposed. Training steps in f16 need a loss that is scaled (`expand-train-steps`).

    ```mlir
    %y = nn.contract %x, %w contracting = [1] x [0] : tensor<4x64xf32>, tensor<64x32xf32>
    // becomes
    %0 = nn.cast %x : tensor<4x64xf32> -> tensor<4x64xbf16>
    %1 = nn.cast %0 : tensor<4x64xbf16> -> tensor<4x64xf32>
    %2 = nn.cast %w : tensor<64x32xf32> -> tensor<64x32xbf16>
    %3 = nn.cast %2 : tensor<64x32xbf16> -> tensor<64x32xf32>
    %y = nn.contract %1, %3 contracting = [1] x [0] : tensor<4x64xf32>, tensor<64x32xf32>
    ```
  }];
  let options = [Option<"dtype", "dtype", "std::string", "\"bf16\"", "bf16 or f16">];
  let statistics = [Statistic<"productCount", "products", "products of narrow operands">,
                    Statistic<"tensorCount", "tensors", "tensors that are rounded">];
  let dependentDialects = ["::mlc::nn::NNDialect"];
}

def ChunkRowsPass : Pass<"chunk-rows", "::mlir::func::FuncOp"> {
  let summary = "Compute what is large between products for some rows at a time";
  let description = [{
    Where the result of a product of matrices is large, and all that is computed from it row by row ends in products that are smaller, and in sums over rows
    (the scores of a vocabulary, their loss and its derivatives), a loop computes it for so many rows at a time: slices of what comes in by rows
    are read, results by rows are stacked, and sums over rows are carried, each added to what is there. So the large tensor never exists as a whole. Chunks
    have as many rows as divide them evenly and fit `chunk-bytes`; nothing happens where that is less than `fewest-rows`, of which each pays for adding
    to the sums, where sizes are known at run time only, or where something outside comes back in. Rows and what is computed of each stay the same; sums over rows are added chunk by chunk.
    The same is done with batches of images: where a product's result of more than two dimensions takes `image-bytes` or more, what is computed of it image by
    image until it is smaller again runs for as many images at a time as fit that, which the caches hold.
    Precondition: composites decomposed.

    ```mlir
    %s = nn.contract %x, %w contracting = [1] x [1] : tensor<1024x64xf32>, tensor<50000x64xf32>
    %e = nn.exp %s : tensor<1024x50000xf32>
    %y = nn.contract %e, %w contracting = [1] x [0] : tensor<1024x50000xf32>, tensor<50000x64xf32>
    // becomes
    %0 = nn.reshape %x : tensor<1024x64xf32> -> tensor<2x512x64xf32>
    %1 = nn.scan () over (%c = %0) trips = 2 : tensor<2x512x64xf32> { ... }
    %y = nn.reshape %1 : tensor<2x512x64xf32> -> tensor<1024x64xf32>
    ```
  }];
  let options = [Option<"leastBytes", "least-bytes", "int64_t", "1 << 27", "of a result that is worth it">,
                 Option<"chunkBytes", "chunk-bytes", "int64_t", "1 << 27", "of a chunk of it at most">,
                 Option<"fewestRows", "fewest-rows", "int64_t", "128", "of a chunk">,
                 Option<"imageBytes", "image-bytes", "int64_t", "1 << 23", "of a batch of images that is large, and of a chunk of it">];
  let statistics = [Statistic<"regionCount", "regions", "that run in chunks">];
  let dependentDialects = ["::mlc::nn::NNDialect"];
}

def SplitReductionsPass : Pass<"split-reductions", "::mlir::func::FuncOp"> {
  let summary = "Make large reductions to few values parallel";
  let description = [{
    A reduction that keeps no dimension is one tile of one kernel, whatever its size. It becomes partial reductions, whose number
    depends on shapes and constants only, and a small reduction of the partial results: the bits do not depend on threads.
    A reduction of a tensor of rank > 1 keeps its first dimension at first. A reduction of a large static vector works on
    rows of `chunk` elements and on the rest. A product of static sizes and few results whose depth is at least half of `chunk` and far
    longer than its rows and columns, or a row times a large matrix, becomes a product for each of up to 16 equal parts of the
    depth, and their sum; of what windows see for each element of the depth's first dimension, if these are few. Floating-point sums change their order of summation, not with the machine.

    ```mlir
    %y = nn.reduce sum %x dims = [0, 1] : tensor<?x8xf32>
    // becomes
    %0 = nn.reduce sum %x dims = [1] : tensor<?x8xf32>
    %y = nn.reduce sum %0 dims = [0] : tensor<?xf32>
    ```
  }];
  let options = [Option<"chunk", "chunk", "int64_t", "4096", "elements that one tile adds up">];
}

def FindNanPass : Pass<"find-nan", "::mlir::ModuleOp"> {
  let summary = "Refuse a call at the op that makes the first value that is not finite";
  let description = [{
    Inserts an `nn.assert` after every op with a result of floats: where all operands are finite the results are, and where all are numbers
    the results are. A mask of -inf is no operand that an op made, and what follows from it is no fault. What is asserted comes before
    anything is written, so that the call that fails changes nothing. For a debugging library: every tensor is read once more.

    ```mlir
    %y = nn.log %x : tensor<4xf32>
    // is followed by
    nn.assert %ok, "nn.log at model.mlir:3:8 made a value that is not finite of values that are" status 11 : tensor<i1>
    ```
  }];
  let dependentDialects = ["::mlc::nn::NNDialect"];
  let statistics = [Statistic<"checks", "checks", "asserts inserted">];
}

def InsertIndexChecksPass : Pass<"insert-index-checks", "::mlir::ModuleOp"> {
  let summary = "Guard what depends on operands' values by run-time checks";
  let description = [{
    Puts an `nn.assert` before every op with IndexOperandOpInterface, unless its condition holds by construction: indices, labels
    and ids in range. The message ends with the op's place in the model's text.

    ```mlir
    %y = nn.gather %x, %i axis = 0 : tensor<10x8xf32>, tensor<4xi64>
    // becomes
    %ok = ... all(0 <= %i < 10)
    nn.assert %ok, "indices of nn.gather outside [0, 10) at model.mlir:5:8" : tensor<i1>
    %y = nn.gather %x, %i axis = 0 : tensor<10x8xf32>, tensor<4xi64>
    ```
  }];
  let statistics = [Statistic<"checks", "checks", "asserts inserted">];
  let dependentDialects = ["::mlc::nn::NNDialect", "::mlir::arith::ArithDialect"];
}

def VerifyDimensionsPass : Pass<"verify-dimensions", "::mlir::func::FuncOp"> {
  let summary = "See to it that sizes which must be equal are";
  let description = [{
    For every op whose operands must agree in size, compares the sizes as expressions over the function's free dimensions. Sizes
    that differ in every call are an error at the op's line. Sizes that are equal in some calls only, such as two `?` of different
    names, become a condition in `nn.requirements` of the function, as does all else that only a call can tell: sizes that the model
    computes are at least 0, divisors above 0, boxes inside their operands, and no tensor has more than 2^44 elements. What always
    holds, or follows from another condition, is left out. A size that is no expression of the free dimensions is an error: nothing
    is left unchecked. build-host-program writes the conditions as the function that runs before everything else.
    Precondition: calls are inlined and composites decomposed, since nothing is known of the results of others.

    ```mlir
    func.func @f(%x: tensor<?xf32>, %y: tensor<?xf32>) -> tensor<?xf32> {
      %z = nn.add %x, %y : tensor<?xf32>
    // becomes
    func.func @f(%x: tensor<?xf32>, %y: tensor<?xf32>) -> tensor<?xf32> attributes {
        nn.requirements = [#nn.requirement<equal ()[s0, s1] -> (s0, s1), "sizes of nn.add differ: ... at model.mlir:5:8">]} {
      %z = nn.add %x, %y : tensor<?xf32>
    ```
  }];
  let statistics = [Statistic<"checks", "checks", "conditions of functions">];
  let dependentDialects = ["::mlc::nn::NNDialect", "::mlir::arith::ArithDialect"];
}

#endif
