// Structured ops that create tensors or move elements without computing on them, and composites that are a shorter text for some of them.
#ifndef MLC_NN_SHAPE_OPS
#define MLC_NN_SHAPE_OPS

include "dialects/NN/NNBase.td"

def NN_ConstantOp : NN_KernelOp<"constant", [Pure, ConstantLike, InferTypeOpAdaptor,
    DeclareOpInterfaceMethods<DimensionOpInterface>, DeclareOpInterfaceMethods<EvaluableOpInterface>]> {
  let role = "getValue().isSplat() ? inlined : host";
  let summary = "Tensor of values known at compile time";
  let pytorch = "torch.tensor";
  let semantics = "value";
  let shapes = "static shape, any dtype; the values are dense, or a resource of the file that has them all (C1). In the text they may be one number "
               "(1e-3, -inf, true) for every element, or lists of them in brackets";
  let vjp = "none: no operands";
  let source = "StableHLO constant";
  let example = "%c = nn.constant 1.0 : tensor<4xf32>";
  let arguments = (ins ElementsAttr:$value);
  let results = (outs NN_Tensor:$result);
  let hasCustomAssemblyFormat = 1;
  let hasVerifier = 1;
  let hasFolder = 1;
  let extraClassDeclaration = [{
    /// The values, those of a resource copied.
    ::mlir::DenseElementsAttr getDense();
  }];
}

def NN_IotaOp : NN_KernelOp<"iota", [Pure, DeclareOpInterfaceMethods<DimensionOpInterface>,
    DeclareOpInterfaceMethods<EvaluableOpInterface>]> {
  let role = "inlined";
  let summary = "The position along one dimension";
  let pytorch = "torch.arange along one dimension, repeated along the others";
  let semantics = "result[i...] = i[dim]";
  let shapes = "one size operand per `?` of the result, in order (C1); 0 <= dim < rank (C2), the last dimension unless given; the dtype holds the positions (C3): "
               "where the size is free, positions beyond wrap, or are infinite";
  let vjp = "none: no tensor operands";
  let source = "StableHLO iota";
  let example = "%i = nn.iota [%n] dim = 1 : tensor<?x8xi32>";
  let arguments = (ins Variadic<Index>:$sizes, I64Attr:$dim);
  let results = (outs NN_NumberTensor:$result);
  let assemblyFormat = "(`[` $sizes^ `]`)? custom<DimOfType>($dim, attr-dict, type($result))";
  let hasVerifier = 1;
}

def NN_DimOp : NN_KernelOp<"dim", [Pure, DeclareOpInterfaceMethods<EvaluableOpInterface>]> {
  let role = "host";
  let summary = "The size of one dimension";
  let pytorch = "torch.Tensor.size of a dimension";
  let semantics = "shape(x)[dim]";
  let shapes = "x: any tensor; 0 <= dim < rank (C1)";
  let vjp = "zero: depends on the shape only";
  let source = "tensor.dim";
  let example = "%n = nn.dim %x, 0 : tensor<?x8xf32>";
  let arguments = (ins NN_Tensor:$x, I64Attr:$dim);
  let results = (outs Index:$result);
  let assemblyFormat = "$x `,` $dim attr-dict `:` type($x)";
  let hasVerifier = 1;
  let hasFolder = 1;
}

def NN_BroadcastOp : NN_KernelOp<"broadcast", [Pure, DeclareOpInterfaceMethods<DimensionOpInterface>,
    DeclareOpInterfaceMethods<EvaluableOpInterface>, DeclareOpInterfaceMethods<DifferentiableOpInterface>]> {
  let role = "inlined";
  let summary = "Copies along new dimensions";
  let pytorch = "torch.Tensor.expand; dimensions are named, and one of size 1 is not stretched";
  let semantics = "result[i...] = x[i[dims[0]], i[dims[1]], ...]";
  let shapes = "dims names the result dimension of every dimension of x, increasing (C1), of equal size (C2); one size "
               "operand per `?` of the result, in order (C3); one dtype (C4). A dimension of size 1 is not stretched: reshape it away";
  let vjp = "dx = reduce sum of dy over the dimensions not in dims";
  let source = "StableHLO broadcast_in_dim, without stretching";
  let example = "%y = nn.broadcast %x [%n] dims = [1] : tensor<5xf32> -> tensor<?x5xf32>";
  let arguments = (ins NN_Tensor:$x, Variadic<Index>:$sizes, DenseI64ArrayAttr:$dims);
  let results = (outs NN_Tensor:$result);
  let assemblyFormat = "$x (`[` $sizes^ `]`)? `dims` `=` $dims attr-dict `:` type($x) `->` type($result)";
  let hasVerifier = 1;
  let hasFolder = 1;
  let extraClassDeclaration = [{
    /// The result dimensions that x lacks, increasing.
    ::llvm::SmallVector<int64_t> addedDims();
    std::optional<::llvm::SmallVector<int64_t>> operandDims(unsigned operand);
    ::mlir::Value splat() { return getDims().empty() ? getX() : ::mlir::Value(); }
    void collectLimits(::mlc::nn::DimensionAnalysis &sizes, ::llvm::SmallVectorImpl<::mlc::nn::SizeLimit> &limits);
  }];
}

