// How an entry runs its subprograms.
#ifndef MLC_KERNEL_SUBPROGRAM_OPS
#define MLC_KERNEL_SUBPROGRAM_OPS

include "dialects/Kernel/KernelBase.td"

def Kernel_LoopOp : Kernel_Op<"loop", [AttrSizedOperandSegments, DeclareOpInterfaceMethods<SymbolUserOpInterface>,
    DeclareOpInterfaceMethods<DimensionOpInterface>, DeclareOpInterfaceMethods<KernelOpInterface>]> {
  let summary = "Runs a subprogram once per trip";
  let description = [{
    What nn.scan becomes. The arguments of the subprogram are (C1) the carried values, a slice of every stack, the captured tensors,
    and `dims` as its index arguments; its results the carried values for the next trip and the slices of the stacked results.
    The results of the op are the carried values after the last trip and the stacked results.

    After memory planning, `places` says where every operand and result lives, then where the subprogram's arena is, and for every
    carried value a second buffer: trips write one and the other in turn, the last one the result, and the first one reads the
    initial value where it is (C2).

    ```mlir
    %h, %all = kernel.loop @body_0 trips(%n) carried(%h0) over(%xs) captured(%w) dims(%d)
        : (tensor<4xf32>), (tensor<?x4xf32>), (tensor<4x4xf32>) -> (tensor<4xf32>, tensor<?x4xf32>)
    ```
  }];
  let arguments = (ins FlatSymbolRefAttr:$body, Index:$trips, Variadic<AnyRankedTensor>:$inits,
                       Variadic<AnyRankedTensor>:$stacks, Variadic<AnyRankedTensor>:$captures, Variadic<Index>:$dims,
                       UnitAttr:$reverse, OptionalAttr<ArrayAttr>:$places);
  let results = (outs Variadic<AnyRankedTensor>:$results);
  let assemblyFormat = [{
    $body `trips` `(` $trips `)` (`reverse` $reverse^)? `carried` `(` $inits `)` `over` `(` $stacks `)`
    `captured` `(` $captures `)` `dims` `(` $dims `)` (`places` `=` $places^)? attr-dict
    `:` `(` type($inits) `)` `,` `(` type($stacks) `)` `,` `(` type($captures) `)` `->` `(` type($results) `)`
  }];
  let extraClassDeclaration = [{
    /// The function that it runs.
    ::mlir::func::FuncOp subprogram();
    /// The value of a size expression of the subprogram, over its index arguments, here.
    ::mlir::AffineExpr atCall(::mlir::AffineExpr expr, nn::DimensionAnalysis &sizes);
  }];
}

#endif
