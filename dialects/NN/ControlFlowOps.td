// Control flow: ops whose bodies are regions of nn ops. They use what is defined above them as it is.
#ifndef MLC_NN_CONTROL_FLOW_OPS
#define MLC_NN_CONTROL_FLOW_OPS

include "dialects/NN/NNBase.td"
include "mlir/Interfaces/ControlFlowInterfaces.td"

def BodyOpInterface : OpInterface<"BodyOpInterface"> {
  let cppNamespace = "::mlc::nn";
  let description = [{ An op with bodies, each of which ends with nn.yield. }];
  let methods = [
    InterfaceMethod<"Returns the size of dimension `dim` of an argument of a body; none has arguments where it is not declared.",
      "::mlir::AffineExpr", "argumentDimension",
      (ins "::mlir::BlockArgument":$argument, "unsigned":$dim, "::mlc::nn::DimensionAnalysis &":$sizes), "",
      [{ (void)argument, (void)dim, (void)sizes; return {}; }]>,
    InterfaceMethod<"The rank-0 i1 tensor that tells which of two bodies runs; null where there is one.",
      "::mlir::Value", "choice", (ins), "", [{ return {}; }]>
  ];
}

def LoopOpInterface : OpInterface<"LoopOpInterface"> {
  let cppNamespace = "::mlc::nn";
  let description = [{
    A body that runs again and again. Its arguments are the carried values, then a slice of every stack; it yields what is carried
    to the next trip, then a slice of every stacked result. A condition, which is a body on the carried values, may end the loop.
  }];
  let methods = [
    InterfaceMethod<"What the first trip gets of the carried values.", "::mlir::OperandRange", "getInits">,
    InterfaceMethod<"What is read by slices.", "::mlir::OperandRange", "getStacks">,
    InterfaceMethod<"What runs once per trip.", "::mlir::Region &", "getBody">,
    InterfaceMethod<"What runs before every trip and yields whether there is one; null: as many as are said.",
      "::mlir::Region *", "getConditionBody", (ins), "", [{ return nullptr; }]>,
    InterfaceMethod<"The most trips; null: any number.", "::mlir::AffineExpr", "tripCount", (ins "::mlc::nn::DimensionAnalysis &":$sizes)>,
    InterfaceMethod<"The same where it is static, or ShapedType::kDynamic.", "int64_t", "staticTripCount">,
    InterfaceMethod<"The same where it is an operand.", "::mlir::Value", "getTrips">,
    InterfaceMethod<"The same where it is an attribute.", "::mlir::IntegerAttr", "getCountAttr">,
    InterfaceMethod<"The rank-0 i64 tensor that tells how many of these trips there are; null: all.", "::mlir::Value", "getLimit",
      (ins), "", [{ return {}; }]>,
    InterfaceMethod<"Whether the slices are read from the last to the first.", "bool", "getReverse", (ins), "", [{ return false; }]>,
    InterfaceMethod<"Makes a loop that is the same but for its values, without bodies yet, at the builder's insertion point.",
      "::mlir::Operation *", "rebuild",
      (ins "::mlir::OpBuilder &":$builder, "::mlir::TypeRange":$results, "::mlir::ValueRange":$inits, "::mlir::ValueRange":$stacks)>,
    InterfaceMethod<"Numbers the trips, from 0, where they are counted by slices or by a carried value. May replace the op.",
      "::mlc::nn::NumberedLoop", "numberTrips">
  ];
}

def NN_YieldOp : NN_Op<"yield", [Pure, Terminator, ReturnLike]> {
  let summary = "What a body computes";
  let pytorch = "none";
  let semantics = "the operands are the results of this run of the body";
  let shapes = "as the op around it says";
  let vjp = "that of the op around it";
  let source = "scf.yield";
  let example = "nn.yield %h : tensor<4xf32>";
  let arguments = (ins Variadic<NN_Tensor>:$values);
  let assemblyFormat = "attr-dict ($values^ `:` type($values))?";
}

