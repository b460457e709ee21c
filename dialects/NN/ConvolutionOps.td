// Convolutions and pools, and the view that they are products and reductions of.
#ifndef MLC_NN_CONVOLUTION_OPS
#define MLC_NN_CONVOLUTION_OPS

include "dialects/NN/CompositeBase.td"

def NN_WindowsOp : NN_DifferentiableOp<"windows"> {
  let role = "inlined";
  let summary = "What a window sees at each of its positions";
  let pytorch = "torch.Tensor.unfold, of several dimensions at once and with gaps between the elements of a window; the window dimensions come right after the last "
                "of dims instead of at the end";
  let semantics = "result[..., i, ..., j, ..., r, s, ...] = x[..., i * strides[0] + r * dilations[0], ..., j * strides[1] + s * dilations[1], ...] for dims = [a, b]: i and j stand "
                  "where a and b do, r and s after the last of them. Nothing is copied: products and reductions read x through it";
  let shapes = "dims: distinct, increasing dimensions of x, one at least (C1); one size, stride and dilation, each at least 1, for every one of them (C2); a window, (size - 1) * dilation + 1 elements "
               "long, fits (C3), which is a run-time check where the size of x is free. There are (size of x - length) / stride + 1 positions, rounded down. Strides and dilations are 1 unless given";
  let vjp = "dx = the sum of what all windows that see an element have there";
  let source = "torch.Tensor.unfold; XLA's windows";
  let example = "%y = nn.windows %x dims = [1, 2] sizes = [3, 3] strides = [2, 2] : tensor<?x9x9x4xf32>";
  let arguments = (ins NN_Tensor:$x, DenseI64ArrayAttr:$dims, DenseI64ArrayAttr:$sizes, DenseI64ArrayAttr:$strides,
                       DenseI64ArrayAttr:$dilations);
  let results = (outs NN_Tensor:$result);
  let assemblyFormat = "$x custom<WindowClauses>($dims, $sizes, $strides, $dilations) attr-dict `:` type($x)";
  let extraClassDeclaration = [{
    /// For each dimension of the result the dimension of x that it runs along, and how far.
    std::optional<::llvm::SmallVector<::mlc::nn::ViewStep>> viewSteps();
    /// The first window dimension of the result.
    int64_t firstWindowDim() { return getDims().back() + 1; }
    std::optional<::llvm::SmallVector<int64_t>> operandDims(unsigned operand) { return std::nullopt; }
    void collectLimits(::mlc::nn::DimensionAnalysis &sizes, ::llvm::SmallVectorImpl<::mlc::nn::SizeLimit> &limits);
  }];
}

// A number for every spatial dimension, or one for all of them; none: the default.
def NN_PerDimension : DefaultValuedOptionalAttr<DenseI64ArrayAttr, "{}">;

