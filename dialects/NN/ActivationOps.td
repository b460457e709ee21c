// Composites that act on every element. 16-bit floats are computed in f32 and rounded once, except where nothing is computed.
#ifndef MLC_NN_ACTIVATION_OPS
#define MLC_NN_ACTIVATION_OPS

include "dialects/NN/CompositeBase.td"

class NN_ActivationOp<string mnemonic, list<Trait> traits = []> : NN_SameTypeCompositeOp<mnemonic, traits> {
  let shapes = "the result has the type of x";
  let arguments = (ins NN_FloatTensor:$x);
  let assemblyFormat = "$x attr-dict `:` type($x)";
  let example = "%y = nn." # mnemonic # " %x : tensor<4xf32>";
}

def NN_ReluOp : NN_ActivationOp<"relu"> {
  let summary = "Rectified linear unit: negative elements become 0";
  let pytorch = "torch.nn.functional.relu";
  let vjp = "dy where x > 0 or NaN, else 0";
  let semantics = "x <= 0 ? 0 : x; NaN stays NaN; the derivative at 0 is 0";
  let source = "Glorot et al. 2011; torch.nn.functional.relu";
}

class NN_SlopedOp<string mnemonic, string name, string value> : NN_ActivationOp<mnemonic> {
  let shapes = "the result has the type of x; " # name # " is a number of the dtype, or of f32 where that is narrower (C1)";
  let assemblyFormat = "$x oilist(`" # name # "` `=` custom<Number>($" # name # ")) attr-dict `:` type($x)";
  let hasVerifier = 1;
  let example = "%y = nn." # mnemonic # " %x " # name # " = " # value # " : tensor<4xf32>";
}
def NN_LeakyReluOp : NN_SlopedOp<"leaky_relu", "slope", "0.01"> {
  let summary = "Rectified linear unit with a slope for negative elements";
  let pytorch = "torch.nn.functional.leaky_relu; negative_slope is slope";
  let vjp = "dy where x > 0, else slope dy";
  let semantics = "x > 0 ? x : slope x; the derivative at 0 is slope";
  let source = "Maas et al. 2013; torch.nn.functional.leaky_relu";
  let arguments = (ins NN_FloatTensor:$x, DefaultValuedAttr<F64Attr, "0.01">:$slope);
}
def NN_EluOp : NN_SlopedOp<"elu", "alpha", "1.0"> {
  let summary = "Exponential linear unit";
  let pytorch = "torch.nn.functional.elu; exp(x) - 1 keeps its digits near 0";
  let vjp = "dy where x > 0, else alpha exp(x) dy";
  let semantics = "x > 0 ? x : alpha expm1(x); the derivative at 0 is alpha";
  let source = "Clevert et al. 2015, arXiv:1511.07289; torch.nn.functional.elu";
  let arguments = (ins NN_FloatTensor:$x, DefaultValuedAttr<F64Attr, "1.0">:$alpha);
}
def NN_SeluOp : NN_ActivationOp<"selu"> {
  let summary = "Scaled exponential linear unit, which keeps mean 0 and variance 1";
  let pytorch = "torch.nn.functional.selu; exp(x) - 1 keeps its digits near 0";
  let vjp = "s dy where x > 0, else s a exp(x) dy";
  let semantics = "s (x > 0 ? x : a expm1(x)), s = 1.0507009873554805, a = 1.6732632423543772; the derivative at 0 is s a";
  let source = "Klambauer et al. 2017, arXiv:1706.02515; torch.nn.functional.selu";
}

def NN_GeluApproximation : I32EnumAttr<"GeluApproximation", "how the normal distribution is computed", [
    I32EnumAttrCase<"none", 0>, I32EnumAttrCase<"tanh", 1>]> {
  let cppNamespace = "::mlc::nn";
  let genSpecializedAttr = 0;
}
def NN_GeluApproximationAttr : EnumAttr<NN_Dialect, NN_GeluApproximation, "gelu_approximation">;

def NN_GeluOp : NN_ActivationOp<"gelu", [DeclareOpInterfaceMethods<DifferentiableOpInterface>]> {
  let summary = "Gaussian error linear unit";
  let pytorch = "torch.nn.functional.gelu; 0 at -inf, where PyTorch has NaN; the tail below -8 keeps its digits";
  let semantics = "x erfc(-x / sqrt(2)) / 2; approximate = tanh: x (1 + tanh(sqrt(2 / pi) (x + 0.044715 x^3))) / 2; "
                  "0 at -inf, where PyTorch has NaN";
  let vjp = "dy (Phi(x) + x Phi'(x)), Phi as above without the factor x: what costs is shared with the forward pass; 0 at -inf, 1 at inf";
  let source = "Hendrycks and Gimpel 2016, arXiv:1606.08415; torch.nn.functional.gelu";
  let example = "%y = nn.gelu %x approximate = tanh : tensor<4xf32>";
  let arguments = (ins NN_FloatTensor:$x, DefaultValuedAttr<NN_GeluApproximationAttr, "::mlc::nn::GeluApproximation::none">:$approximate);
  let assemblyFormat = "$x oilist(`approximate` `=` $approximate) attr-dict `:` type($x)";
}

def NN_SiluOp : NN_ActivationOp<"silu", [DeclareOpInterfaceMethods<DifferentiableOpInterface>]> {
  let summary = "Sigmoid linear unit, also called swish";
  let pytorch = "torch.nn.functional.silu; 0 at -inf, where PyTorch has NaN";
  let semantics = "x logistic(x); 0 at -inf, where PyTorch has NaN";
  let vjp = "dy s (1 + x (1 - s)), s = logistic(x): shared with the forward pass; 0 at -inf, 1 at inf";
  let source = "Elfwing et al. 2017, arXiv:1702.03118; torch.nn.functional.silu";
}