// An op whose sizes follow from LoopOpInterface.
class NN_LoopOp<string mnemonic, list<Trait> traits>
    : NN_Op<mnemonic, !listconcat([AttrSizedOperandSegments, RecursiveMemoryEffects, SingleBlock,
    DeclareOpInterfaceMethods<DimensionOpInterface, ["collectLimits"]>, DeclareOpInterfaceMethods<BodyOpInterface, ["argumentDimension"]>,
    DeclareOpInterfaceMethods<RunOpInterface>], traits)> {
  let extraClassDefinition = [{
::mlir::AffineExpr $cppClass::resultDimension(unsigned result, unsigned dim, DimensionAnalysis &sizes) {
  return loopResultDimension(*this, result, dim, sizes);
}
::mlir::AffineExpr $cppClass::argumentDimension(::mlir::BlockArgument argument, unsigned dim, DimensionAnalysis &sizes) {
  return loopArgumentDimension(*this, argument.getArgNumber(), dim, sizes);
}
void $cppClass::collectLimits(DimensionAnalysis &sizes, ::llvm::SmallVectorImpl<SizeLimit> &limits) {
  collectLoopLimits(*this, sizes, limits);
}
}];
}

def NN_ScanOp : NN_LoopOp<"scan", [DeclareOpInterfaceMethods<LoopOpInterface, ["getReverse", "getLimit"]>]> {
  let summary = "A loop that carries values, reads slices and stacks results";
  let pytorch = "a for loop of Python, which is not unrolled here";
  let semantics = [{for t = 0, ..., trips - 1, or with `reverse` from trips - 1 down to 0: the body runs on the carried values and slice t of every operand
    after `over`; the first values that it yields are carried to the next trip, the others become slice t of the stacked results. The results are the
    carried values after the last trip (the initial ones if there is none), then the stacked ones. The body may use all values above it.
    With `limit = %n`, only the first n of these trips are there (with `reverse` t = n - 1 comes first), none if n < 0, all if n > trips: the slices of
    the others are not read, and are zeros in the stacked results}];
  let shapes = [{trips: a number or an index, at least 0; without it the first size of the first operand after `over` (C1). Every operand after `over`
    has rank 1 or more and as many slices as there are trips (C2). The body yields a value of the type of every carried one (C3), of equal sizes at run time,
    and then those that are stacked: the result of tensor<AxBxf32> is tensor<TxAxBxf32>. limit: rank 0, i64. Nothing in the body has an effect beyond it: no nn.write, no nn.read (C4)}];
  let vjp = [{a scan in the other direction: it carries the cotangents of the carried values and of what the body uses from above, reads the carried values of
    every trip, which the forward scan stacks, and what this one stacks anyway, and computes the rest of the body again. Products that all trips would
    add up are one product of stacked factors after it, where these are far smaller than the sum}];
  let source = "jax.lax.scan";
  let example = [{%last, %all = nn.scan (%h = %h0) over (%x = %xs) : tensor<4xf32>, tensor<?x4xf32> {
  %0 = nn.add %h, %x : tensor<4xf32>
  %1 = nn.tanh %0 : tensor<4xf32>
  nn.yield %1, %1 : tensor<4xf32>, tensor<4xf32>
} }];
  let arguments = (ins Variadic<NN_Tensor>:$inits, Variadic<NN_Tensor>:$stacks, Optional<Index>:$trips,
                       Optional<NN_CounterTensor>:$limit, OptionalAttr<I64Attr>:$count, UnitAttr:$reverse);
  let results = (outs Variadic<NN_Tensor>:$results);
  let regions = (region SizedRegion<1>:$body);
  let hasCustomAssemblyFormat = 1;
  let hasVerifier = 1;
  let hasRegionVerifier = 1;
  let hasCanonicalizer = 1;
  let builders = [
    // All trips.
    OpBuilder<(ins "::mlir::TypeRange":$results, "::mlir::ValueRange":$inits, "::mlir::ValueRange":$stacks, "::mlir::Value":$trips,
                   "::mlir::IntegerAttr":$count, "::mlir::UnitAttr":$reverse),
      [{ build($_builder, $_state, results, inits, stacks, trips, ::mlir::Value(), count, reverse); }]>
  ];
}

