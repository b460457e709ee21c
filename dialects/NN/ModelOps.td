// What a model has beside functions: parameters, state, derivative requests, training steps; and the storages that they become.
#ifndef MLC_NN_MODEL_OPS
#define MLC_NN_MODEL_OPS

include "dialects/NN/NNAttributes.td"
include "mlir/IR/SymbolInterfaces.td"

class NN_DeclarationOp<string mnemonic, list<Trait> traits = []>
    : NN_Op<mnemonic, !listconcat([Symbol, HasParent<"::mlir::ModuleOp">], traits)> {
  let vjp = "none: a declaration";
}

def NN_ParameterOp : NN_DeclarationOp<"parameter"> {
  let summary = "A trained tensor of the model";
  let pytorch = "torch.nn.Parameter, registered under its name";
  let semantics = "declares a parameter, saved under its name, initialised at create from a stream keyed by its name";
  let shapes = "a static shape (C1) of a float dtype (C2); init is an initialiser attribute (C3)";
  let source = "of this language: docs/language.md, parameters";
  let example = "nn.parameter @kernel : tensor<5x5xf32> init(#nn.glorot_uniform)";
  let arguments = (ins SymbolNameAttr:$sym_name, TypeAttr:$type, AnyAttr:$init);
  let assemblyFormat = "$sym_name `:` $type `init` `(` $init `)` attr-dict";
  let hasVerifier = 1;
}

def NN_StateOp : NN_DeclarationOp<"state"> {
  let summary = "A tensor that is not trained and keeps its value from call to call: running statistics, caches";
  let pytorch = "torch.nn.Module.register_buffer";
  let semantics = "declares a state, read by nn.read and replaced by nn.write. A `transient` one is in no file: saving leaves it out, and loading, which "
                  "sets all, gives it its initial value; caches are such";
  let shapes = "a static shape (C1) of any dtype; init is an initialiser attribute (C2)";
  let source = "of this language: docs/language.md, state";
  let example = "nn.state @mean : tensor<8xf32> init(#nn.zeros)";
  let arguments = (ins SymbolNameAttr:$sym_name, TypeAttr:$type, AnyAttr:$init, UnitAttr:$transient);
  let assemblyFormat = "$sym_name `:` $type `init` `(` $init `)` (`transient` $transient^)? attr-dict";
  let hasVerifier = 1;
}

def NN_ParamOp : NN_Op<"param", [Pure, DeclareOpInterfaceMethods<SymbolUserOpInterface>]> {
  let summary = "The value of a parameter";
  let pytorch = "reading an attribute of a torch.nn.Module";
  let semantics = "the tensor that nn.parameter of this name holds when the entry is called";
  let shapes = "the result has the declared type (C1)";
  let vjp = "the parameter's gradient";
  let source = "of this language: docs/language.md, parameters";
  let example = "%w = nn.param @kernel : tensor<5x5xf32>";
  let arguments = (ins FlatSymbolRefAttr:$parameter);
  let results = (outs NN_Tensor:$result);
  let assemblyFormat = "$parameter attr-dict `:` type($result)";
}

def NN_ReadOp : NN_Op<"read", [DeclareOpInterfaceMethods<SymbolUserOpInterface>]> {
  let summary = "The value of a state, after the writes before it";
  let pytorch = "reading a buffer of a torch.nn.Module";
  let semantics = "the tensor that nn.state of this name holds";
  let shapes = "the result has the declared type (C1)";
  let vjp = "zero: a state is not trained";
  let source = "of this language: docs/language.md, state";
  let example = "%m = nn.read @mean : tensor<8xf32>";
  let arguments = (ins FlatSymbolRefAttr:$state);
  let results = (outs NN_Tensor:$result);
  let assemblyFormat = "$state attr-dict `:` type($result)";
}

