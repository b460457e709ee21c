// The nn dialect, its type constraints, and the base classes that every op derives from.
#ifndef MLC_NN_BASE
#define MLC_NN_BASE

include "mlir/IR/OpBase.td"
include "mlir/IR/EnumAttr.td"
include "mlir/IR/AttrTypeBase.td"
include "mlir/IR/BuiltinAttributeInterfaces.td"
include "mlir/IR/SymbolInterfaces.td"
include "mlir/Interfaces/InferTypeOpInterface.td"
include "mlir/Interfaces/SideEffectInterfaces.td"
include "dialects/NN/NNInterfaces.td"

def NN_Dialect : Dialect {
  let name = "nn";
  let cppNamespace = "::mlc::nn";
  let summary = "What a model computes: tensor operations closed under differentiation";
  let description = [{
    Operations on ranked tensors, in three tiers: elementwise (the formula is the op), structured (own shape rule,
    lowering and VJP) and composite (decompose into the others). No primitive broadcasts implicitly. Every VJP emits nn
    operations only, so that gradients of gradients are the same pass run again. See dialects/NN/README.md.
  }];
  let hasConstantMaterializer = 1;
  let dependentDialects = ["::mlir::arith::ArithDialect"]; // index arithmetic
  let extraClassDeclaration = [{
    /// Answers an op that does not exist: it is planned, or others are near.
    std::optional<ParseOpHook> getParseOperationHook(::llvm::StringRef op) const override;
    ::mlir::Attribute parseAttribute(::mlir::DialectAsmParser &parser, ::mlir::Type type) const override;
    void printAttribute(::mlir::Attribute attribute, ::mlir::DialectAsmPrinter &printer) const override;
  }];
}

def NN_Float : AnyTypeOf<[F32, F64, BF16, F16], "f32, f64, bf16 or f16">;
def NN_Integer : AnyTypeOf<[I8, I32, I64], "i8, i32 or i64">;
def NN_FloatTensor : RankedTensorOf<[F32, F64, BF16, F16]>;
def NN_IntegerTensor : RankedTensorOf<[I8, I32, I64]>;
// Where a box starts, if that is not known at compile time: a size, or data.
def NN_Offset : AnyTypeOf<[Index, 0DTensorOf<[I32, I64]>], "index, or a rank-0 tensor of i32 or i64">;
def NN_IndexTensor : RankedTensorOf<[I32, I64]>;
def NN_BitsTensor : RankedTensorOf<[I1, I8, I32, I64]>;
def NN_BoolTensor : RankedTensorOf<[I1]>;
def NN_NumberTensor : RankedTensorOf<[F32, F64, BF16, F16, I8, I32, I64]>;
def NN_Tensor : RankedTensorOf<[F32, F64, BF16, F16, I1, I8, I32, I64]>;

// A seed, a step, a number of trips: its type need not be written.
def NN_CounterTensor : Type<0DTensorOf<[I64]>.predicate, "rank-0 tensor of i64", "::mlir::TensorType">,
    BuildableType<"::mlir::RankedTensorType::get({}, $_builder.getIntegerType(64))">;

// A condition: its type need not be written.
def NN_ChoiceTensor : Type<0DTensorOf<[I1]>.predicate, "rank-0 tensor of i1", "::mlir::TensorType">,
    BuildableType<"::mlir::RankedTensorType::get({}, $_builder.getI1Type())">;

def NN_Element : AnyTypeOf<[F32, F64, BF16, F16, I1, I8, I32, I64], "a dtype: f32, f64, bf16, f16, i1, i8, i32 or i64">;

// An elementwise function that takes many instructions: worth storing rather than computing twice.
def NN_Costly : NativeOpTrait<"Costly"> {
  let cppNamespace = "::mlc::nn";
}

// No tensor of the op has so many elements that products of sizes would wrap (kMostElements).
def NN_CountableTensors : NativeOpTrait<"CountableTensors"> {
  let cppNamespace = "::mlc::nn";
}

// Every op states these; TableGen refuses an op without them, because its description cannot be resolved.
// The reference is made of them (tools/reference).
class NN_Op<string mnemonic, list<Trait> traits = []>
    : Op<NN_Dialect, mnemonic, !listconcat([NN_CountableTensors], traits)> {
  string semantics; // the mathematics, as an expression or a sentence
  string shapes;    // shapes and dtypes of operands and results; constraints are numbered (C1), (C2), ...
  string vjp;       // the cotangents of the operands, or why there are none
  string source;    // paper and equation, or the specification followed
  string pytorch;   // what it is called in PyTorch, and what differs there; or none
  string example;   // text that parses, in a function where it is no module or declaration
  bit isInternal = 0; // made by the compiler, not written by people
  assert !not(!empty(summary)), "expects a summary";
  let description = "Semantics: " # semantics # "\n\nShapes: " # shapes # "\n\nVJP: " # vjp # "\n\nSource: " # source #
                    "\n\nPyTorch: " # pytorch # "\n\nExample:\n```mlir\n" # example # "\n```\n";
}

// An op that is left when composites are decomposed, and is not elementwise.
class NN_KernelOp<string mnemonic, list<Trait> traits = []>
    : NN_Op<mnemonic, !listconcat([DeclareOpInterfaceMethods<KernelOpInterface>], traits)> {
  string role;            // how it takes part in kernels, a ::mlc::nn::Role; a C++ expression over the op
  string segment = "map"; // the kind of loops that compute it, as the targets' tables name it
  string definitions = ""; // C++ that the ops of one base class share; $cppClass is the op
  let extraClassDefinition = [{
Role $cppClass::role() { using enum Role; return }] # role # [{; }
::llvm::StringRef $cppClass::segment() { return "}] # segment # [{"; }
}] # definitions;
}

// A structured op: pure, result types inferred, result sizes known, evaluable.
class NN_StructuredOp<string mnemonic, list<Trait> traits = []>
    : NN_KernelOp<mnemonic, !listconcat([Pure, InferTypeOpAdaptor,
                                   DeclareOpInterfaceMethods<DimensionOpInterface>,
                                   DeclareOpInterfaceMethods<EvaluableOpInterface>], traits)> {
}

// A structured op with a VJP rule in <Family>Ops.cpp.
class NN_DifferentiableOp<string mnemonic, list<Trait> traits = []>
    : NN_StructuredOp<mnemonic, !listconcat([DeclareOpInterfaceMethods<DifferentiableOpInterface>], traits)> {
}

// An op that is defined by its decomposition into other nn ops, in <Family>Ops.cpp. Evaluation, result sizes and (unless
// the op also declares DifferentiableOpInterface) the VJP follow from the decomposition.
class NN_CompositeOp<string mnemonic, list<Trait> traits = []>
    : NN_Op<mnemonic, !listconcat([Pure, InferTypeOpAdaptor,
                                   DeclareOpInterfaceMethods<CompositeOpInterface>], traits)> {
  let vjp = "derived from the decomposition";
}

#endif