def NN_WhileOp : NN_LoopOp<"while", [DeclareOpInterfaceMethods<LoopOpInterface, ["getConditionBody", "getStacks"]>]> {
  let summary = "A loop that runs while a condition on what it carries holds";
  let pytorch = "a while loop of Python, on data";
  let semantics = [{before every trip the first body runs on the carried values; it yields whether there is one more trip. In a trip the second body
    (after `do`) runs on them; the first values that it yields are carried on, the others become slices of stacked results. The results are the carried
    values at the end (the initial ones if there was no trip), then the stacked ones, whose slices are zeros where no trip was. With
    `max_trips = n` the loop ends after n trips, whatever the condition says. Both bodies may use all values above them}];
  let shapes = [{max_trips: a number or an index, at least 0 (C1); without it nothing is stacked (C2). The condition yields one rank-0 i1 (C3). The
    second body yields a value of the type of every carried one (C4), of equal sizes at run time, and then those that are stacked: the result of
    tensor<AxBxf32> is tensor<max_tripsxAxBxf32>. Nothing in the bodies has an effect beyond them: no nn.write, no nn.read (C5)}];
  let vjp = [{only with max_trips: the forward loop stacks the carried values of every trip and counts the trips; a scan in the other direction, limited to
    that count, computes every trip again and carries the cotangents}];
  let source = "jax.lax.while_loop";
  let example = [{%n, %y = nn.while (%i = %i0, %x = %x0) max_trips = 100 : tensor<i64>, tensor<4xf32> {
  %c = nn.compare lt %i, %most : tensor<i64>
  nn.yield %c : tensor<i1>
} do (%i, %x) {
  %0 = nn.add %i, %one : tensor<i64>
  %1 = nn.tanh %x : tensor<4xf32>
  nn.yield %0, %1 : tensor<i64>, tensor<4xf32>
} }];
  let arguments = (ins Variadic<NN_Tensor>:$inits, Optional<Index>:$trips, OptionalAttr<I64Attr>:$count);
  let results = (outs Variadic<NN_Tensor>:$results);
  let regions = (region SizedRegion<1>:$condition, SizedRegion<1>:$body);
  let hasCustomAssemblyFormat = 1;
  let hasVerifier = 1;
  let hasRegionVerifier = 1;
  let hasCanonicalizer = 1;
}

// An op that runs one of its regions, once.
class NN_OnceOp<string mnemonic, list<Trait> traits = []>
    : NN_Op<mnemonic, !listconcat([RecursiveMemoryEffects, SingleBlock, DeclareOpInterfaceMethods<RunOpInterface>], traits)> {
  let results = (outs Variadic<NN_Tensor>:$results);
  let hasCustomAssemblyFormat = 1;
  let hasRegionVerifier = 1;
  let hasCanonicalizer = 1;
}

def NN_IfOp : NN_OnceOp<"if", [DeclareOpInterfaceMethods<DimensionOpInterface, ["collectLimits"]>,
    DeclareOpInterfaceMethods<BodyOpInterface, ["choice"]>]> {
  let summary = "One of two bodies, chosen by data";
  let pytorch = "an if of Python, on data; torch.cond";
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

def NN_CheckpointOp : NN_OnceOp<"checkpoint", [BodyOpInterface, DeclareOpInterfaceMethods<DimensionOpInterface>]> {
  let summary = "A body of which only the results are kept for the derivative";
  let pytorch = "torch.utils.checkpoint.checkpoint";
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

def NN_CustomVjpOp : NN_Op<"custom_vjp", [RecursiveMemoryEffects, SingleBlock, IsolatedFromAbove,
    DeclareOpInterfaceMethods<DimensionOpInterface>, DeclareOpInterfaceMethods<BodyOpInterface, ["argumentDimension"]>,
    DeclareOpInterfaceMethods<RunOpInterface>, DeclareOpInterfaceMethods<CompositeOpInterface>,
    DeclareOpInterfaceMethods<DifferentiableOpInterface>]> {
  let summary = "A body with a derivative of the author's own";
  let pytorch = "torch.autograd.Function";
  let semantics = [{the first body runs on the operands; the results are the first values that it yields, the others are saved for the derivative. The
    second body (after `backward`) is the derivative: it runs on the cotangents of the results that are floats, then on what is `saved`, and yields the
    cotangents of the operands that are floats}];
  let shapes = [{the first body yields the results and then as many values as the second names after `saved`. The second yields a value of the type of
    every float operand (C1), of equal sizes at run time. The bodies use what is given to them alone (C2): no value from above, no nn.param, no
    nn.read, no nn.write}];
  let vjp = [{the second body, whatever the first one computes. What is saved is differentiated as it is computed: second order is the derivative of the
    second body}];
  let source = "jax.custom_vjp; torch.autograd.Function";
  let example = [{%y = nn.custom_vjp (%a = %x) : tensor<4xf32> {
  %0 = nn.round_even %a : tensor<4xf32>
  nn.yield %0 : tensor<4xf32>
} backward (%dy) {
  nn.yield %dy : tensor<4xf32>
} }];
  let arguments = (ins Variadic<NN_Tensor>:$inputs, DefaultValuedAttr<I64Attr, "0">:$saved);
  let results = (outs Variadic<NN_Tensor>:$results);
  let regions = (region SizedRegion<1>:$forward, SizedRegion<1>:$backward);
  let hasCustomAssemblyFormat = 1;
  let hasRegionVerifier = 1;
}

#endif
