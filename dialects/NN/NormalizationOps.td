// Composites that normalise along dimensions. Statistics of 16-bit floats are computed in f32.
#ifndef MLC_NN_NORMALIZATION_OPS
#define MLC_NN_NORMALIZATION_OPS

include "dialects/NN/CompositeBase.td"

class NN_SoftmaxLikeOp<string mnemonic>
    : NN_SameTypeCompositeOp<mnemonic, [DeclareOpInterfaceMethods<DifferentiableOpInterface>]> {
  let shapes = "0 <= dim < rank (C1), the last dimension unless given; the result has the type of x";
  let arguments = (ins NN_FloatTensor:$x, I64Attr:$dim);
  let assemblyFormat = "$x custom<DimOfType>($dim, attr-dict, type($x))";
  let hasVerifier = 1;
  let example = "%y = nn." # mnemonic # " %x dim = 1 : tensor<4x8xf32>";
}

def NN_SoftmaxOp : NN_SoftmaxLikeOp<"softmax"> {
  let summary = "Exponentials along a dimension, scaled to sum to 1";
  let pytorch = "torch.nn.functional.softmax; the dimension is the last unless given";
  let semantics = "exp(x - max(x)) / sum(exp(x - max(x))) along dim; where all of x is -inf NaN, or 0 with `masked`";
  let vjp = "dx = y (dy - sum(dy y)): keeps the result only; 0 where `masked` gives 0";
  let source = "Bridle 1990; torch.nn.functional.softmax";
  let arguments = (ins NN_FloatTensor:$x, I64Attr:$dim, UnitAttr:$masked);
  let assemblyFormat = "$x (`masked` $masked^)? custom<DimOfType>($dim, attr-dict, type($x))";
}

def NN_LogSoftmaxOp : NN_SoftmaxLikeOp<"log_softmax"> {
  let summary = "Logarithm of the softmax along a dimension";
  let pytorch = "torch.nn.functional.log_softmax; the dimension is the last unless given";
  let semantics = "x - max(x) - log(sum(exp(x - max(x)))) along dim";
  let vjp = "dx = dy - exp(y) sum(dy): keeps the result only";
  let source = "torch.nn.functional.log_softmax";
}

def NN_LogSumExpOp : NN_CompositeOp<"logsumexp", [DeclareOpInterfaceMethods<DimensionOpInterface>,
                                                  DeclareOpInterfaceMethods<DifferentiableOpInterface>]> {
  let summary = "Logarithm of the sum of exponentials along dimensions";
  let pytorch = "torch.logsumexp; the dimension is the last unless given";
  let semantics = "m + log(sum(exp(x - m))), m = max(x) where that is finite, else 0; -inf where all of x is that";
  let shapes = "dims are distinct, increasing dimensions of x (C1), the last unless given, dropped from the result";
  let vjp = "dx = dy exp(x - m) / sum(exp(x - m)): keeps x and two numbers per row; where all of x is -inf NaN, or 0 with `masked`";
  let source = "torch.logsumexp";
  let example = "%y = nn.logsumexp %x dims = [1] : tensor<4x8xf32>";
  let arguments = (ins NN_FloatTensor:$x, DenseI64ArrayAttr:$dims, UnitAttr:$masked);
  let results = (outs NN_Tensor:$result);
  let assemblyFormat = "$x (`masked` $masked^)? custom<DimsOfType>($dims, attr-dict, type($x))";
}

def NN_LayerNormOp : NN_SameTypeCompositeOp<"layer_norm", [DeclareOpInterfaceMethods<DifferentiableOpInterface>]> {
  let summary = "Normalization over the last dimension, scaled and shifted";
  let pytorch = "torch.nn.functional.layer_norm over the last dimension; scale and bias are required";
  let semantics = "scale (x - mean(x)) rsqrt(var(x) + epsilon) + bias, var the mean square of x - mean(x)";
  let shapes = "x, y: [..., C], rank >= 1 (C1); scale, bias: [C] (C2); equal dtypes (C3); epsilon >= 0 (C4), a number of the dtype, or of f32 where that is narrower (C5). mean and var over C";
  let vjp = "with h = (x - mean) rsqrt(var + epsilon) and u = scale dy: dx = rsqrt(var + epsilon) (u - mean(u) - h mean(u h)), "
            "dscale = sum(dy h), dbias = sum(dy): keeps x and two numbers per row";
  let source = "Ba et al. 2016, arXiv:1607.06450, eq. 4; torch.nn.functional.layer_norm";
  let example = "%y = nn.layer_norm %x, %scale, %bias epsilon = 1.0e-5 : tensor<2x8x64xf32>, tensor<64xf32>, tensor<64xf32>";
  let arguments = (ins NN_FloatTensor:$x, NN_FloatTensor:$scale, NN_FloatTensor:$bias,
                       DefaultValuedAttr<F64Attr, "1.0e-5">:$epsilon);
  let assemblyFormat = [{
    $x `,` $scale `,` $bias oilist(`epsilon` `=` custom<Number>($epsilon)) attr-dict `:` custom<OperandTypes>(type($x), type($scale), type($bias))
  }];
  let hasVerifier = 1;
}