def NN_ConvOp : NN_CompositeOp<"conv", [DeclareOpInterfaceMethods<DimensionOpInterface>, DeclareOpInterfaceMethods<DifferentiableOpInterface>]> {
  let summary = "Convolution of one to three dimensions, or more: products of a kernel with what it sees at each position";
  let pytorch = [{torch.nn.functional.conv1d, conv2d, conv3d; cross-correlation, as there. input_dilation puts zeros between the elements of x: with it the transposed convolution is
    one too, see nn.conv_transpose}];
  let semantics = [{y[n, o, p...] = b[o] + sum over i, k... of w[o, i, k...] * z[n, i + the first channel of the group of o, p * strides + k * dilation, ...], where z is x with input_dilation - 1 zeros between
    neighbours and then low zeros before and high ones after, in every spatial dimension. What is negative of low and high is taken away instead. The channels are in `groups` of equal size, and each output channel sees one group}];
  let shapes = [{layout = "nchw" says what the dimensions of x and the result are by a letter each: n batch, c channels, others spatial; kernel_layout = "oihw" those of w: o output channels, i channels of a group, and the same spatial letters
    (C1). Unless given: nc and oi, then "w", "hw" or "dhw" by the rank of x, from 3 to 5 (C2). The ranks are those of the words (C3). w: the dtype of x (C4); its spatial sizes are static and not 0 (C5). groups >= 1; the channels of x are groups times i and groups
    divides o, all static where there are several (C6). One stride, padding, dilation and input_dilation per spatial dimension, in the order of the layout, or one number for all; all but the padding at least 1 (C7). A window fits (C8), a run-time check where the size is free.
    b, if there is one: [o] of the dtype of x (C9). padding = [1, 2] pads by 1 and 2 at both ends of two dimensions, [0, 1, 2, 2] by 0 and 1 at the ends of the first, 2 at those of the second; `same` by as much as makes as many positions as x has elements, divided
    by the stride and rounded up, one more at the end where it is odd: not beside padding, and where strides are not 1 for static sizes only (C10). 0 and 1 unless given. 16-bit floats accumulate in f32}];
  let vjp = "dx = conv of dy with the kernel turned round and its channels exchanged, strides and input_dilation exchanged; dw = contract of the windows of x and dy; db = the sum of dy over all but the channels";
  let source = "StableHLO convolution; torch.nn.functional.conv2d";
  let example = "%y = nn.conv %x, %w strides = [2, 2] padding = [1, 1] : tensor<?x3x32x32xf32>, tensor<16x3x3x3xf32>";
  let arguments = (ins NN_NumberTensor:$x, NN_NumberTensor:$w, Optional<NN_NumberTensor>:$b, NN_PerDimension:$strides, NN_PerDimension:$padding, UnitAttr:$same,
                       NN_PerDimension:$dilation, NN_PerDimension:$inputDilation, DefaultValuedOptionalAttr<I64Attr, "1">:$groups, OptionalAttr<StrAttr>:$layout,
                       OptionalAttr<StrAttr>:$kernelLayout);
  let results = (outs NN_Tensor:$result);
  let assemblyFormat = [{
    $x `,` $w (`,` $b^)? oilist(`strides` `=` custom<PerDimension>($strides) | `padding` `=` custom<PerDimension>($padding) | `same` $same
    | `dilation` `=` custom<PerDimension>($dilation) | `input_dilation` `=` custom<PerDimension>($inputDilation) | `groups` `=` $groups
    | `layout` `=` custom<Layout>($layout) | `kernel_layout` `=` custom<Layout>($kernelLayout))
    custom<NoMoreClauses>("\"strides, padding, same, dilation, input_dilation, groups, layout, kernel_layout\"") attr-dict
    `:` type($x) `,` type($w) (`,` type($b)^)?
  }];
}

def NN_ConvTransposeOp : NN_CompositeOp<"conv_transpose", [DeclareOpInterfaceMethods<DimensionOpInterface>]> {
  let summary = "Transposed convolution: the derivative of nn.conv by its input, as an operation";
  let pytorch = "torch.nn.functional.conv_transpose1d, 2d, 3d";
  let semantics = [{conv of x with input_dilation = strides, the kernel turned round, and dilation * (size - 1) - padding zeros at either end, output_padding more at the high one}];
  let shapes = [{as of nn.conv, but kernel_layout = "iohw" says which dimension of w has the channels of x, i, all groups of them, and which the output channels of one group, o (C1); 0 <= output_padding, less than the stride or the dilation (C2). The result has
    (size of x - 1) * stride + dilation * (size of w - 1) + 1 - padding at both ends + output_padding elements along a spatial dimension}];
  let vjp = "that of the conv";
  let source = "torch.nn.functional.conv_transpose2d; Dumoulin and Visin 2016, arXiv:1603.07285, chapter 4";
  let example = "%y = nn.conv_transpose %x, %w strides = [2, 2] padding = [1, 1] : tensor<?x16x8x8xf32>, tensor<16x8x4x4xf32>";
  let arguments = (ins NN_NumberTensor:$x, NN_NumberTensor:$w, Optional<NN_NumberTensor>:$b, NN_PerDimension:$strides, NN_PerDimension:$padding,
                       NN_PerDimension:$dilation, NN_PerDimension:$outputPadding, DefaultValuedOptionalAttr<I64Attr, "1">:$groups, OptionalAttr<StrAttr>:$layout,
                       OptionalAttr<StrAttr>:$kernelLayout);
  let results = (outs NN_Tensor:$result);
  let assemblyFormat = [{
    $x `,` $w (`,` $b^)? oilist(`strides` `=` custom<PerDimension>($strides) | `padding` `=` custom<PerDimension>($padding)
    | `dilation` `=` custom<PerDimension>($dilation) | `output_padding` `=` custom<PerDimension>($outputPadding) | `groups` `=` $groups
    | `layout` `=` custom<Layout>($layout) | `kernel_layout` `=` custom<Layout>($kernelLayout))
    custom<NoMoreClauses>("\"strides, padding, dilation, output_padding, groups, layout, kernel_layout\"") attr-dict
    `:` type($x) `,` type($w) (`,` type($b)^)?
  }];
}