def NN_ReshapeOp : NN_KernelOp<"reshape", [Pure, DeclareOpInterfaceMethods<DimensionOpInterface>,
    DeclareOpInterfaceMethods<EvaluableOpInterface>, DeclareOpInterfaceMethods<DifferentiableOpInterface>]> {
  let role = "relocating";
  let summary = "The same elements, in row-major order, under another shape";
  let pytorch = "torch.Tensor.reshape";
  let semantics = "element k of the result is element k of x";
  let shapes = "equal element counts (C1); one size operand per `?` of the result, in order, or none if it has exactly one "
               "`?`, which then follows from the count (C2); one dtype (C3)";
  let vjp = "dx = reshape of dy to the shape of x";
  let source = "StableHLO dynamic_reshape";
  let example = "%y = nn.reshape %x : tensor<?x28x28xf32> -> tensor<?x784xf32>";
  let arguments = (ins NN_Tensor:$x, Variadic<Index>:$sizes);
  let results = (outs NN_Tensor:$result);
  let assemblyFormat = "$x (`[` $sizes^ `]`)? attr-dict `:` type($x) `->` type($result)";
  let extraClassDeclaration = [{
    std::optional<int64_t> rowInResult(unsigned operand, int64_t dim);
    bool isView(::mlc::nn::DimensionAnalysis &sizes) { return true; }
    ::mlc::nn::View view(unsigned result) { return {getX(), /*isWhole=*/true}; }
    void collectLimits(::mlc::nn::DimensionAnalysis &sizes, ::llvm::SmallVectorImpl<::mlc::nn::SizeLimit> &limits);
  }];
  let hasVerifier = 1;
  let hasFolder = 1;
}

def NN_TransposeOp : NN_DifferentiableOp<"transpose"> {
  let role = "relocating";
  let segment = "transpose";
  let summary = "Dimensions in another order";
  let pytorch = "torch.permute";
  let semantics = "shape(result)[d] = shape(x)[permutation[d]]";
  let shapes = "permutation is a permutation of the dimensions of x (C1)";
  let vjp = "dx = transpose of dy by the inverse permutation";
  let source = "StableHLO transpose";
  let example = "%y = nn.transpose %x permutation = [1, 0] : tensor<4x8xf32>";
  let arguments = (ins NN_Tensor:$x, DenseI64ArrayAttr:$permutation);
  let results = (outs NN_Tensor:$result);
  let assemblyFormat = "$x `permutation` `=` $permutation attr-dict `:` type($x)";
  let extraClassDeclaration = [{
    std::optional<::llvm::SmallVector<int64_t>> permutation() { return ::llvm::SmallVector<int64_t>(getPermutation()); }
  }];
  let hasFolder = 1;
}

def NN_ReverseOp : NN_DifferentiableOp<"reverse"> {
  let role = "isKernelOfWindows(getResult()) ? inlined : relocating";
  let summary = "Elements in the opposite order along some dimensions";
  let pytorch = "torch.flip";
  let semantics = "result[..., i, ...] = x[..., size - 1 - i, ...] for every dimension in dims";
  let shapes = "dims are distinct dimensions of x (C1)";
  let vjp = "dx = reverse of dy";
  let source = "StableHLO reverse";
  let example = "%y = nn.reverse %x dims = [0] : tensor<4x8xf32>";
  let arguments = (ins NN_Tensor:$x, DenseI64ArrayAttr:$dims);
  let results = (outs NN_Tensor:$result);
  let assemblyFormat = "$x `dims` `=` $dims attr-dict `:` type($x)";
  let extraClassDeclaration = [{
    std::optional<::llvm::SmallVector<int64_t>> operandDims(unsigned operand) { return std::nullopt; }
    std::optional<::llvm::SmallVector<::mlc::nn::ViewStep>> viewSteps();
  }];
}