def NN_MishOp : NN_ActivationOp<"mish", [DeclareOpInterfaceMethods<DifferentiableOpInterface>]> {
  let summary = "Smooth, self-gated rectifier";
  let pytorch = "torch.nn.functional.mish; 0 at -inf, where PyTorch has NaN";
  let semantics = "x tanh(log(1 + exp(x))), computed from exp(-abs(x)) without cancelling; 0 at -inf, where PyTorch has NaN";
  let vjp = "dy (t + x (1 - t^2) logistic(x)), t = tanh(log(1 + exp(x))): shared with the forward pass; 0 at -inf, 1 at inf";
  let source = "Misra 2019, arXiv:1908.08681; torch.nn.functional.mish";
}

def NN_HardSwishOp : NN_ActivationOp<"hard_swish"> {
  let summary = "Piecewise quadratic form of silu";
  let pytorch = "torch.nn.functional.hardswish; 0 at -inf, where PyTorch has NaN; the derivative at 3 is 1.5, where PyTorch has 1";
  let vjp = "dy (2 x + 3) / 6 from -3 to 3, both included, 0 below, dy above";
  let semantics = "x clamp(x + 3, 0, 6) / 6; the derivative is (2 x + 3) / 6 at -3 and 3 too; 0 at -inf, where PyTorch has NaN";
  let source = "Howard et al. 2019, arXiv:1905.02244; torch.nn.functional.hardswish";
}

def NN_SoftplusOp : NN_ActivationOp<"softplus", [DeclareOpInterfaceMethods<DifferentiableOpInterface>]> {
  let summary = "Smooth rectifier";
  let pytorch = "torch.nn.functional.softplus with beta 1 and no threshold";
  let semantics = "log(1 + exp(x)), computed as max(x, 0) + log1p(exp(-abs(x)))";
  let vjp = "dy logistic(x): smooth at 0, where the derivative of the decomposition has a kink of order two";
  let source = "Dugas et al. 2001; torch.nn.functional.softplus without its threshold";
}

def NN_ClampOp : NN_ActivationOp<"clamp", [DeclareOpInterfaceMethods<DifferentiableOpInterface>]> {
  let summary = "Elements limited to a range";
  let pytorch = "torch.clamp with numbers as bounds";
  let semantics = "x < low ? low : x > high ? high : x; NaN stays NaN";
  let vjp = "dy inside, the bounds included; 0 elsewhere, at NaN too, as in PyTorch";
  let shapes = "the result has the type of x; at least one bound (C1); low <= high (C2); the dtype of x holds the bounds: whole ones for integers (C3)";
  let source = "torch.clamp";
  let example = "%y = nn.clamp %x low = 0.0 high = 6.0 : tensor<4xf32>";
  let arguments = (ins NN_NumberTensor:$x, OptionalAttr<F64Attr>:$low, OptionalAttr<F64Attr>:$high);
  let assemblyFormat = "$x oilist(`low` `=` custom<Number>($low) | `high` `=` custom<Number>($high)) attr-dict `:` type($x)";
  let hasVerifier = 1;
}

// An activation of one half times the other half.
class NN_GatedOp<string mnemonic, string activation> : NN_CompositeOp<mnemonic, [DeclareOpInterfaceMethods<DimensionOpInterface>]> {
  let semantics = activation # "(a) b; of one operand, a is the first half of it along dim, the last dimension unless given, and b the second";
  let shapes = "a and b of one shape and dtype, the type of the result (C1). One operand alone: 0 <= dim < rank (C2), its size there is even (C3), twice that of "
               "the result; dim is for one operand alone (C4)";
  let source = "Shazeer 2020, arXiv:2002.05202, eq. 6, without the products and biases";
  let results = (outs NN_Tensor:$result);
  let example = "%y = nn." # mnemonic # " %gate, %up : tensor<?x8xf32>";
}

def NN_SwigluOp : NN_GatedOp<"swiglu", "silu"> {
  let summary = "Product of two tensors, one of them through nn.silu";
  let pytorch = "torch.nn.functional.silu(a) * b, as LLaMA has it; of one operand vLLM's SiluAndMul. torch.nn.functional.glu has a sigmoid, of the second half";
  let vjp = "da = dy b silu'(a), db = dy silu(a), with the derivative of nn.silu; of one operand both, one after the other";
  let arguments = (ins NN_FloatTensor:$a, Optional<NN_FloatTensor>:$b, OptionalAttr<I64Attr>:$dim);
  let assemblyFormat = [{
    $a (`,` $b^)? oilist(`dim` `=` custom<Whole>($dim)) attr-dict `:` custom<OneOrBothTypes>(type($a), type($b), ref($b))
  }];
}

def NN_GegluOp : NN_GatedOp<"geglu", "gelu"> {
  let summary = "Product of two tensors, one of them through nn.gelu";
  let pytorch = "torch.nn.functional.gelu(a) * b; diffusers' GEGLU takes the second half of one operand for a";
  let vjp = "da = dy b gelu'(a), db = dy gelu(a), with the derivative of nn.gelu; of one operand both, one after the other";
  let arguments = (ins NN_FloatTensor:$a, Optional<NN_FloatTensor>:$b, OptionalAttr<I64Attr>:$dim,
                       DefaultValuedAttr<NN_GeluApproximationAttr, "::mlc::nn::GeluApproximation::none">:$approximate);
  let assemblyFormat = [{
    $a (`,` $b^)? oilist(`dim` `=` custom<Whole>($dim) | `approximate` `=` $approximate) attr-dict
    `:` custom<OneOrBothTypes>(type($a), type($b), ref($b))
  }];
}

#endif