class NN_PoolOp<string mnemonic, list<Trait> traits = []>
    : NN_CompositeOp<mnemonic, !listconcat([DeclareOpInterfaceMethods<DimensionOpInterface>], traits)> {
  string more = "";
  string clause = ""; // one more
  string clauses = "window, strides, padding, same, dilation, ceil, layout";
  let shapes = [{layout = "nchw" says what the dimensions are by a letter each: n batch, c channels, others spatial (C1); unless given: nc, then "w", "hw" or "dhw" by the rank of x, from 3 to 5 (C2). One window size, stride, padding and
    dilation per spatial dimension, or one number for all, all but the padding at least 1 (C3); strides are the window's sizes unless given; padding and `same` are those of nn.conv, no more than half a window (C4). A window fits (C5), a run-time check where the size is free. `ceil` rounds the number of positions up, as long
    as the last window starts in x or in the padding before it (C6). }] # more;
  let results = (outs NN_Tensor:$result);
  let assemblyFormat = [{
    $x `window` `=` custom<PerDimension>($window) oilist(}] # clause # [{`strides` `=` custom<PerDimension>($strides) | `padding` `=` custom<PerDimension>($padding) | `same` $same
    | `dilation` `=` custom<PerDimension>($dilation) | `ceil` $ceil | `layout` `=` custom<Layout>($layout)) custom<NoMoreClauses>("\"}] # clauses # [{\"") attr-dict `:` type($x)
  }];
}

def NN_MaxPoolOp : NN_PoolOp<"max_pool", [DeclareOpInterfaceMethods<DifferentiableOpInterface>]> {
  let summary = "The largest element of each window";
  let pytorch = "torch.nn.functional.max_pool1d, 2d, 3d; the positions are those of nn.argmax over the dimensions of nn.windows";
  let semantics = "the maximum over the elements of x in the window at each position; what is padded counts as the smallest value; NaN if any is NaN";
  let vjp = "dx = dy at the first of the largest elements of each window, summed over the windows";
  let source = "torch.nn.functional.max_pool2d";
  let example = "%y = nn.max_pool %x window = [3, 3] strides = [2, 2] padding = [1, 1] : tensor<?x8x32x32xf32>";
  let arguments = (ins NN_NumberTensor:$x, DenseI64ArrayAttr:$window, NN_PerDimension:$strides, NN_PerDimension:$padding, UnitAttr:$same, NN_PerDimension:$dilation,
                       UnitAttr:$ceil, OptionalAttr<StrAttr>:$layout);
}

def NN_AvgPoolOp : NN_PoolOp<"avg_pool", [DeclareOpInterfaceMethods<DifferentiableOpInterface>]> {
  let summary = "The mean of each window";
  let vjp = "dx = dy divided by those numbers, summed over the windows";
  let pytorch = "torch.nn.functional.avg_pool1d, 2d, 3d, with dilation; `exclude_padding` is count_include_pad = False";
  let semantics = "the sum over the elements of x in the window at each position, what is padded counting as 0, divided by the number of elements of a window that are in x or its padding, or with `exclude_padding` in x";
  let source = "torch.nn.functional.avg_pool2d";
  let example = "%y = nn.avg_pool %x window = [2, 2] : tensor<?x8x32x32xf32>";
  let clause = "`exclude_padding` $excludePadding | ";
  let clauses = "window, strides, padding, same, dilation, ceil, exclude_padding, layout";
  let arguments = (ins NN_FloatTensor:$x, DenseI64ArrayAttr:$window, NN_PerDimension:$strides, NN_PerDimension:$padding, UnitAttr:$same, NN_PerDimension:$dilation,
                       UnitAttr:$ceil, UnitAttr:$excludePadding, OptionalAttr<StrAttr>:$layout);
}