def NN_ConcatOp : NN_DifferentiableOp<"concat"> {
  let role = "relocating";
  let segment = "concat";
  let summary = "Tensors one after the other along a dimension";
  let pytorch = "torch.cat";
  let semantics = "the operands, joined along dim";
  let shapes = "at least one operand (C1); equal dtype (C2), rank (C3) and sizes except along dim (C4); 0 <= dim < rank (C5)";
  let vjp = "d(operand i) = the slice of dy that it fills";
  let source = "StableHLO concatenate";
  let example = "%y = nn.concat %a, %b dim = 0 : tensor<2x8xf32>, tensor<3x8xf32>";
  let arguments = (ins Variadic<NN_Tensor>:$inputs, I64Attr:$dim);
  let results = (outs NN_Tensor:$result);
  let assemblyFormat = "$inputs `dim` `=` $dim attr-dict `:` type($inputs)";
  let extraClassDeclaration = [{
    /// Whether the operands lie one after the other in the result.
    bool isView(::mlc::nn::DimensionAnalysis &sizes);
    bool joinsOperands() { return true; }
    ::llvm::SmallVector<::mlir::AffineExpr> pieceOffsets(::mlc::nn::DimensionAnalysis &sizes);
    void collectEqualSizes(::mlc::nn::DimensionAnalysis &sizes, ::llvm::SmallVectorImpl<::mlc::nn::SizePair> &pairs);
  }];
}

def NN_SliceOp : NN_DifferentiableOp<"slice", [AttrSizedOperandSegments]> {
  let role = "viewSteps() && isKernelOfWindows(getResult()) ? inlined : relocating";
  let summary = "A strided box of a tensor";
  let pytorch = "indexing with start:stop:step; a start given by data is clamped instead of refused";
  let semantics = "result[i...] = x[offset + i * stride, ...]";
  let shapes = "one offset, size and stride per dimension of x (C1); strides >= 1 (C2), all 1 unless given; where static, offset >= 0, size >= 0 and "
               "offset + (size - 1) * stride < the size of x (C3); an operand for every dynamic marker (C4): `index` for sizes, `index` or data, a "
               "tensor<i64> or tensor<i32> whose types follow that of x, for offsets. Offsets are "
               "clamped to [0, size of x - extent of the box], so that the box stays inside; a box larger than x is refused at run time";
  let vjp = "dx = zeros with dy written at the box";
  let source = "tensor.extract_slice, StableHLO dynamic_slice for the clamp";
  let example = "%y = nn.slice %x [0, %o] [4, 2] [1, 1] : tensor<4x8xf32>, tensor<i64>";
  let arguments = (ins NN_Tensor:$x, Variadic<NN_Offset>:$offsets, Variadic<Index>:$sizes,
                       DenseI64ArrayAttr:$staticOffsets, DenseI64ArrayAttr:$staticSizes, DenseI64ArrayAttr:$strides);
  let results = (outs NN_Tensor:$result);
  let assemblyFormat = [{
    $x custom<DynamicIndexList>($offsets, $staticOffsets) custom<DynamicIndexList>($sizes, $staticSizes)
    custom<Strides>($strides, ref($staticOffsets)) attr-dict
    `:` type($x) `` custom<OffsetTypes>(type($offsets), ref($offsets))
  }];
  let extraClassDeclaration = [{
    ::llvm::SmallVector<::mlir::OpFoldResult> getMixedOffsets();
    ::llvm::SmallVector<::mlir::OpFoldResult> getMixedSizes();
    /// Whether every offset and size is an attribute.
    bool isStatic();
    /// Whether the box is one run of bytes of x: unit strides, and after the first dimension of more than one element every
    /// dimension whole.
    bool isView(::mlc::nn::DimensionAnalysis &sizes);
    ::mlc::nn::View view(unsigned result) { return {getX(), /*isWhole=*/false}; }
    ::mlir::AffineExpr viewOffset(unsigned result, ::mlc::nn::DimensionAnalysis &sizes);
    std::optional<::llvm::SmallVector<int64_t>> operandDims(unsigned operand) { return std::nullopt; }
    /// None: the sizes that it says are those of all rows.
    std::optional<int64_t> rowInResult(unsigned operand, int64_t dim) { return std::nullopt; }
    std::optional<::llvm::SmallVector<::mlc::nn::ViewStep>> viewSteps();
    ::mlir::AffineExpr elementsRead(unsigned operand, ::mlc::nn::DimensionAnalysis &sizes);
    void collectLimits(::mlc::nn::DimensionAnalysis &sizes, ::llvm::SmallVectorImpl<::mlc::nn::SizeLimit> &limits);
  }];
  let builders = [
    OpBuilder<(ins "::mlir::Value":$x, "::llvm::ArrayRef<::mlir::OpFoldResult>":$offsets,
                   "::llvm::ArrayRef<::mlir::OpFoldResult>":$sizes, "::llvm::ArrayRef<int64_t>":$strides)>
  ];
  let hasVerifier = 1;
  let hasFolder = 1;
}

