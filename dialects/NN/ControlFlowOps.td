// Control flow: ops whose bodies are regions of nn ops. They use what is defined above them as it is.
#ifndef MLC_NN_CONTROL_FLOW_OPS
#define MLC_NN_CONTROL_FLOW_OPS

include "dialects/NN/NNBase.td"
include "mlir/Interfaces/ControlFlowInterfaces.td"

def BodyOpInterface : OpInterface<"BodyOpInterface"> {
  let cppNamespace = "::mlc::nn";
  let description = [{ An op with bodies, each of which ends with nn.yield. }];
  let methods = [
    InterfaceMethod<"Returns the size of dimension `dim` of argument `argument` of the body; none has arguments where it is not declared.",
      "::mlir::AffineExpr", "argumentDimension",
      (ins "unsigned":$argument, "unsigned":$dim, "::mlc::nn::DimensionAnalysis &":$sizes), "",
      [{ (void)argument, (void)dim, (void)sizes; return {}; }]>
  ];
}

def NN_YieldOp : NN_Op<"yield", [Pure, Terminator, ReturnLike]> {
  let summary = "What a body computes";
  let semantics = "the operands are the results of this run of the body";
  let shapes = "as the op around it says";
  let vjp = "that of the op around it";
  let source = "scf.yield";
  let example = "nn.yield %h : tensor<4xf32>";
  let arguments = (ins Variadic<NN_Tensor>:$values);
  let assemblyFormat = "attr-dict ($values^ `:` type($values))?";
}

def NN_ScanOp : NN_Op<"scan", [AttrSizedOperandSegments, RecursiveMemoryEffects, SingleBlock,
    DeclareOpInterfaceMethods<DimensionOpInterface, ["collectLimits"]>, DeclareOpInterfaceMethods<BodyOpInterface, ["argumentDimension"]>]> {
  let summary = "A loop that carries values, reads slices and stacks results";
  let semantics = [{for t = 0, ..., trips - 1, or with `reverse` from trips - 1 down to 0: the body runs on the carried values and slice t of every operand
    after `over`; the first values that it yields are carried to the next trip, the others become slice t of the stacked results. The results are the
    carried values after the last trip (the initial ones if there is none), then the stacked ones. The body may use all values above it}];
  let shapes = [{trips: a number or an index, at least 0; without it the first size of the first operand after `over` (C1). Every operand after `over`
    has rank 1 or more and as many slices as there are trips (C2). The body yields a value of the type of every carried one (C3), of equal sizes at run time,
    and then those that are stacked: the result of tensor<AxBxf32> is tensor<TxAxBxf32>. Nothing in the body has an effect beyond it: no nn.write, no nn.read (C4)}];
  let vjp = [{a scan in the other direction: it carries the cotangents of the carried values and of what the body uses from above, reads the carried values of
    every trip, which the forward scan stacks, and computes the rest of the body again}];
  let source = "jax.lax.scan";
  let example = [{%last, %all = nn.scan (%h = %h0) over (%x = %xs) : tensor<4xf32>, tensor<?x4xf32> {
  %0 = nn.add %h, %x : tensor<4xf32>
  %1 = nn.tanh %0 : tensor<4xf32>
  nn.yield %1, %1 : tensor<4xf32>, tensor<4xf32>
} }];
  let arguments = (ins Variadic<NN_Tensor>:$inits, Variadic<NN_Tensor>:$stacks, Optional<Index>:$trips,
                       OptionalAttr<I64Attr>:$count, UnitAttr:$reverse);
  let results = (outs Variadic<NN_Tensor>:$results);
  let regions = (region SizedRegion<1>:$body);
  let hasCustomAssemblyFormat = 1;
  let hasVerifier = 1;
  let hasRegionVerifier = 1;
  let hasCanonicalizer = 1;
  let extraClassDeclaration = [{
    /// How often the body runs.
    ::mlir::AffineExpr tripCount(DimensionAnalysis &sizes);
    /// The same where it is static, or ShapedType::kDynamic.
    int64_t staticTripCount();
    YieldOp yield();
    /// The number of the trip, a rank-0 i64 tensor: a new slice of the body.
    ::mlir::Value addTripNumber();
  }];
}

// An op that runs one of its regions, once.
class NN_OnceOp<string mnemonic, list<Trait> traits = []>
    : NN_Op<mnemonic, !listconcat([RecursiveMemoryEffects, SingleBlock, BodyOpInterface], traits)> {
  let results = (outs Variadic<NN_Tensor>:$results);
  let hasCustomAssemblyFormat = 1;
  let hasRegionVerifier = 1;
  let hasCanonicalizer = 1;
}

def NN_IfOp : NN_OnceOp<"if", [DeclareOpInterfaceMethods<DimensionOpInterface, ["collectLimits"]>]> {
  let summary = "One of two bodies, chosen by data";
  let semantics = "what the first body yields where condition is true, else what the second one yields; the other one does not run";
  let shapes = [{condition: rank 0, i1. Both bodies yield values of the same types (C1), of equal sizes at run time (C2); these are the results. The bodies
    may use all values above them, and have no effect beyond them: no nn.write, no nn.read (C3)}];
  let vjp = [{an nn.if on the same condition, whose bodies compute what is needed of the forward bodies again and yield the cotangents of what these use
    from above}];
  let source = "jax.lax.cond";
  let example = [{%y = nn.if %condition {
  %0 = nn.exp %x : tensor<4xf32>
  nn.yield %0 : tensor<4xf32>
} else {
  nn.yield %x : tensor<4xf32>
} }];
  let arguments = (ins 0DTensorOf<[I1]>:$condition);
  let regions = (region SizedRegion<1>:$thenBody, SizedRegion<1>:$elseBody);
}

def NN_CheckpointOp : NN_OnceOp<"checkpoint", [DeclareOpInterfaceMethods<DimensionOpInterface>]> {
  let summary = "A body of which only the results are kept for the derivative";
  let semantics = "what the body yields";
  let shapes = [{the results are what the body yields. It may use all values above it, and has no effect beyond it: no nn.write, no nn.read (C1)}];
  let vjp = "computes the body again, from what it uses from above, and yields the cotangents of that: no other value of the body lives until then";
  let source = "Chen et al. 2016, Training deep nets with sublinear memory cost, arXiv:1604.06174";
  let example = [{%y = nn.checkpoint {
  %0 = nn.exp %x : tensor<4xf32>
  %1 = nn.sin %0 : tensor<4xf32>
  nn.yield %1 : tensor<4xf32>
} }];
  let regions = (region SizedRegion<1>:$body);
}

#endif
