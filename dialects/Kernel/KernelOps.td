// The kernel dialect: how the graph of nn ops is cut into kernels, placed in memory and launched.
#ifndef MLC_KERNEL_OPS
#define MLC_KERNEL_OPS

include "dialects/Kernel/KernelBase.td"

def Kernel_LaunchOp : Kernel_Op<"launch", [Pure, AttrSizedOperandSegments, DeclareOpInterfaceMethods<SymbolUserOpInterface>,
    DeclareOpInterfaceMethods<DimensionOpInterface>, DeclareOpInterfaceMethods<RunOpInterface>]> {
  let summary = "Runs a kernel over its whole grid";
  let description = [{
    The operands and results are the tensors of the kernel function's signature (C1); `dims` are its index arguments (C2).
    The launch passes to the kernel: the inputs' buffers, the results' buffers, the dims. After memory planning, `places`
    says where every input and then every result lives (C3).

    ```mlir
    %y = kernel.launch @kernel_0(%x, %w) dims(%n) : (tensor<?x5xf32>, tensor<5x5xf32>) -> tensor<?x5xf32>
    ```
  }];
  let arguments = (ins FlatSymbolRefAttr:$kernel, Variadic<AnyRankedTensor>:$inputs, Variadic<Index>:$dims,
                       OptionalAttr<ArrayAttr>:$places);
  let results = (outs Variadic<AnyRankedTensor>:$results);
  let assemblyFormat = [{
    $kernel `(` $inputs `)` (`dims` `(` $dims^ `)`)? (`places` `=` $places^)? attr-dict
    `:` functional-type($inputs, $results)
  }];
}

def Kernel_CopyOp : Kernel_Op<"copy", [Pure, DeclareOpInterfaceMethods<DimensionOpInterface>, DeclareOpInterfaceMethods<RunOpInterface>]> {
  let summary = "The same tensor in another place";
  let description = [{
    Made by the memory planner where a value must be in two places: an entry that returns its input, a piece of a concat that
    is an argument. After memory planning, `places` holds the source and the destination (C1).

    ```mlir
    %y = kernel.copy %x : tensor<4xf32>
    ```
  }];
  let arguments = (ins AnyRankedTensor:$source, OptionalAttr<ArrayAttr>:$places);
  let results = (outs AnyRankedTensor:$result);
  let assemblyFormat = "$source (`places` `=` $places^)? attr-dict `:` type($source) `->` type($result)";
  let hasVerifier = 1;
}

def Kernel_UnpackOp : Kernel_Op<"unpack", [Pure, DeclareOpInterfaceMethods<EvaluableOpInterface>,
    DeclareOpInterfaceMethods<KernelOpInterface, ["operandDims"]>]> {
  let summary = "The weight whose panels are packed";
  let description = [{
    `packed` is [panels, depth, columns]: panel p holds `columns` neighbouring columns of a matrix, one row of the panel per index
    of the dimensions that a contraction sums over, `depth`, counted row-major in that order; the other dimensions, in theirs, are
    the columns. The result is that matrix under the weight's own shape, without the zeros that fill the last panel: the element at
    depth k and column n is packed[n / columns, k, n % columns] (C1: shapes are static and agree). Of rank 4, `packed` is
    [panels, depth / products, columns, products], for instructions that take `products` neighbours along the depth: the element is
    packed[n / columns, k / products, n % columns, k % products], and zeros fill the depth. `batch_dims` leading dimensions of both
    are those of a batch of matrices, each in panels of its own. Nothing is computed: a contraction reads the panels in place.

    ```mlir
    %w = kernel.unpack %p depth = [0] : tensor<3x8x32xf32> -> tensor<8x70xf32>
    ```
  }];
  let arguments = (ins AnyStaticShapeTensor:$packed, DenseI64ArrayAttr:$depth, DefaultValuedOptionalAttr<I64Attr, "0">:$batchDims);
  let results = (outs AnyStaticShapeTensor:$result);
  let assemblyFormat = "$packed `depth` `=` $depth (`batch_dims` `=` $batchDims^)? attr-dict `:` type($packed) `->` type($result)";
  let extraClassDeclaration = [{
    /// Neighbours along the depth that lie side by side.
    int64_t getProducts();
    /// The dimensions that are neither the depth nor of the batch, increasing.
    ::llvm::SmallVector<int64_t> columnDims();
  }];
  let hasVerifier = 1;
}

#endif