def NN_UpdateSliceOp : NN_DifferentiableOp<"update_slice"> {
  let role = "(*this)->hasAttr(kInPlaceAttr) ? whole : relocating";
  let segment = "box";
  let summary = "A tensor with a box replaced";
  let pytorch = "torch.slice_scatter, in every dimension at once; a start given by data is clamped";
  let semantics = "x, except that the box of the shape of update at the offsets holds update";
  let shapes = "x and update of one rank (C1) and dtype (C2); where static, the box of update at the offset lies inside x (C3); "
               "one offset per dimension (C4), an operand for every dynamic marker (C5): `index`, or data, a tensor<i64> or tensor<i32> "
               "whose types follow that of update. Offsets are clamped to [0, size of x - size of update], so that the box stays inside; "
               "an update larger than x is refused at run time. Where x is what a state holds and the result is written back to it, only "
               "the box is written, in place";
  let vjp = "dx = dy with zeros in the box; dupdate = the box of dy";
  let source = "StableHLO dynamic_update_slice";
  let example = "%y = nn.update_slice %x, %u [0, %o] : tensor<4x8xf32>, tensor<4x2xf32>, tensor<i64>";
  let arguments = (ins NN_Tensor:$x, NN_Tensor:$update, Variadic<NN_Offset>:$offsets, DenseI64ArrayAttr:$staticOffsets);
  let results = (outs NN_Tensor:$result);
  let assemblyFormat = [{
    $x `,` $update custom<DynamicIndexList>($offsets, $staticOffsets) attr-dict `:` type($x) `,` type($update) ``
    custom<OffsetTypes>(type($offsets), ref($offsets))
  }];
  let extraClassDeclaration = [{
    ::llvm::SmallVector<::mlir::OpFoldResult> getMixedOffsets();
    ::mlir::Value overwritable() { return getX(); }
    ::mlir::AffineExpr elementsRead(unsigned operand, ::mlc::nn::DimensionAnalysis &sizes);
    ::mlir::AffineExpr elementsWritten(::mlc::nn::DimensionAnalysis &sizes);
    void collectLimits(::mlc::nn::DimensionAnalysis &sizes, ::llvm::SmallVectorImpl<::mlc::nn::SizeLimit> &limits);
  }];
  let hasVerifier = 1;
  let builders = [
    OpBuilder<(ins "::mlir::Value":$x, "::mlir::Value":$update, "::llvm::ArrayRef<::mlir::OpFoldResult>":$offsets)>
  ];
}

def NN_PadOp : NN_DifferentiableOp<"pad"> {
  let role = "isReducedInWindows() ? inlined : relocating";
  let summary = "A tensor surrounded, and interleaved, by one value";
  let pytorch = "torch.nn.functional.pad in the mode constant, plus interior padding; sizes are not negative";
  let semantics = "x with low values before, high after and interior between neighbours, per dimension";
  let shapes = "value: rank 0, the dtype of x (C1); low, high, interior, in any order: one per dimension (C2), none negative (C3), zeros unless given; sizes stay "
               "below 2^63 (C4)";
  let vjp = "dx = the strided slice of dy; dvalue = the sum of the rest";
  let source = "StableHLO pad, without negative padding";
  let example = "%y = nn.pad %x, %v low = [1, 0] high = [0, 2] interior = [0, 0] : tensor<4x8xf32>, tensor<f32>";
  let arguments = (ins NN_Tensor:$x, NN_Tensor:$value, DenseI64ArrayAttr:$low, DenseI64ArrayAttr:$high,
                       DenseI64ArrayAttr:$interior);
  let results = (outs NN_Tensor:$result);
  let assemblyFormat = [{
    $x `,` $value custom<Padding>($low, $high, $interior) attr-dict `:` type($x) `,` type($value)
  }];
  let extraClassDeclaration = [{
    std::optional<int64_t> rowInResult(unsigned operand, int64_t dim);
    std::optional<::llvm::SmallVector<int64_t>> operandDims(unsigned operand) { return std::nullopt; }
    /// Whether windows alone read it, and reductions those: a border that is computed with them is cheaper than a copy of x.
    bool isReducedInWindows();
  }];
}