def NN_LpPoolOp : NN_PoolOp<"lp_pool"> {
  let summary = "The p-norm of each window";
  let pytorch = "torch.nn.functional.lp_pool1d, 2d, where x is not made positive: an odd norm of negative sums is NaN or 0 there";
  let semantics = "(sum over the elements of x in the window at each position of |x|^norm)^(1 / norm), what is padded counting as 0";
  let more = "norm > 0 (C7), 2 unless given";
  let source = "ONNX LpPool";
  let example = "%y = nn.lp_pool %x window = [2, 2] norm = 2.0 : tensor<?x8x32x32xf32>";
  let clause = "`norm` `=` custom<Number>($norm) | ";
  let clauses = "window, norm, strides, padding, same, dilation, ceil, layout";
  let arguments = (ins NN_FloatTensor:$x, DenseI64ArrayAttr:$window, DefaultValuedOptionalAttr<F64Attr, "2.0">:$norm, NN_PerDimension:$strides, NN_PerDimension:$padding,
                       UnitAttr:$same, NN_PerDimension:$dilation, UnitAttr:$ceil, OptionalAttr<StrAttr>:$layout);
}

class NN_AdaptivePoolOp<string mnemonic, list<Trait> traits = []>
    : NN_CompositeOp<mnemonic, !listconcat([DeclareOpInterfaceMethods<DimensionOpInterface>], traits)> {
  string more = "";
  let shapes = [{layout as of nn.max_pool (C1, C2). `sizes`, those of the result, has a number per spatial dimension, in the order of the layout, or one for all (C3), each at least 1 and at most 2^30, as those of x
    are (C4). x has elements along every spatial dimension (C5): where a size is free, a call with none is refused. A dimension of free size is pooled to 1 only, so far (C6)}] # more;
  let results = (outs NN_Tensor:$result);
  let assemblyFormat = [{
    $x `sizes` `=` custom<PerDimension>($sizes) oilist(`layout` `=` custom<Layout>($layout)) custom<NoMoreClauses>("\"sizes, layout\"") attr-dict `:` type($x)
  }];
}

def NN_AdaptiveMaxPoolOp : NN_AdaptivePoolOp<"adaptive_max_pool"> {
  let summary = "The largest element of each of as many windows as said";
  let pytorch = "torch.nn.functional.adaptive_max_pool1d, 2d, 3d; a None of its output_size is the size of x";
  let semantics = [{along a spatial dimension of s elements, of which the result has n, the window at position i has the elements from floor(i s / n) up to, and without, ceil((i + 1) s / n): where n does not divide s, windows
    may differ by one in length and share an element. The result is the maximum over the elements of x in the window at each position; NaN if any is NaN. sizes = 1: over all positions}];
  let vjp = "dx = dy at the first of the largest elements of each window, summed over the windows";
  let source = "torch.nn.functional.adaptive_max_pool2d";
  let example = "%y = nn.adaptive_max_pool %x sizes = [3, 4] : tensor<?x8x10x8xf32>";
  let arguments = (ins NN_NumberTensor:$x, DenseI64ArrayAttr:$sizes, OptionalAttr<StrAttr>:$layout);
}

def NN_AdaptiveAvgPoolOp : NN_AdaptivePoolOp<"adaptive_avg_pool", [DeclareOpInterfaceMethods<DifferentiableOpInterface>]> {
  let summary = "The mean of each of as many windows as said; of one, global average pooling";
  let pytorch = "torch.nn.functional.adaptive_avg_pool1d, 2d, 3d; a None of its output_size is the size of x. Also interpolate in mode area";
  let semantics = "the mean over the elements of x in the window at each position; the windows are those of nn.adaptive_max_pool. sizes = 1: the mean over all positions";
  let more = ". 16-bit floats accumulate in f32";
  let vjp = "dx = the sum over the windows that see an element of dy divided by how many elements they have: those are the windows of as many positions as x has elements over the result";
  let source = "torch.nn.functional.adaptive_avg_pool2d";
  let example = "%y = nn.adaptive_avg_pool %x sizes = 1 : tensor<?x8x?x?xf32>";
  let arguments = (ins NN_FloatTensor:$x, DenseI64ArrayAttr:$sizes, OptionalAttr<StrAttr>:$layout);
}

#endif
