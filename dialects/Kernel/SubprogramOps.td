// How an entry runs its subprograms.
#ifndef MLC_KERNEL_SUBPROGRAM_OPS
#define MLC_KERNEL_SUBPROGRAM_OPS

include "dialects/Kernel/KernelBase.td"
include "dialects/NN/NNBase.td"

def Kernel_LoopOp : Kernel_Op<"loop", [AttrSizedOperandSegments, DeclareOpInterfaceMethods<SymbolUserOpInterface>,
    DeclareOpInterfaceMethods<DimensionOpInterface>, DeclareOpInterfaceMethods<KernelOpInterface>,
    DeclareOpInterfaceMethods<RunOpInterface>]> {
  let summary = "Runs a subprogram once per trip";
  let description = [{
    What nn.scan and nn.while become. The arguments of the subprogram are (C1) the carried values, a slice of every stack, the captured tensors,
    and `dims` as its index arguments; its results the carried values for the next trip and the slices of the stacked results.
    The results of the op are the carried values after the last trip and the stacked results. With a `limit` only the first trips are
    there. Before every trip `while` runs, if it is there, on the carried values, what it captures and its `dims`: there is no other trip
    where it returns false. Without `trips` nothing else ends the loop (C3). Slices of stacked results for which there is no trip are zeros.

    After memory planning, `places` says where every tensor operand and result lives, then where the arena of every subprogram is, for every
    carried value a second buffer: trips write one and the other in turn, the last one the result, and the first one reads the
    initial value where it is; and where what `while` returns is (C2).

    ```mlir
    %h, %all = kernel.loop @body_0 trips(%n) carried(%h0) over(%xs) captured(%w) dims(%d)
        : (tensor<4xf32>), (tensor<?x4xf32>), (tensor<4x4xf32>), () -> (tensor<4xf32>, tensor<?x4xf32>)
    ```
  }];
  let arguments = (ins FlatSymbolRefAttr:$body, Optional<Index>:$trips, Optional<NN_CounterTensor>:$limit,
                       Variadic<AnyRankedTensor>:$inits, Variadic<AnyRankedTensor>:$stacks, Variadic<AnyRankedTensor>:$captures,
                       Variadic<Index>:$dims, UnitAttr:$reverse, OptionalAttr<FlatSymbolRefAttr>:$condition,
                       Variadic<AnyRankedTensor>:$conditionCaptures, Variadic<Index>:$conditionDims, OptionalAttr<ArrayAttr>:$places);
  let results = (outs Variadic<AnyRankedTensor>:$results);
  let assemblyFormat = [{
    $body (`trips` `(` $trips^ `)`)? (`limit` `(` $limit^ `)`)? (`reverse` $reverse^)? `carried` `(` $inits `)` `over` `(` $stacks `)`
    `captured` `(` $captures `)` `dims` `(` $dims `)`
    (`while` $condition^ `captured` `(` $conditionCaptures `)` `dims` `(` $conditionDims `)`)? (`places` `=` $places^)? attr-dict
    `:` custom<TensorTypes>(type($inits)) `,` custom<TensorTypes>(type($stacks)) `,` custom<TensorTypes>(type($captures))
    `,` custom<TensorTypes>(type($conditionCaptures)) `->` custom<TensorTypes>(type($results))
  }];
}

def Kernel_CallOp : Kernel_Op<"call", [AttrSizedOperandSegments, DeclareOpInterfaceMethods<SymbolUserOpInterface>,
    DeclareOpInterfaceMethods<DimensionOpInterface>, DeclareOpInterfaceMethods<KernelOpInterface>,
    DeclareOpInterfaceMethods<RunOpInterface>]> {
  let summary = "Runs one of two subprograms, or the only one";
  let description = [{
    What nn.if and nn.checkpoint become. The arguments of a subprogram are the captured tensors, then `dims` as its index arguments; its
    results are those of the op (C1). With a condition, `body` runs if it is true, `otherwise` if not. After memory planning, `places`
    says where every tensor operand and result lives, then where the arena of every subprogram is (C2).

    ```mlir
    %y = kernel.call @f_body captured(%x) dims(%n) if %c else @f_body_0 captured() dims()
        : (tensor<?xf32>), () -> (tensor<?xf32>)
    ```
  }];
  let arguments = (ins FlatSymbolRefAttr:$body, Variadic<AnyRankedTensor>:$captures, Variadic<Index>:$dims,
                       Optional<NN_ChoiceTensor>:$condition, OptionalAttr<FlatSymbolRefAttr>:$otherwise,
                       Variadic<AnyRankedTensor>:$otherCaptures, Variadic<Index>:$otherDims, OptionalAttr<ArrayAttr>:$places);
  let results = (outs Variadic<AnyRankedTensor>:$results);
  let assemblyFormat = [{
    $body `captured` `(` $captures `)` `dims` `(` $dims `)`
    (`if` $condition^ `else` $otherwise `captured` `(` $otherCaptures `)` `dims` `(` $otherDims `)`)?
    (`places` `=` $places^)? attr-dict
    `:` custom<TensorTypes>(type($captures)) `,` custom<TensorTypes>(type($otherCaptures)) `->` custom<TensorTypes>(type($results))
  }];
}

#endif