def NN_RmsNormOp : NN_SameTypeCompositeOp<"rms_norm"> {
  let summary = "Division by the root of the mean square of the last dimension, scaled";
  let pytorch = "torch.nn.functional.rms_norm over the last dimension; epsilon is 1.0e-5 unless given, where PyTorch takes the dtype's";
  let vjp = "with r = rsqrt(mean(x^2) + epsilon), h = x r and u = scale dy: dx = r (u - h mean(u h)), dscale = sum(dy h)";
  let semantics = "scale x rsqrt(mean(x^2) + epsilon)";
  let shapes = "x, y: [..., C], rank >= 1 (C1); scale: [C] (C2); equal dtypes (C3); epsilon >= 0 (C4), a number of the dtype, or of f32 where that is narrower (C5). mean over C";
  let source = "Zhang and Sennrich 2019, arXiv:1910.07467, eq. 4; torch.nn.functional.rms_norm of PyTorch 2";
  let example = "%y = nn.rms_norm %x, %scale epsilon = 1.0e-5 : tensor<2x8x64xf32>, tensor<64xf32>";
  let arguments = (ins NN_FloatTensor:$x, NN_FloatTensor:$scale, DefaultValuedAttr<F64Attr, "1.0e-5">:$epsilon);
  let assemblyFormat = "$x `,` $scale oilist(`epsilon` `=` custom<Number>($epsilon)) attr-dict `:` custom<OperandTypes>(type($x), type($scale))";
  let hasVerifier = 1;
}

class NN_ChannelNormOp<string mnemonic> : NN_SameTypeCompositeOp<mnemonic, [AllTypesMatch<["scale", "bias"]>]> {
  let hasVerifier = 1;
}

def NN_GroupNormOp : NN_ChannelNormOp<"group_norm"> {
  let summary = "Normalization over groups of channels, scaled and shifted by channel";
  let pytorch = "torch.nn.functional.group_norm; scale and bias are required";
  let vjp = "that of nn.layer_norm, its means over a group; dscale and dbias are sums over all but the channels";
  let semantics = "scale (x - mean(x)) rsqrt(var(x) + epsilon) + bias, mean and var over the channels of a group and all that follows them";
  let shapes = "x, y: [N, C, ...], rank >= 2 (C1); scale, bias: [C] (C2); equal dtypes (C3); epsilon >= 0 (C4), a number of the dtype, or of f32 "
               "where that is narrower (C5); groups divides C, which is static (C6)";
  let source = "Wu and He 2018, arXiv:1803.08494, section 3; torch.nn.functional.group_norm";
  let example = "%y = nn.group_norm %x, %scale, %bias groups = 4 : tensor<?x8x6xf32>, tensor<8xf32>";
  let arguments = (ins NN_FloatTensor:$x, NN_FloatTensor:$scale, NN_FloatTensor:$bias, I64Attr:$groups,
                       DefaultValuedAttr<F64Attr, "1.0e-5">:$epsilon);
  let assemblyFormat = "$x `,` $scale `,` $bias `groups` `=` $groups oilist(`epsilon` `=` custom<Number>($epsilon)) attr-dict `:` type($x) `,` type($scale)";
}

def NN_InstanceNormOp : NN_ChannelNormOp<"instance_norm"> {
  let summary = "Normalization of every channel, scaled and shifted";
  let pytorch = "torch.nn.functional.instance_norm with the statistics of its input; scale and bias are required";
  let vjp = "that of nn.layer_norm, its means over a channel of a sample; dscale and dbias are sums over all but the channels";
  let semantics = "scale (x - mean(x)) rsqrt(var(x) + epsilon) + bias, mean and var over all that follows the channels";
  let shapes = "x, y: [N, C, ...], rank >= 2 (C1); scale, bias: [C] (C2); equal dtypes (C3); epsilon >= 0 (C4), a number of the dtype, or of f32 "
               "where that is narrower (C5)";
  let source = "Ulyanov et al. 2016, arXiv:1607.08022, eq. 3; torch.nn.functional.instance_norm";
  let example = "%y = nn.instance_norm %x, %scale, %bias : tensor<?x8x6xf32>, tensor<8xf32>";
  let arguments = (ins NN_FloatTensor:$x, NN_FloatTensor:$scale, NN_FloatTensor:$bias, DefaultValuedAttr<F64Attr, "1.0e-5">:$epsilon);
  let assemblyFormat = "$x `,` $scale `,` $bias oilist(`epsilon` `=` custom<Number>($epsilon)) attr-dict `:` type($x) `,` type($scale)";
}