def NN_WriteOp : NN_Op<"write", [DeclareOpInterfaceMethods<SymbolUserOpInterface>]> {
  let summary = "Replaces the value of a state when the entry succeeds";
  let pytorch = "assigning to a buffer in training mode; in inference nothing is written";
  let semantics = "in code reached from a nn.train_step, or from an entry with `attributes {nn.updates}`: the state of this name becomes "
                  "value; reads after it in program order see value. In every other entry, which is inference, nothing: reads see the "
                  "state as it was when the entry was called";
  let shapes = "value has the declared type (C1)";
  let vjp = "none: no results";
  let source = "of this language: docs/language.md, state";
  let example = [{
module @counter {
  nn.state @calls : tensor<i64> init(#nn.zeros)
  func.func @count() -> tensor<i64> attributes {nn.updates} {
    %old = nn.read @calls : tensor<i64>
    %one = nn.constant dense<1> : tensor<i64>
    %new = nn.add %old, %one : tensor<i64>
    nn.write @calls, %new : tensor<i64>
    return %new : tensor<i64>
  }
} }];
  let arguments = (ins FlatSymbolRefAttr:$state, NN_Tensor:$value);
  let assemblyFormat = "$state `,` $value attr-dict `:` type($value)";
}

def NN_TrainStepOp : NN_DeclarationOp<"train_step", [DeclareOpInterfaceMethods<SymbolUserOpInterface>]> {
  let summary = "An entry that updates the parameters to lower a loss, and returns it";
  let pytorch = "zero_grad, forward, backward, clip_grad_norm_ and step of a loop, in one call; with accumulate, of several losses and backwards before the step";
  let semantics = "loss, g = value and gradients of @loss by the parameters that it reads, or by those in trains; with clip_norm, all of g times "
                  "min(1, clip_norm / (norm + 1e-6)), norm that of all of them together; every one of them is updated by the optimizer; step becomes step + 1; the result is the loss before the update. With `accumulate = n` every argument has n parts, "
                  "its slices along a first dimension: the loss is the mean of @loss over the parts, which are computed one after the other in the memory of one, and the gradients, whose sums are f32's at least, are its. "
                  "A part reads what the parts before it wrote to states, and draws random numbers of its own. A module may have several: each "
                  "has its own slots, hyperparameters, count of steps and random streams, known by its name, and a parameter may be "
                  "trained by more than one";
  let shapes = "@loss returns one rank-0 float tensor first (C1); the arguments of the entry are those of @loss, with a first dimension of n where accumulate = n. optimizer is an "
               "optimizer (C2) that fits the parameters' dtypes (C3); schedule a schedule of its learning_rate (C4); clip_norm > 0 and finite, in f32 as well (C5); "
               "groups are groups (C6) of declared parameters, each in one at most (C7), whose patterns fit some, with hyperparameters of the optimizer (C8) in its ranges (C9); "
               "trains holds names of declared parameters, and patterns of names as groups have them, each once (C10); gradients flow to every parameter that is named, and to one at least of those that a pattern fits; "
               "accumulate is from 1 to 2^31 - 1 (C11)";
  let source = "of this language: docs/language.md, training";
  let example = [{
module @classifier {
  nn.parameter @kernel : tensor<5x3xf32> init(#nn.glorot_uniform)
  nn.parameter @bias : tensor<3xf32> init(#nn.zeros)
  func.func @loss(%x: tensor<?x5xf32> {nn.dims = ["batch", ""]}, %labels: tensor<?xi32> {nn.dims = ["batch"]}) -> tensor<f32> {
    %w = nn.param @kernel : tensor<5x3xf32>
    %b = nn.param @bias : tensor<3xf32>
    %y = nn.linear %x, %w, %b : tensor<?x5xf32>, tensor<5x3xf32>, tensor<3xf32>
    %l = nn.cross_entropy %y, %labels : tensor<?x3xf32>, tensor<?xi32>
    return %l : tensor<f32>
  }
  nn.train_step @fit minimizes @loss with #nn.adamw<learning_rate = 1.0e-3, weight_decay = 1.0e-2>
    schedule(#nn.linear_warmup<steps = 100>) clip_norm = 1.0 groups = [#nn.group<[@bias], weight_decay = 0.0>]
} }];
  // optimizer: an optimizer attribute, or #nn.optimizer_function<@f, ...>. The clauses come in any order.
  let arguments = (ins SymbolNameAttr:$sym_name, FlatSymbolRefAttr:$loss, AnyAttr:$optimizer,
                       OptionalAttr<ArrayAttr>:$trains, OptionalAttr<AnyAttr>:$schedule, OptionalAttr<F64Attr>:$clipNorm, OptionalAttr<ArrayAttr>:$groups,
                       OptionalAttr<I64Attr>:$accumulate);
  let assemblyFormat = [{
    $sym_name `minimizes` $loss `with` $optimizer oilist(`trains` `=` $trains | `schedule` `` custom<Schedule>($schedule)
    | `clip_norm` `=` custom<Number>($clipNorm) | `groups` `=` $groups | `accumulate` `=` custom<Whole>($accumulate))
    `` custom<NoMoreClauses>("\"trains, schedule, clip_norm, groups, accumulate\"") attr-dict
  }];
  let extraClassDeclaration = [{
    /// Whether the step trains a parameter to which a gradient flows: it has no list, or that names or fits it.
    bool trains(::llvm::StringRef parameter);
  }];
}

class NN_DerivativeOp<string mnemonic, list<Trait> traits = []>
    : NN_Op<mnemonic, !listconcat([DeclareOpInterfaceMethods<SymbolUserOpInterface>], traits)> {
  let shapes = "the operand types are those of @callee (C1); wrt holds argument positions and parameter names (C2) of float dtype (C3), or all, which is every "
               "argument of float dtype; "
               "the results are those of @callee and then the derivatives (C4). grad: @callee returns one rank-0 float tensor first (C5). "
               "vjp: one cotangent per float result of @callee, of its type (C5). jvp: one tangent per entry of wrt, of its type (C5)";
  let vjp = "by differentiating the expanded derivative";
  let source = "of this language: docs/language.md, derivatives";
}

def NN_GradOp : NN_DerivativeOp<"grad"> {
  let summary = "Value and gradients of a scalar function";
  let pytorch = "torch.autograd.grad; torch.func.grad_and_value";
  let semantics = "the results of callee(operands), then the gradients of the first result by every entry of wrt, in order";
  let example = [{
module @forces {
  nn.parameter @stiffness : tensor<f32> init(#nn.ones)
  func.func private @energy(%x: tensor<8x3xf32>) -> tensor<f32> {
    %k = nn.param @stiffness : tensor<f32>
    %squares = nn.mul %x, %x : tensor<8x3xf32>
    %sum = nn.reduce sum %squares dims = [0, 1] : tensor<8x3xf32>
    %e = nn.mul %k, %sum : tensor<f32>
    return %e : tensor<f32>
  }
  func.func @slopes(%x: tensor<8x3xf32>) -> (tensor<f32>, tensor<f32>, tensor<8x3xf32>) {
    %e, %dk, %dx = nn.grad @energy(%x) wrt(@stiffness, 0) : (tensor<8x3xf32>) -> (tensor<f32>, tensor<f32>, tensor<8x3xf32>)
    return %e, %dk, %dx : tensor<f32>, tensor<f32>, tensor<8x3xf32>
  }
} }];
  let arguments = (ins FlatSymbolRefAttr:$callee, Variadic<NN_Tensor>:$inputs, ArrayAttr:$wrt);
  let results = (outs Variadic<NN_Tensor>:$results);
  let assemblyFormat = "$callee `(` $inputs `)` `wrt` custom<WithRespectTo>($wrt) attr-dict `:` functional-type($inputs, $results)";
}

def NN_VjpOp : NN_DerivativeOp<"vjp", [AttrSizedOperandSegments]> {
  let summary = "Value and vector-Jacobian product of a function";
  let pytorch = "torch.func.vjp";
  let semantics = "the results of callee(operands), then for every entry w of wrt: sum over results r of <cotangent r, d r / d w>";
  let example = "%y, %dx = nn.vjp @f(%x) cotangents(%dy) wrt(0) : (tensor<4xf32>), (tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>)";
  let arguments = (ins FlatSymbolRefAttr:$callee, Variadic<NN_Tensor>:$inputs, Variadic<NN_Tensor>:$cotangents, ArrayAttr:$wrt);
  let results = (outs Variadic<NN_Tensor>:$results);
  let assemblyFormat = [{
    $callee `(` $inputs `)` `cotangents` `(` $cotangents `)` `wrt` custom<WithRespectTo>($wrt) attr-dict
    `:` `(` type($inputs) `)` `,` `(` type($cotangents) `)` `->` `(` type($results) `)`
  }];
}

def NN_JvpOp : NN_DerivativeOp<"jvp", [AttrSizedOperandSegments]> {
  let summary = "Value and directional derivative of a function";
  let pytorch = "torch.func.jvp";
  let semantics = "the results of callee(operands), then for every float result r: sum over the entries w of wrt of d r / d w times tangent w";
  let example = "%y, %dy = nn.jvp @f(%x) tangents(%dx) wrt(0) : (tensor<4xf32>), (tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>)";
  let arguments = (ins FlatSymbolRefAttr:$callee, Variadic<NN_Tensor>:$inputs, Variadic<NN_Tensor>:$tangents, ArrayAttr:$wrt);
  let results = (outs Variadic<NN_Tensor>:$results);
  let assemblyFormat = [{
    $callee `(` $inputs `)` `tangents` `(` $tangents `)` `wrt` custom<WithRespectTo>($wrt) attr-dict
    `:` `(` type($inputs) `)` `,` `(` type($tangents) `)` `->` `(` type($results) `)`
  }];
}

def NN_StorageKind : I32EnumAttr<"StorageKind", "what a storage holds; the values are mlc_storage_kind", [
    I32EnumAttrCase<"parameter", 0>, I32EnumAttrCase<"slot", 1>, I32EnumAttrCase<"state", 2>,
    I32EnumAttrCase<"hyperparameter", 3>, I32EnumAttrCase<"step", 4>, I32EnumAttrCase<"seed", 5>,
    I32EnumAttrCase<"packed", 7>]> {
  let cppNamespace = "::mlc::nn";
  let genSpecializedAttr = 0;
}
def NN_StorageKindAttr : EnumAttr<NN_Dialect, NN_StorageKind, "storage_kind">;

def NN_StorageOp : NN_DeclarationOp<"storage"> {
  let summary = "A buffer that lives as long as the model";
  let isInternal = 1;
  let pytorch = "none: made by the compiler";
  let semantics = [{made by the differentiate phase. parameter: flat, holding `members` ({name, offset in elements}); slot: laid out
    like the parameter storage `like`; state: one nn.state; hyperparameter: a rank-0 f32 with its `initial` value and the `range` that it may be set in; step (of a
    training step, and `step` of its slots, hyperparameters and other counts) and seed: rank-0 i64; packed: a copy of a parameter or state in the layout that products read, which `panels` says, made by the fuse phase. A function argument with `nn.storage = @s` is its value on entry; a result with it is written back on success}];
  let shapes = "static (C1)";
  let source = "made by the compiler";
  let example = "nn.storage @parameters_0 parameter : tensor<48xf32> {members = [{name = \"kernel\", offset = 0 : i64}]}";
  let arguments = (ins SymbolNameAttr:$sym_name, NN_StorageKindAttr:$kind, TypeAttr:$type, OptionalAttr<ArrayAttr>:$members,
                       OptionalAttr<FlatSymbolRefAttr>:$like, OptionalAttr<FlatSymbolRefAttr>:$step, OptionalAttr<F64Attr>:$initial,
                       OptionalAttr<DenseF64ArrayAttr>:$range, OptionalAttr<NN_PanelsAttr>:$panels);
  let assemblyFormat = "$sym_name $kind `:` $type attr-dict";
}

#endif