def NN_SplitOp : NN_CompositeOp<"split", [DeclareOpInterfaceMethods<DimensionOpInterface>, DeclareOpInterfaceMethods<DifferentiableOpInterface>]> {
  let summary = "The pieces of a tensor along a dimension";
  let pytorch = "torch.chunk with `parts`, which must divide the size; torch.split with `sizes`, which are those of all pieces";
  let semantics = "slices of x, one after the other along dim, the last dimension unless given: as many of equal size as `parts` says, or of the sizes of `sizes`, "
                  "where one may be -1, which is what the others leave";
  let shapes = "parts or sizes, not both (C1); 0 <= dim < rank (C2); 1 to 4096 pieces (C3), and where the size of x is static: parts divides it, the sizes sum up to it (C4). "
               "A size of x that is known at run time is checked at the call. No size is negative, but one -1 (C5)";
  let vjp = "dx = the cotangents of the pieces, one after the other";
  let source = "torch.split, torch.chunk";
  let example = "%q, %k, %v = nn.split %x sizes = [32, 8, 8] dim = 1 : tensor<?x48xf32>";
  let arguments = (ins NN_Tensor:$x, OptionalAttr<I64Attr>:$parts, OptionalAttr<DenseI64ArrayAttr>:$sizes, I64Attr:$dim);
  let results = (outs Variadic<NN_Tensor>:$pieces);
  let assemblyFormat = "$x custom<Pieces>($parts, $sizes, $dim, attr-dict, type($x))";
}

def NN_StackOp : NN_CompositeOp<"stack", [DeclareOpInterfaceMethods<DimensionOpInterface>]> {
  let summary = "Tensors of one shape side by side along a new dimension";
  let pytorch = "torch.stack";
  let semantics = "result[..., i, ...] = operand i, i along the dimension dim of the result, 0 unless given";
  let shapes = "at least one operand (C1); equal shapes and dtypes (C2); 0 <= dim <= rank of the operands (C3). One type alone is that of all operands";
  let vjp = "d(operand i) = dy at i along dim";
  let source = "torch.stack";
  let example = "%y = nn.stack %a, %b dim = 1 : tensor<4x8xf32>";
  let arguments = (ins Variadic<NN_Tensor>:$inputs, DefaultValuedAttr<I64Attr, "0">:$dim);
  let results = (outs NN_Tensor:$result);
  let assemblyFormat = "$inputs oilist(`dim` `=` custom<Whole>($dim)) attr-dict `:` custom<OneOrAllTypes>(type($inputs), ref($inputs))";
}

def NN_SqueezeOp : NN_CompositeOp<"squeeze", [DeclareOpInterfaceMethods<DimensionOpInterface>]> {
  let summary = "A tensor without dimensions of size 1";
  let pytorch = "torch.squeeze of the dimensions that are named, which must be of size 1; the last one where none is";
  let semantics = "the elements of x under its shape without dims";
  let shapes = "dims are distinct, increasing dimensions of x (C1), the last unless given, of size 1 (C2): where it is free, the call is refused for any other";
  let vjp = "dx = dy under the shape of x";
  let source = "torch.squeeze";
  let example = "%y = nn.squeeze %x dim = 1 : tensor<?x1x8xf32>";
  let arguments = (ins NN_Tensor:$x, DenseI64ArrayAttr:$dims);
  let results = (outs NN_Tensor:$result);
  let assemblyFormat = "$x custom<OneOrMoreDims>($dims, attr-dict, type($x))";
}

def NN_UnsqueezeOp : NN_CompositeOp<"unsqueeze", [DeclareOpInterfaceMethods<DimensionOpInterface>]> {
  let summary = "A tensor with new dimensions of size 1";
  let pytorch = "torch.unsqueeze, of several dimensions too; a new last one where none is named";
  let semantics = "the elements of x under a shape that has size 1 at dims, and that of x elsewhere";
  let shapes = "dims are distinct, increasing dimensions of the result (C1), whose rank is that of x and the number of dims; a new last one unless given";
  let vjp = "dx = dy under the shape of x";
  let source = "torch.unsqueeze";
  let example = "%y = nn.unsqueeze %x dim = 1 : tensor<?x8xf32>";
  let arguments = (ins NN_Tensor:$x, DenseI64ArrayAttr:$dims);
  let results = (outs NN_Tensor:$result);
  let assemblyFormat = "$x custom<NewDims>($dims, attr-dict, type($x))";
}

#endif