def NN_BatchNormOp : NN_CompositeOp<"batch_norm", [DeclareOpInterfaceMethods<DimensionOpInterface>,
    DeclareOpInterfaceMethods<DifferentiableOpInterface>, AllTypesMatch<["scale", "bias"]>, AllTypesMatch<["mean", "variance"]>,
    DeclareOpInterfaceMethods<TrainingOpInterface>]> {
  let summary = "Normalization of every channel by the statistics of a batch, or by running ones; the running ones after it";
  let pytorch = "torch.nn.functional.batch_norm; the running statistics are results, which the model writes to its nn.state";
  let semantics = [{scale (x - mean) rsqrt(variance + epsilon) + bias, and mean and variance as they are: inference. In training (the
    differentiate phase makes it so in code reached from a nn.train_step), with m and v the mean and the mean square deviation of x over all
    but the channels, of n numbers each: scale (x - m) rsqrt(v + epsilon) + bias; (1 - momentum) mean + momentum m;
    (1 - momentum) variance + momentum v n / max(n - 1, 1)}];
  let shapes = "x: [N, C, ...], rank >= 2 (C1), or as layout = \"nhwc\" says, a letter per dimension, none twice, c the channels (C8); scale, bias: [C] (C2), of the dtype of x (C3); epsilon >= 0 (C4), a number of the dtype, or of "
               "f32 where that is narrower (C5); mean, variance: [C] of the dtype of x, or f32 where that is narrower (C6); momentum from 0 "
               "to 1 (C7). The results have the types of x, mean and variance";
  let vjp = "with h = (x - m) rsqrt(v + epsilon) and u = scale dy: dx = rsqrt(v + epsilon) (u - mean(u) - h mean(u h)), "
            "dscale = sum(dy h), dbias = sum(dy): keeps x and two numbers per channel; and what the running statistics have";
  let source = "Ioffe and Szegedy 2015, arXiv:1502.03167, algorithms 1 and 2; torch.nn.functional.batch_norm";
  let example = "%y, %m, %v = nn.batch_norm %x, %scale, %bias, %mean, %variance momentum = 0.1 : tensor<?x8xf32>, tensor<8xf32>, tensor<8xf32>";
  let arguments = (ins NN_FloatTensor:$x, NN_FloatTensor:$scale, NN_FloatTensor:$bias, NN_FloatTensor:$mean, NN_FloatTensor:$variance,
                       DefaultValuedAttr<F64Attr, "0.1">:$momentum, DefaultValuedAttr<F64Attr, "1.0e-5">:$epsilon, OptionalAttr<StrAttr>:$layout,
                       UnitAttr:$training);
  let results = (outs NN_Tensor:$result, NN_Tensor:$newMean, NN_Tensor:$newVariance);
  let assemblyFormat = [{
    $x `,` $scale `,` $bias `,` $mean `,` $variance oilist(`momentum` `=` custom<Number>($momentum)
    | `epsilon` `=` custom<Number>($epsilon) | `layout` `=` custom<Layout>($layout) | `training` $training) attr-dict
    `:` type($x) `,` type($scale) `,` type($mean)
  }];
  let extraClassDeclaration = [{
    /// The dimension of x that has the channels.
    int64_t channelDim();
  }];
  let hasVerifier = 1;
}

def NN_LocalResponseNormOp : NN_SameTypeCompositeOp<"local_response_norm", [DeclareOpInterfaceMethods<DifferentiableOpInterface>]> {
  let summary = "Division by a power of the mean square of neighbouring channels";
  let pytorch = "torch.nn.functional.local_response_norm; ONNX LRN, whose k is bias, for odd sizes: of even ones its window begins one channel later";
  let semantics = "x (k + alpha m)^(-beta), m = the sum of x^2 over the channels from c - floor(size / 2) to c + floor((size - 1) / 2) that there are, divided by size";
  let shapes = "x: [N, C, ...], rank >= 2 (C1); size from 1 to 64 (C2); alpha, beta and k are finite (C3) and numbers of the dtype, or of f32 where that is narrower (C4); the result has the type of x";
  let vjp = "with s = k + alpha m: dx = dy s^(-beta) - 2 alpha beta / size x w, w = the sum of dy x s^(-beta - 1) over the channels in whose window c is: keeps x";
  let source = "Krizhevsky et al. 2012, section 3.3; torch.nn.functional.local_response_norm";
  let example = "%y = nn.local_response_norm %x size = 5 alpha = 1.0e-4 beta = 0.75 k = 1.0 : tensor<?x8x6x6xf32>";
  let arguments = (ins NN_FloatTensor:$x, I64Attr:$size, DefaultValuedAttr<F64Attr, "1.0e-4">:$alpha, DefaultValuedAttr<F64Attr, "0.75">:$beta,
                       DefaultValuedAttr<F64Attr, "1.0">:$k);
  let assemblyFormat = [{
    $x `size` `=` custom<Whole>($size) oilist(`alpha` `=` custom<Number>($alpha) | `beta` `=` custom<Number>($beta) | `k` `=` custom<Number>($k))
    attr-dict `:` type($x)
  }];
  let hasVerifier = 1;
}

#endif
