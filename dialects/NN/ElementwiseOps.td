// Elementwise ops: the formula is the op. It is a C++ expression over the operands' names, compiled into code generation
// (ScalarExpr) and the reference evaluator (Scalar) and quoted in the description. The VJP rules are C++ expressions over
// TensorExpr: `dy` is the result's cotangent, `y` the result.
//
// The text may be shorter than the op (Text.h): in ops of two and three operands an operand may be a literal, and one of lower rank is
// copied along the leading dimensions that it lacks. Both become nn.constant and nn.broadcast as they are read.
#ifndef MLC_NN_ELEMENTWISE_OPS
#define MLC_NN_ELEMENTWISE_OPS

include "dialects/NN/NNBase.td"

class NN_ElementwiseOp<string mnemonic, list<string> names, list<string> rules, list<Trait> traits = []>
    : NN_Op<mnemonic, !listconcat([Pure, InferTypeOpAdaptor,
                                   DeclareOpInterfaceMethods<DimensionOpInterface, ["collectEqualSizes"]>,
                                   DeclareOpInterfaceMethods<ElementwiseOpInterface>,
                                   DeclareOpInterfaceMethods<KernelOpInterface, ["operations", "steps"]>,
                                   DeclareOpInterfaceMethods<DifferentiableOpInterface>], traits)> {
  string formula = semantics; // the C++ expression, where people read a sentence instead
  // How the result's element type follows from the operand types: a C++ expression.
  string resultElement = "elementTypeOf(operands.back())";
  string text = ""; // C++ that reads and prints the op; $cppClass is the op
  string shortened = ". In the text, an operand may be a number (1e-3, -inf), and one of lower rank is copied along the leading dimensions "
                     "that it lacks";
  let shapes = "all operands and the result have one shape (C1) and, unless said otherwise, one dtype (C2)";
  let vjp = !if(!empty(rules), "zero almost everywhere", !interleave(rules, "; "));
  let source = "IEEE 754 where it applies; NumPy's function of this name elsewhere";
  defvar parameters = !interleave(!foreach(n, names, "const auto &" # n), ", ");
  defvar expressions = !interleave(!foreach(i, !range(!size(names)), "ScalarExpr(builder, location, operands[" # i # "])"), ", ");
  defvar numbers = !interleave(!foreach(i, !range(!size(names)), "operands[" # i # "]"), ", ");
  defvar tensors = !interleave(!foreach(i, !range(!size(names)),
      "[[maybe_unused]] TensorExpr " # names[i] # " = vjp.operand(" # i # ");"), "\n  ");
  defvar contributions = !interleave(!foreach(i, !range(!size(rules)),
      !if(!empty(rules[i]), "", "if (vjp.isActive(" # i # ")) vjp.accumulate(" # i # ", " # rules[i] # ");")), "\n  ");
  let extraClassDefinition = [{
::mlir::Value $cppClass::buildScalar(::mlir::OpBuilder &builder, ::mlir::Location location,
                                     ::mlir::ValueRange operands) {
  auto formula = [&](}] # parameters # [{) { return }] # formula # [{; };
  return formula(}] # expressions # [{).value();
}
Scalar $cppClass::evaluateScalar(::llvm::ArrayRef<Scalar> operands) {
  auto formula = [&](}] # parameters # [{) { return }] # formula # [{; };
  return formula(}] # numbers # [{);
}
::llvm::LogicalResult $cppClass::buildVjp(VjpBuilder &vjp) {
  [[maybe_unused]] TensorExpr dy = vjp.cotangent(), y = vjp.result();
  }] # tensors # "\n  " # contributions # [{
  return ::mlir::success();
}
::mlir::AffineExpr $cppClass::resultDimension(unsigned, unsigned dim, DimensionAnalysis &sizes) {
  return sizes.dimension(getOperation()->getOperand(0), dim);
}
Role $cppClass::role() { return Role::pointwise; }
::llvm::StringRef $cppClass::segment() { return "map"; }
::mlir::AffineExpr $cppClass::operations(DimensionAnalysis &sizes) { return sizes.elements(getResult()); }
::mlir::AffineExpr $cppClass::steps(DimensionAnalysis &sizes) { return elementwiseSteps(getOperation(), sizes); }
void $cppClass::collectEqualSizes(DimensionAnalysis &sizes, ::llvm::SmallVectorImpl<SizePair> &pairs) {
  collectEqualShapes(getOperation(), sizes, pairs);
}
::llvm::LogicalResult $cppClass::inferReturnTypes(::mlir::MLIRContext *, std::optional<::mlir::Location> location,
    Adaptor adaptor, ::llvm::SmallVectorImpl<::mlir::Type> &types) {
  ::mlir::ValueRange values = adaptor.getOperands();
  ::llvm::SmallVector<::mlir::Type> operands(values.getTypes());
  [[maybe_unused]] auto elementTypeOf = [](::mlir::Type type) { return ::mlir::getElementTypeOrSelf(type); };
  return inferElementwiseType(location, operands, }] # resultElement # [{, types);
}
}] # text;
}

class NN_UnaryOp<string mnemonic, Type type, list<string> rules, list<Trait> traits = []>
    : NN_ElementwiseOp<mnemonic, ["x"], rules, traits> {
  let pytorch = "torch." # mnemonic;
  let arguments = (ins type:$x);
  let results = (outs NN_Tensor:$result);
  let assemblyFormat = "$x attr-dict `:` type($x)";
  let example = "%y = nn." # mnemonic # " %x : tensor<4xf32>";
}

class NN_BinaryOp<string mnemonic, Type type, list<string> rules, list<Trait> traits = []>
    : NN_ElementwiseOp<mnemonic, ["lhs", "rhs"], rules, traits> {
  let shapes = "the operands and the result have one shape (C1) and one dtype (C2)" # shortened;
  let arguments = (ins type:$lhs, type:$rhs);
  let results = (outs NN_Tensor:$result);
  let hasCustomAssemblyFormat = 1;
  let text = [{
::mlir::ParseResult $cppClass::parse(::mlir::OpAsmParser &parser, ::mlir::OperationState &state) {
  return parseElementwise(parser, state, 2);
}
void $cppClass::print(::mlir::OpAsmPrinter &printer) { printElementwise(printer, *this, {}); }
}];
  let example = "%y = nn." # mnemonic # " %a, %b : tensor<4xf32>";
}

// Unary.
def NN_NegOp : NN_UnaryOp<"neg", NN_NumberTensor, ["-dy"]> {
  let summary = "Elementwise negation";
  let semantics = "-x";
}
def NN_AbsOp : NN_UnaryOp<"abs", NN_NumberTensor, ["dy * sign(x)"]> {
  let summary = "Elementwise absolute value";
  let pytorch = "torch.abs; the derivative at NaN is NaN";
  let semantics = "abs(x)";
}
def NN_SignOp : NN_UnaryOp<"sign", NN_NumberTensor, []> {
  let summary = "Elementwise sign: -1, 0 or 1; NaN stays NaN";
  let pytorch = "torch.sign; NaN stays NaN, where PyTorch has 0";
  let semantics = "sign(x)";
}
def NN_ExpOp : NN_UnaryOp<"exp", NN_FloatTensor, ["dy * y"], [NN_Costly]> {
  let summary = "Elementwise exponential";
  let semantics = "exp(x)";
}
def NN_Expm1Op : NN_UnaryOp<"expm1", NN_FloatTensor, ["dy * exp(x)"], [NN_Costly]> {
  let summary = "Elementwise exponential minus one, accurate near zero";
  let semantics = "expm1(x)";
}
def NN_LogOp : NN_UnaryOp<"log", NN_FloatTensor, ["dy / x"], [NN_Costly]> {
  let summary = "Elementwise natural logarithm";
  let semantics = "log(x)";
}
def NN_Log1pOp : NN_UnaryOp<"log1p", NN_FloatTensor, ["dy / (x + 1.0)"], [NN_Costly]> {
  let summary = "Elementwise logarithm of one plus the operand, accurate near zero";
  let semantics = "log1p(x)";
}
def NN_SqrtOp : NN_UnaryOp<"sqrt", NN_FloatTensor, ["0.5 * dy / y"]> {
  let summary = "Elementwise square root";
  let semantics = "sqrt(x)";
}
def NN_RsqrtOp : NN_UnaryOp<"rsqrt", NN_FloatTensor, ["-0.5 * dy * y / x"]> {
  let summary = "Elementwise reciprocal square root";
  let pytorch = "torch.rsqrt; the derivative at -0 is -inf, as at 0";
  let semantics = "rsqrt(x)";
}
def NN_SinOp : NN_UnaryOp<"sin", NN_FloatTensor, ["dy * cos(x)"], [NN_Costly]> {
  let summary = "Elementwise sine, radians";
  let semantics = "sin(x)";
}
def NN_CosOp : NN_UnaryOp<"cos", NN_FloatTensor, ["-dy * sin(x)"], [NN_Costly]> {
  let summary = "Elementwise cosine, radians";
  let semantics = "cos(x)";
}
def NN_TanOp : NN_UnaryOp<"tan", NN_FloatTensor, ["dy * (1.0 + y * y)"], [NN_Costly]> {
  let summary = "Elementwise tangent, radians";
  let semantics = "tan(x)";
}
def NN_AsinOp : NN_UnaryOp<"asin", NN_FloatTensor, ["dy * rsqrt((1.0 - x) * (1.0 + x))"], [NN_Costly]> {
  let summary = "Elementwise arc sine, radians; NaN beyond [-1, 1]";
  let semantics = "asin(x)";
}
def NN_AcosOp : NN_UnaryOp<"acos", NN_FloatTensor, ["-(dy * rsqrt((1.0 - x) * (1.0 + x)))"], [NN_Costly]> {
  let summary = "Elementwise arc cosine, radians; NaN beyond [-1, 1]";
  let semantics = "acos(x)";
}
def NN_AtanOp : NN_UnaryOp<"atan", NN_FloatTensor, ["dy / (1.0 + x * x)"], [NN_Costly]> {
  let summary = "Elementwise arc tangent, radians";
  let semantics = "atan(x)";
}
def NN_SinhOp : NN_UnaryOp<"sinh", NN_FloatTensor, ["dy * cosh(x)"], [NN_Costly]> {
  let summary = "Elementwise hyperbolic sine";
  let semantics = "sinh(x)";
}
def NN_CoshOp : NN_UnaryOp<"cosh", NN_FloatTensor, ["dy * sinh(x)"], [NN_Costly]> {
  let summary = "Elementwise hyperbolic cosine";
  let semantics = "cosh(x)";
}
def NN_AsinhOp : NN_UnaryOp<"asinh", NN_FloatTensor, ["dy / distanceFromImaginary(x)"], [NN_Costly]> {
  let summary = "Elementwise inverse hyperbolic sine";
  let pytorch = "torch.asinh; no square overflows";
  let semantics = "asinh(x)";
  let vjp = "dy / sqrt(x^2 + 1), without overflow";
}
def NN_AcoshOp : NN_UnaryOp<"acosh", NN_FloatTensor, ["dy * (rsqrt(x - 1.0) * rsqrt(x + 1.0))"], [NN_Costly]> {
  let summary = "Elementwise inverse hyperbolic cosine; NaN below 1";
  let pytorch = "torch.acosh; below 1 the derivative is NaN too; no square overflows";
  let semantics = "acosh(x)";
}
def NN_AtanhOp : NN_UnaryOp<"atanh", NN_FloatTensor, ["dy / ((1.0 - x) * (1.0 + x))"], [NN_Costly]> {
  let summary = "Elementwise inverse hyperbolic tangent; NaN beyond [-1, 1]";
  let semantics = "atanh(x)";
}
def NN_TanhOp : NN_UnaryOp<"tanh", NN_FloatTensor, ["dy * tanhSlope(x)"], [NN_Costly]> {
  let summary = "Elementwise hyperbolic tangent";
  let pytorch = "torch.tanh; the derivative stays accurate where the result rounds to 1, where PyTorch has 0";
  let semantics = "tanh(x)";
  let vjp = "dy 4 e / (1 + e)^2, e = exp(-2 |x|), which is 1 - y^2, where y rounds to 1 too";
}
def NN_ErfOp : NN_UnaryOp<"erf", NN_FloatTensor, ["1.1283791670955126 * dy * exp(-(x * x))"], [NN_Costly]> {
  let summary = "Elementwise error function";
  let semantics = "erf(x)";
}
def NN_ErfcOp : NN_UnaryOp<"erfc", NN_FloatTensor, ["-1.1283791670955126 * dy * exp(-(x * x))"], [NN_Costly]> {
  let summary = "Elementwise complementary error function, 1 - erf(x), accurate where that is small";
  let semantics = "erfc(x)";
}
def NN_ErfInvOp : NN_UnaryOp<"erf_inv", NN_FloatTensor, ["0.886226925452758 * dy * exp(y * y)"], [NN_Costly]> {
  let summary = "Elementwise inverse of the error function; NaN beyond [-1, 1]";
  let pytorch = "torch.erfinv";
  let semantics = "erfInv(x)";
}
def NN_LgammaOp : NN_UnaryOp<"lgamma", NN_FloatTensor, ["dy * digamma(x)"], [NN_Costly]> {
  let summary = "Elementwise logarithm of the magnitude of the gamma function; infinite at 0, -1, -2, ...";
  let semantics = "lgamma(x)";
}
def NN_DigammaOp : NN_UnaryOp<"digamma", NN_FloatTensor, ["dy * trigamma(x)"], [NN_Costly]> {
  let summary = "Elementwise derivative of lgamma; NaN at -1, -2, ..., infinite at 0, as in PyTorch";
  let pytorch = "torch.digamma; the derivative is infinite at the poles";
  let semantics = "digamma(x)";
  let vjp = "dy trigamma(x), the sum of 1 / (x + k)^2 for k = 0, 1, ...";
}
def NN_LogisticOp : NN_UnaryOp<"logistic", NN_FloatTensor, ["dy * logisticSlope(x)"], [NN_Costly]> {
  let summary = "Elementwise logistic sigmoid, 1 / (1 + exp(-x))";
  let pytorch = "torch.sigmoid; the derivative stays accurate where the result rounds to 1, where PyTorch has 0";
  let semantics = "logistic(x)";
  let vjp = "dy e / (1 + e)^2, e = exp(-|x|), which is y (1 - y), where y rounds to 1 too";
}
def NN_FloorOp : NN_UnaryOp<"floor", NN_FloatTensor, []> {
  let summary = "Elementwise rounding down";
  let semantics = "floor(x)";
}
def NN_CeilOp : NN_UnaryOp<"ceil", NN_FloatTensor, []> {
  let summary = "Elementwise rounding up";
  let semantics = "ceil(x)";
}
def NN_RoundEvenOp : NN_UnaryOp<"round_even", NN_FloatTensor, []> {
  let summary = "Elementwise rounding to nearest, ties to even";
  let pytorch = "torch.round";
  let semantics = "roundEven(x)";
}
def NN_IsFiniteOp : NN_UnaryOp<"is_finite", NN_FloatTensor, []> {
  let summary = "Elementwise test for neither NaN nor infinite";
  let pytorch = "torch.isfinite";
  let semantics = "isFinite(x)";
  let resultElement = "::mlir::IntegerType::get(operands.back().getContext(), 1)";
}
def NN_StopGradientOp : NN_UnaryOp<"stop_gradient", NN_Tensor, []> {
  let summary = "The operand itself, through which no gradient flows";
  let pytorch = "torch.Tensor.detach";
  let semantics = "stopGradient(x)";
  let vjp = "zero, by definition";
  let extraClassDeclaration = [{ Form form() { return Form::operand; } }];
}
def NN_CastOp : NN_ElementwiseOp<"cast", ["x"], ["cast(dy, x)"]> {
  let summary = "Elementwise conversion to another dtype";
  let pytorch = "torch.Tensor.to; a float beyond an integer dtype saturates and NaN becomes 0, which PyTorch leaves undefined";
  let semantics = "x as a number of the other dtype";
  let vjp = "dy as numbers of the dtype of x";
  let formula = "cast(x, ::mlir::getElementTypeOrSelf(getResult().getType()))";
  let shapes = "x and the result have one shape (C1); float to integer truncates toward zero and saturates, NaN becomes 0; "
               "any to i1 is x != 0; i1 to any is 0 or 1";
  let arguments = (ins NN_Tensor:$x, TypeAttrOf<NN_Element>:$element);
  let results = (outs NN_Tensor:$result);
  let resultElement = "adaptor.getElement()";
  let hasCustomAssemblyFormat = 1;
  let example = "%y = nn.cast %x : tensor<4xf32> -> tensor<4xbf16>";
  let extraClassDeclaration = [{ Form form() { return Form::conversion; } }];
}

def NN_BitcastOp : NN_ElementwiseOp<"bitcast", ["x"], []> {
  let summary = "The same bits as another dtype";
  let pytorch = "torch.Tensor.view of a dtype; of one width only";
  let semantics = "the bits of x";
  let vjp = "zero";
  let formula = "bitcast(x, ::mlir::getElementTypeOrSelf(getX().getType()), ::mlir::getElementTypeOrSelf(getResult().getType()))";
  let shapes = "x and the result have one shape (C1); their dtypes are f32 and i32, f64 and i64, or one (C2)";
  let arguments = (ins NN_Tensor:$x, TypeAttrOf<NN_Element>:$element);
  let results = (outs NN_Tensor:$result);
  let resultElement = "adaptor.getElement()";
  let hasCustomAssemblyFormat = 1;
  let hasVerifier = 1;
  let example = "%y = nn.bitcast %x : tensor<4xf32> -> tensor<4xi32>";
}
def NN_NotOp : NN_UnaryOp<"not", NN_BitsTensor, []> {
  let summary = "Elementwise bitwise complement";
  let pytorch = "torch.bitwise_not; torch.logical_not of i1";
  let semantics = "~x";
  let example = "%y = nn.not %x : tensor<4xi32>";
}
def NN_PopcountOp : NN_UnaryOp<"popcount", NN_IntegerTensor, []> {
  let summary = "Elementwise number of bits that are 1";
  let pytorch = "none";
  let semantics = "popcount(x)";
  let example = "%y = nn.popcount %x : tensor<4xi32>";
}
def NN_ClzOp : NN_UnaryOp<"clz", NN_IntegerTensor, []> {
  let summary = "Elementwise number of leading bits that are 0; the width of the dtype for 0";
  let pytorch = "none";
  let semantics = "clz(x)";
  let example = "%y = nn.clz %x : tensor<4xi32>";
}

// Binary.
def NN_AddOp : NN_BinaryOp<"add", NN_NumberTensor, ["dy", "dy"], [Commutative]> {
  let summary = "Elementwise sum; integers wrap";
  let pytorch = "torch.add of one shape and dtype, without alpha";
  let semantics = "lhs + rhs";
}
def NN_SubOp : NN_BinaryOp<"sub", NN_NumberTensor, ["dy", "-dy"]> {
  let summary = "Elementwise difference; integers wrap";
  let pytorch = "torch.sub of one shape and dtype, without alpha";
  let semantics = "lhs - rhs";
}
def NN_MulOp : NN_BinaryOp<"mul", NN_NumberTensor, ["dy * rhs", "dy * lhs"], [Commutative]> {
  let summary = "Elementwise product; integers wrap";
  let pytorch = "torch.mul of one shape and dtype";
  let semantics = "lhs * rhs";
}
def NN_DivOp : NN_BinaryOp<"div", NN_NumberTensor, ["dy / rhs", "-(dy * y / rhs)"]> {
  let summary = "Elementwise quotient; integers truncate toward zero, x / 0 = -1 and min / -1 = min";
  let pytorch = "torch.div of one shape and dtype; of integers rounding_mode='trunc', where x / 0 is -1 instead of an error";
  let semantics = "lhs / rhs";
}
def NN_RemOp : NN_BinaryOp<"rem", NN_NumberTensor, ["dy", "-(dy * roundEven((lhs - y) / rhs))"], [NN_Costly]> {
  let summary = "Elementwise remainder with the sign of the dividend (C's fmod); integers: x rem 0 = x";
  let pytorch = "torch.fmod of one shape and dtype; of integers x rem 0 is x instead of an error; the derivative by rhs uses the whole quotient";
  let semantics = "rem(lhs, rhs)";
}
def NN_PowOp : NN_BinaryOp<"pow", NN_FloatTensor,
    ["dy * powSlope(lhs, rhs)", "dy * y * powLogarithm(lhs, rhs)"], [NN_Costly]> {
  let summary = "Elementwise power";
  let pytorch = "torch.pow of one shape and dtype; limits where PyTorch has NaN for 0 times infinity";
  let semantics = "pow(lhs, rhs)";
  let vjp = "dy rhs lhs^(rhs - 1); dy y log(lhs): limits where one factor is 0 and the other infinite; 0 by the base where rhs is 0, and by "
            "the exponent where lhs is 0 and rhs is not negative, as in PyTorch";
}
def NN_MaxOp : NN_BinaryOp<"max", NN_NumberTensor,
    ["dy * tieWeight(lhs < rhs, lhs == rhs)", "dy * tieWeight(rhs < lhs, lhs == rhs)"], [Commutative]> {
  let summary = "Elementwise maximum; NaN if either is NaN; ties share the gradient evenly";
  let pytorch = "torch.maximum of one shape and dtype";
  let vjp = "dy to the larger; half of it to each of two equal ones; dy to both where one is NaN; as PyTorch's maximum";
  let semantics = "max(lhs, rhs)";
}
def NN_MinOp : NN_BinaryOp<"min", NN_NumberTensor,
    ["dy * tieWeight(lhs > rhs, lhs == rhs)", "dy * tieWeight(rhs > lhs, lhs == rhs)"], [Commutative]> {
  let summary = "Elementwise minimum; NaN if either is NaN; ties share the gradient evenly";
  let pytorch = "torch.minimum of one shape and dtype";
  let vjp = "dy to the smaller; half of it to each of two equal ones; dy to both where one is NaN; as PyTorch's minimum";
  let semantics = "min(lhs, rhs)";
}
def NN_Atan2Op : NN_BinaryOp<"atan2", NN_FloatTensor,
    ["dy * overSquaredDistance(rhs, lhs)", "-(dy * overSquaredDistance(lhs, rhs))"], [NN_Costly]> {
  let summary = "Elementwise angle of the point (rhs, lhs), radians";
  let pytorch = "torch.atan2 of one shape and dtype; the derivative neither overflows nor underflows, and is 0 at the origin and at infinity";
  let semantics = "atan2(lhs, rhs)";
  let vjp = "dy rhs / (lhs^2 + rhs^2); -dy lhs / (lhs^2 + rhs^2), without overflow; 0 at the origin, where there is none, and at infinity";
}
def NN_NextafterOp : NN_BinaryOp<"nextafter", RankedTensorOf<[F32, F64, BF16]>, ["dy", ""]> {
  let summary = "Elementwise next number of the dtype after lhs in the direction of rhs; rhs where they are equal";
  let pytorch = "torch.nextafter of one shape and dtype, which has no derivative there";
  let semantics = "nextafter(lhs, rhs)";
  let formula = "nextafter(lhs, rhs, ::mlir::getElementTypeOrSelf(getResult().getType()))";
  let vjp = "dy to lhs, which differs from the result by a constant almost everywhere";
}
def NN_AndOp : NN_BinaryOp<"and", NN_BitsTensor, [], [Commutative]> {
  let summary = "Elementwise bitwise and";
  let pytorch = "torch.bitwise_and; torch.logical_and of i1";
  let semantics = "lhs & rhs";
  let example = "%y = nn.and %a, %b : tensor<4xi32>";
}
def NN_OrOp : NN_BinaryOp<"or", NN_BitsTensor, [], [Commutative]> {
  let summary = "Elementwise bitwise or";
  let pytorch = "torch.bitwise_or; torch.logical_or of i1";
  let semantics = "lhs | rhs";
  let example = "%y = nn.or %a, %b : tensor<4xi32>";
}
def NN_XorOp : NN_BinaryOp<"xor", NN_BitsTensor, [], [Commutative]> {
  let summary = "Elementwise bitwise exclusive or";
  let pytorch = "torch.bitwise_xor; torch.logical_xor of i1";
  let semantics = "lhs ^ rhs";
  let example = "%y = nn.xor %a, %b : tensor<4xi32>";
}
def NN_ShlOp : NN_BinaryOp<"shl", NN_IntegerTensor, []> {
  let summary = "Elementwise left shift; 0 if the count is negative or at least the width";
  let pytorch = "torch.bitwise_left_shift; 0 for counts outside of [0, width), which PyTorch leaves undefined";
  let semantics = "lhs << rhs";
  let example = "%y = nn.shl %a, %b : tensor<4xi32>";
}
def NN_ShrOp : NN_BinaryOp<"shr", NN_IntegerTensor, []> {
  let summary = "Elementwise logical right shift; 0 if the count is negative or at least the width";
  let pytorch = "none: torch.bitwise_right_shift repeats the sign, this shifts zeros in";
  let semantics = "lhs >> rhs";
  let example = "%y = nn.shr %a, %b : tensor<4xi32>";
}

def NN_Predicate : I32EnumAttr<"Predicate", "comparison", [
    I32EnumAttrCase<"eq", 0>, I32EnumAttrCase<"ne", 1>, I32EnumAttrCase<"lt", 2>, I32EnumAttrCase<"le", 3>,
    I32EnumAttrCase<"gt", 4>, I32EnumAttrCase<"ge", 5>]> {
  let cppNamespace = "::mlc::nn";
  let genSpecializedAttr = 0;
}
def NN_PredicateAttr : EnumAttr<NN_Dialect, NN_Predicate, "predicate">;

def NN_CompareOp : NN_ElementwiseOp<"compare", ["lhs", "rhs"], []> {
  let summary = "Elementwise comparison; with NaN only `ne` is true";
  let pytorch = "torch.eq, ne, lt, le, gt, ge of one shape and dtype";
  let semantics = "whether lhs predicate rhs: eq is =, ne is not =, lt is <, le is <=, gt is >, ge is >=";
  let formula = "compare(getPredicate(), lhs, rhs)";
  let shapes = "lhs and rhs have one shape (C1) and dtype (C2); the result is i1 of that shape" # shortened;
  let arguments = (ins NN_PredicateAttr:$predicate, NN_Tensor:$lhs, NN_Tensor:$rhs);
  let results = (outs NN_BoolTensor:$result);
  let resultElement = "::mlir::IntegerType::get(operands.back().getContext(), 1)";
  let hasCustomAssemblyFormat = 1;
  let example = "%c = nn.compare lt %a, %b : tensor<4xf32>";
}
def NN_SelectOp : NN_ElementwiseOp<"select", ["condition", "onTrue", "onFalse"],
    ["", "select(condition, dy, zeroLike(dy))", "select(condition, zeroLike(dy), dy)"]> {
  let summary = "Elementwise choice by a condition";
  let pytorch = "torch.where of one shape";
  let semantics = "condition ? onTrue : onFalse";
  let formula = "select(condition, onTrue, onFalse)";
  let shapes = "all have one shape (C1); condition is i1; onTrue, onFalse and the result have one dtype (C2)" # shortened #
               ". The types are those of the operands, of the condition and of both choices, or of the choices alone";
  let vjp = "dy where chosen, else zero";
  let arguments = (ins NN_BoolTensor:$condition, NN_Tensor:$onTrue, NN_Tensor:$onFalse);
  let results = (outs NN_Tensor:$result);
  let hasCustomAssemblyFormat = 1;
  let text = [{
::mlir::ParseResult $cppClass::parse(::mlir::OpAsmParser &parser, ::mlir::OperationState &state) {
  return parseElementwise(parser, state, 3);
}
void $cppClass::print(::mlir::OpAsmPrinter &printer) { printElementwise(printer, *this, {}); }
}];
  let example = "%y = nn.select %c, %a, %b : tensor<4xi1>, tensor<4xf32>, tensor<4xf32>";
  let extraClassDeclaration = [{ Form form() { return Form::choice; } }];
}

// What code generation makes of an elementwise op where MLIR's math dialect has no function: of scalars and vectors, and
// only between `schedule` and the expansion of functions.
def NN_Function : I32EnumAttr<"Function", "function", [
    I32EnumAttrCase<"erf_inv", 0>, I32EnumAttrCase<"lgamma", 1>, I32EnumAttrCase<"digamma", 2>]> {
  let cppNamespace = "::mlc::nn";
  let genSpecializedAttr = 0;
}
def NN_FunctionAttr : EnumAttr<NN_Dialect, NN_Function, "scalar_function">;
def NN_FunctionOp : NN_Op<"function", [Pure, SameOperandsAndResultType]> {
  let summary = "An elementary function of a float or a vector of floats";
  let pytorch = "none: made by the compiler";
  let semantics = "what the elementwise op of the same name makes of every element; `expand-math` writes it out";
  let shapes = "x and the result are one float or vector of floats";
  let vjp = "none: derivatives are taken before";
  let source = "made by the compiler";
  let example = "%y = nn.function lgamma %x : vector<16xf32>";
  let isInternal = 1;
  let arguments = (ins NN_FunctionAttr:$function, AnyTypeOf<[AnyFloat, VectorOfNonZeroRankOf<[AnyFloat]>]>:$x);
  let results = (outs AnyTypeOf<[AnyFloat, VectorOfNonZeroRankOf<[AnyFloat]>]>:$result);
  let assemblyFormat = "$function $x attr-dict `:` type($x)";
}

#endif
