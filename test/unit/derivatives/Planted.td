// Ops whose derivative is wrong on purpose: the check must find every one of them.
#ifndef MLC_TEST_PLANTED
#define MLC_TEST_PLANTED

include "dialects/NN/ElementwiseOps.td"

def Planted_Dialect : Dialect {
  let name = "planted";
  let cppNamespace = "::mlc::planted";
}

class Planted_UnaryOp<string mnemonic, string rule> : NN_UnaryOp<mnemonic, NN_FloatTensor, [rule]> {
  let opDialect = Planted_Dialect;
  let cppNamespace = "::mlc::planted";
  let pytorch = "none";
}
class Planted_BinaryOp<string mnemonic, string first, string second> : NN_BinaryOp<mnemonic, NN_FloatTensor, [first, second]> {
  let opDialect = Planted_Dialect;
  let cppNamespace = "::mlc::planted";
  let pytorch = "none";
}

def Planted_SwappedMulOp : Planted_BinaryOp<"swapped_mul", "dy * lhs", "dy * rhs"> {
  let summary = "A product whose cotangents are exchanged";
  let semantics = "lhs * rhs";
}
def Planted_SubOp : Planted_BinaryOp<"sub", "dy", "dy"> {
  let summary = "A difference with a sign forgotten";
  let semantics = "lhs - rhs";
}
def Planted_HalfMulOp : Planted_BinaryOp<"half_mul", "dy * rhs", ""> {
  let summary = "A product that forgets one operand";
  let semantics = "lhs * rhs";
}
def Planted_SiluOp : Planted_UnaryOp<"silu", "dy * y * (1.0 - y)"> {
  let summary = "A sigmoid linear unit with the rule of the sigmoid";
  let semantics = "x * logistic(x)";
}
def Planted_SqrtOp : Planted_UnaryOp<"sqrt", "dy * sign(x) / y"> {
  let summary = "A square root with a factor forgotten";
  let semantics = "sqrt(abs(x))";
}
def Planted_NotLinearOp : Planted_UnaryOp<"not_linear", "dy * dy * cos(x)"> {
  let summary = "A sine whose rule is not linear in the cotangent";
  let semantics = "sin(x)";
}
def Planted_IdentityOp : NN_UnaryOp<"identity", NN_FloatTensor, []> {
  let opDialect = Planted_Dialect;
  let cppNamespace = "::mlc::planted";
  let pytorch = "none";
  let summary = "The operand itself, whose rule is forgotten";
  let semantics = "x";
}
def Planted_FrozenOp : Planted_UnaryOp<"frozen", "dy * frozen(y)"> {
  let summary = "An exponential whose first derivative is right and whose second is not";
  let semantics = "exp(x)";
}
def Planted_SmallErrorOp : Planted_UnaryOp<"small_error", "dy * cos(x) * 1.000000001"> {
  let summary = "A sine whose rule is off by 1e-9";
  let semantics = "sin(x)";
}

#endif
