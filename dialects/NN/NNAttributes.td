// Attributes of nn.parameter and nn.train_step: initialisers, optimizers, learning-rate schedules, parameter groups.
#ifndef MLC_NN_ATTRIBUTES
#define MLC_NN_ATTRIBUTES

include "mlir/IR/AttrTypeBase.td"
include "dialects/NN/NNBase.td"
include "dialects/NN/NNAttributeInterfaces.td"

// Every attribute states these, as ops do.
class NN_Attr<string name, string text, list<Trait> traits = []> : AttrDef<NN_Dialect, name, traits> {
  string semantics;
  string source;
  string pytorch;
  string example;
  bit isInternal = 0;
  assert !not(!empty(summary)), "expects a summary";
  let mnemonic = text;
  let description = "Semantics: " # semantics # "\n\nSource: " # source # "\n\nPyTorch: " # pytorch # "\n\nExample:\n```mlir\n" # example #
                    "\n```\n";
}

// A parameter that the text names: its value where it is left out, or std::nullopt where it may not be.
class NN_Named<string value> {
  string valueWhereLeftOut = value;
}
class NN_Required<string desc> : AttrParameter<"::mlc::nn::Number", desc>, NN_Named<"std::nullopt">;
class NN_RequiredCount<string desc> : AttrParameter<"int64_t", desc>, NN_Named<"std::nullopt">;
class NN_Number<string default, string desc> : DefaultValuedParameter<"::mlc::nn::Number", default, desc>, NN_Named<default>;
class NN_Count<string default, string desc> : DefaultValuedParameter<"int64_t", default, desc>, NN_Named<default>;
class NN_OptionalAttribute<string desc> : OptionalParameter<"::mlir::Attribute", desc>, NN_Named<"::mlir::Attribute()">;

// An attribute of NN_Named parameters: `<name = value, ...>`, in any order, or the values alone in the order in which they are
// declared. What has a default may be left out. NamedParameters.h reads and writes them.
class NN_NamedAttr<string name, string text, list<Trait> traits = []> : NN_Attr<name, text, traits> {
  let hasCustomAssemblyFormat = 1;
  string printed = "named"; // or "inOrder": without names
  string named = !interleave(!foreach(i, !range(!size(parameters)),
      "NamedParameter<" # !getdagarg<AttrOrTypeParameter>(parameters, i).cppType # ">{\"" # !getdagname(parameters, i) # "\", " #
      !getdagarg<NN_Named>(parameters, i).valueWhereLeftOut # "}"), ", ");
  let extraClassDefinition = [{
::mlir::Attribute $cppClass::parse(::mlir::AsmParser &parser, ::mlir::Type) {
  return parseNamed<$cppClass>(parser, std::tuple(}] # named # [{));
}
void $cppClass::print(::mlir::AsmPrinter &printer) const {
  printNamed(printer, PrintedNames::}] # printed # [{, std::tuple(}] # named # [{), getImpl()->getAsKey());
}
}];
}

//===- Storages -----------------------------------------------------------===//

def NN_PanelsAttr : NN_Attr<"Panels", "panels"> {
  let summary = "The layout of a packed storage";
  let pytorch = "none: made by the compiler";
  let isInternal = 1;
  let semantics = [{the layout of a packed storage of [panels, steps, width] or [panels, steps, width, products]: its element [p, s, w, q] is the
    one of `weight` at s * products + q along `depth` and at p * width + w along the other dimensions, each counted row-major, those of `depth`
    in the order given, and zero beyond the weight, which begins at element `offset` of `storage`}];
  let source = "compiler/GraphTransforms, pass pack-parameters";
  let example = "nn.storage @packed packed : tensor<2x784x32xf32> {panels = #nn.panels<storage = @w, offset = 0, weight = tensor<784x64xf32>, depth = [0], products = 1>}";
  let parameters = (ins AttrParameter<"::mlir::FlatSymbolRefAttr", "what is copied">:$storage, AttrParameter<"int64_t", "in elements">:$offset,
                    AttrParameter<"::mlir::RankedTensorType", "the type of what is packed">:$weight,
                    AttrParameter<"::mlir::DenseI64ArrayAttr", "the dimensions that products sum over">:$depth,
                    AttrParameter<"int64_t", "of neighbours along the depth that a lane takes at once">:$products);
  let assemblyFormat = "`<` struct(params) `>`";
}

//===- Initialisers -------------------------------------------------------===//

// Fans are PyTorch's: a matrix is [in, out] (nn.linear), a tensor of higher rank is a convolution's [out, in, window...], whose
// fans are in and out times the size of the window.
class NN_InitializerAttr<string name, string text>
    : NN_Attr<name, text, [DeclareAttrInterfaceMethods<InitializerAttrInterface>]>;
class NN_FanInitializerAttr<string name, string text> : NN_InitializerAttr<name, text>;
// One of numbers.
class NN_NumericInitializerAttr<string name, string text>
    : NN_NamedAttr<name, text, [DeclareAttrInterfaceMethods<InitializerAttrInterface>]> {
  let printed = "inOrder";
}

def NN_ZerosAttr : NN_InitializerAttr<"Zeros", "zeros"> {
  let summary = "Initialises with zeros";
  let pytorch = "torch.nn.init.zeros_";
  let semantics = "x = 0";
  let source = "torch.nn.init.zeros_";
  let example = "#nn.zeros";
}
def NN_OnesAttr : NN_InitializerAttr<"Ones", "ones"> {
  let summary = "Initialises with ones";
  let pytorch = "torch.nn.init.ones_";
  let semantics = "x = 1";
  let source = "torch.nn.init.ones_";
  let example = "#nn.ones";
}
def NN_ConstantInitializerAttr : NN_NumericInitializerAttr<"ConstantInitializer", "constant"> {
  let summary = "Initialises with one value";
  let pytorch = "torch.nn.init.constant_";
  let semantics = "x = value, a whole number of the dtype for integers (C1, at most 2^53), finite in the dtype unless it is infinity or NaN (C2)";
  let source = "torch.nn.init.constant_";
  let example = "#nn.constant<5.0e-1>";
  let parameters = (ins NN_Required<"every element">:$value);
}
def NN_UniformAttr : NN_NumericInitializerAttr<"Uniform", "uniform"> {
  let summary = "Initialises with uniform random numbers";
  let pytorch = "torch.nn.init.uniform_";
  let semantics = "x ~ U[low, high), low < high (C1), all finite in the dtype (C2), which has a number there (C3); rounding reaches no number below low, nor high";
  let source = "torch.nn.init.uniform_";
  let example = "#nn.uniform<-1.0e-1, 1.0e-1>";
  let parameters = (ins NN_Required<"least value">:$low, NN_Required<"bound, not reached">:$high);
  let genVerifyDecl = 1;
}
def NN_NormalAttr : NN_NumericInitializerAttr<"Normal", "normal"> {
  let summary = "Initialises with normal random numbers";
  let pytorch = "torch.nn.init.normal_";
  let semantics = "x ~ N(mean, deviation^2), deviation >= 0 (C1), all numbers finite in the dtype (C2)";
  let source = "torch.nn.init.normal_";
  let example = "#nn.normal<0.0, 2.0e-2>";
  let parameters = (ins NN_Number<"0.0", "mean">:$mean, NN_Required<"standard deviation">:$deviation);
  let genVerifyDecl = 1;
}
def NN_TruncatedNormalAttr : NN_NumericInitializerAttr<"TruncatedNormal", "truncated_normal"> {
  let summary = "Initialises with normal random numbers, none farther than two deviations from the mean";
  let pytorch = "torch.nn.init.trunc_normal_, whose cut is at -2 and 2 unless given: here it is two deviations from the mean";
  let semantics = "x ~ N(mean, deviation^2) given |x - mean| <= 2 deviation; the deviation is that of the uncut law, >= 0 (C1), all numbers finite in the dtype (C2)";
  let source = "tf.keras.initializers.TruncatedNormal; torch.nn.init.trunc_normal_ with a, b = mean -+ 2 std";
  let example = "#nn.truncated_normal<0.0, 2.0e-2>";
  let parameters = (ins NN_Number<"0.0", "mean">:$mean, NN_Required<"standard deviation before the cut">:$deviation);
  let genVerifyDecl = 1;
}
def NN_GlorotUniformAttr : NN_FanInitializerAttr<"GlorotUniform", "glorot_uniform"> {
  let summary = "Initialises for equal variance forward and backward (Xavier), uniform";
  let pytorch = "torch.nn.init.xavier_uniform_";
  let semantics = "x ~ U[-b, b), b = sqrt(6 / (fan_in + fan_out)); rank >= 2 (C1)";
  let source = "Glorot and Bengio 2010, eq. 16; torch.nn.init.xavier_uniform_";
  let example = "#nn.glorot_uniform";
}
def NN_GlorotNormalAttr : NN_FanInitializerAttr<"GlorotNormal", "glorot_normal"> {
  let summary = "Initialises for equal variance forward and backward (Xavier), normal";
  let pytorch = "torch.nn.init.xavier_normal_";
  let semantics = "x ~ N(0, 2 / (fan_in + fan_out)); rank >= 2 (C1)";
  let source = "Glorot and Bengio 2010, eq. 12; torch.nn.init.xavier_normal_";
  let example = "#nn.glorot_normal";
}
def NN_HeUniformAttr : NN_FanInitializerAttr<"HeUniform", "he_uniform"> {
  let summary = "Initialises for layers followed by ReLU (Kaiming), uniform";
  let pytorch = "torch.nn.init.kaiming_uniform_(nonlinearity='relu'); a matrix is [in, out] here, [out, in] there";
  let semantics = "x ~ U[-b, b), b = sqrt(6 / fan_in); rank >= 2 (C1)";
  let source = "He et al. 2015, arXiv:1502.01852, eq. 10; torch.nn.init.kaiming_uniform_(nonlinearity='relu')";
  let example = "#nn.he_uniform";
}
def NN_HeNormalAttr : NN_FanInitializerAttr<"HeNormal", "he_normal"> {
  let summary = "Initialises for layers followed by ReLU (Kaiming), normal";
  let pytorch = "torch.nn.init.kaiming_normal_(nonlinearity='relu'); a matrix is [in, out] here, [out, in] there";
  let semantics = "x ~ N(0, 2 / fan_in); rank >= 2 (C1)";
  let source = "He et al. 2015, arXiv:1502.01852, eq. 10; torch.nn.init.kaiming_normal_(nonlinearity='relu')";
  let example = "#nn.he_normal";
}
def NN_LecunNormalAttr : NN_FanInitializerAttr<"LecunNormal", "lecun_normal"> {
  let summary = "Initialises for unit variance forward, normal";
  let pytorch = "torch.nn.init.kaiming_normal_(nonlinearity='linear'); a matrix is [in, out] here, [out, in] there";
  let semantics = "x ~ N(0, 1 / fan_in); rank >= 2 (C1)";
  let source = "LeCun et al. 1998, Efficient BackProp, section 4.6";
  let example = "#nn.lecun_normal";
}
def NN_LecunAttr : NN_FanInitializerAttr<"Lecun", "lecun"> {
  let summary = "Another name of lecun_normal";
  let pytorch = "torch.nn.init.kaiming_normal_(nonlinearity='linear'); a matrix is [in, out] here, [out, in] there";
  let semantics = "x ~ N(0, 1 / fan_in); rank >= 2 (C1)";
  let source = "LeCun et al. 1998, Efficient BackProp, section 4.6";
  let example = "#nn.lecun";
}
def NN_LecunUniformAttr : NN_FanInitializerAttr<"LecunUniform", "lecun_uniform"> {
  let summary = "Initialises for unit variance forward, uniform";
  let pytorch = "torch.nn.init.kaiming_uniform_(nonlinearity='linear'); a matrix is [in, out] here, [out, in] there";
  let semantics = "x ~ U[-b, b), b = sqrt(3 / fan_in); rank >= 2 (C1)";
  let source = "LeCun et al. 1998, Efficient BackProp, section 4.6";
  let example = "#nn.lecun_uniform";
}
def NN_OrthogonalAttr : NN_NumericInitializerAttr<"Orthogonal", "orthogonal"> {
  let summary = "Initialises with orthonormal rows or columns";
  let pytorch = "torch.nn.init.orthogonal_";
  let semantics = "x, as a matrix of shape(x)[0] rows, has orthonormal rows or columns, whichever are fewer, times gain, finite in the dtype (C2); rank >= 2 (C1)";
  let source = "Saxe et al. 2013, arXiv:1312.6120; torch.nn.init.orthogonal_";
  let example = "#nn.orthogonal<1.414>";
  let parameters = (ins NN_Number<"1.0", "factor">:$gain);
}

//===- Optimizers ---------------------------------------------------------===//

// Notation: p parameter, g gradient, lr learning rate, t = 1, 2, ... the number of the step. Updates are computed in f32 for 16-bit
// parameters, in their own dtype else; numbers of one value per step (bias corrections) are computed once, on rank-0 tensors.
// Hyperparameters are kept in f32: the ranges (Ranges.cpp) are of the rounded numbers, at compile time and at run time.
class NN_OptimizerAttr<string name, string text>
    : NN_NamedAttr<name, text, [DeclareAttrInterfaceMethods<OptimizerAttrInterface>]> {
  let genVerifyDecl = 1;
}

def NN_SgdAttr : NN_OptimizerAttr<"Sgd", "sgd"> {
  let summary = "Stochastic gradient descent";
  let pytorch = "torch.optim.SGD";
  let semantics = "g += weight_decay p; p -= lr g. All numbers >= 0 (C1)";
  let source = "torch.optim.SGD";
  let example = "#nn.sgd<learning_rate = 1.0e-2>";
  let parameters = (ins NN_Number<"1.0e-3", "lr">:$learning_rate, NN_Number<"0.0", "L2 penalty">:$weight_decay);
}
def NN_MomentumAttr : NN_OptimizerAttr<"Momentum", "momentum"> {
  let summary = "Gradient descent with heavy-ball momentum";
  let pytorch = "torch.optim.SGD with momentum, which is 0.9 unless given; without dampening";
  let semantics = "g += weight_decay p; m = momentum m + g; p -= lr m: the learning rate is outside of m. All numbers >= 0 (C1)";
  let source = "torch.optim.SGD(momentum)";
  let example = "#nn.momentum<learning_rate = 1.0e-2, momentum = 0.9>";
  let parameters = (ins NN_Number<"1.0e-3", "lr">:$learning_rate, NN_Number<"0.9", "share of m kept">:$momentum,
                        NN_Number<"0.0", "L2 penalty">:$weight_decay);
}
def NN_NesterovAttr : NN_OptimizerAttr<"Nesterov", "nesterov"> {
  let summary = "Gradient descent with Nesterov momentum";
  let pytorch = "torch.optim.SGD(nesterov=True) with momentum, which is 0.9 unless given";
  let semantics = "g += weight_decay p; m = momentum m + g; p -= lr (g + momentum m). All numbers >= 0 (C1)";
  let source = "torch.optim.SGD(momentum, nesterov=True); Sutskever et al. 2013";
  let example = "#nn.nesterov<learning_rate = 1.0e-2, momentum = 0.9>";
  let parameters = (ins NN_Number<"1.0e-3", "lr">:$learning_rate, NN_Number<"0.9", "share of m kept">:$momentum,
                        NN_Number<"0.0", "L2 penalty">:$weight_decay);
}
def NN_AdagradAttr : NN_OptimizerAttr<"Adagrad", "adagrad"> {
  let summary = "Gradient descent scaled by the root of all squared gradients so far";
  let pytorch = "torch.optim.Adagrad without initial_accumulator_value";
  let semantics = "g += weight_decay p; s += g^2; p -= lr / (1 + (t - 1) learning_rate_decay) g / (sqrt(s) + epsilon). All numbers >= 0 (C1)";
  let source = "Duchi et al. 2011; torch.optim.Adagrad";
  let example = "#nn.adagrad<learning_rate = 1.0e-2>";
  let parameters = (ins NN_Number<"1.0e-2", "lr">:$learning_rate, NN_Number<"0.0", "decay of lr">:$learning_rate_decay,
                        NN_Number<"1.0e-10", "floor of the divisor">:$epsilon, NN_Number<"0.0", "L2 penalty">:$weight_decay);
}
def NN_RmsPropAttr : NN_OptimizerAttr<"RmsProp", "rmsprop"> {
  let summary = "Gradient descent scaled by the root of the mean squared gradient";
  let pytorch = "torch.optim.RMSprop; centered keeps the variance itself, which does not cancel";
  let semantics = "g += weight_decay p; v = alpha v + (1 - alpha) g^2; d = g / (sqrt(v) + epsilon); p -= lr d. With momentum > 0: "
                  "m = momentum m + d; p -= lr m. centered = 1: a = alpha a + (1 - alpha) g, and under the root v - a^2, "
                  "which is kept instead of v, as variance = alpha (variance + (1 - alpha) (g - a)^2), a before the step: never negative. "
                  "All numbers >= 0, alpha <= 1 (C1); centered is 0 or 1 (C2)";
  let source = "Hinton 2012, lecture 6e; Graves 2013, arXiv:1308.0850 (centered); torch.optim.RMSprop";
  let example = "#nn.rmsprop<learning_rate = 1.0e-2, alpha = 0.99>";
  let parameters = (ins NN_Number<"1.0e-2", "lr">:$learning_rate, NN_Number<"0.99", "share of v kept">:$alpha,
                        NN_Number<"1.0e-8", "floor of the divisor">:$epsilon, NN_Number<"0.0", "L2 penalty">:$weight_decay,
                        NN_Number<"0.0", "share of m kept; 0: no m">:$momentum,
                        NN_Count<"0", "whether to subtract the mean">:$centered);
}
def NN_AdamAttr : NN_OptimizerAttr<"Adam", "adam"> {
  let summary = "Gradient descent by bias-corrected means of the gradient and its square";
  let pytorch = "torch.optim.Adam without amsgrad";
  let semantics = "g += weight_decay p; m = beta1 m + (1 - beta1) g; v = beta2 v + (1 - beta2) g^2; "
                  "p -= lr / (1 - beta1^t) m / (sqrt(v) / sqrt(1 - beta2^t) + epsilon). All numbers >= 0, betas < 1 (C1)";
  let source = "Kingma and Ba 2014, arXiv:1412.6980, algorithm 1; torch.optim.Adam";
  let example = "#nn.adam<learning_rate = 1.0e-3>";
  let parameters = (ins NN_Number<"1.0e-3", "lr">:$learning_rate, NN_Number<"0.9", "share of m kept">:$beta1,
                        NN_Number<"0.999", "share of v kept">:$beta2, NN_Number<"1.0e-8", "floor of the divisor">:$epsilon,
                        NN_Number<"0.0", "L2 penalty, part of g">:$weight_decay);
}
def NN_AdamWAttr : NN_OptimizerAttr<"AdamW", "adamw"> {
  let summary = "Adam with weight decay apart from the gradient";
  let pytorch = "torch.optim.AdamW without amsgrad; the decay is subtracted together with the step, which rounds once";
  let semantics = "Adam's update with g as it is, and p -= lr weight_decay p of the p before. All numbers >= 0, betas < 1 (C1)";
  let source = "Loshchilov and Hutter 2017, arXiv:1711.05101, with PyTorch's decay by lr weight_decay; torch.optim.AdamW";
  let example = "#nn.adamw<learning_rate = 1.0e-3, weight_decay = 1.0e-2>";
  let parameters = (ins NN_Number<"1.0e-3", "lr">:$learning_rate, NN_Number<"0.9", "share of m kept">:$beta1,
                        NN_Number<"0.999", "share of v kept">:$beta2, NN_Number<"1.0e-8", "floor of the divisor">:$epsilon,
                        NN_Number<"1.0e-2", "share of p lost per unit of lr">:$weight_decay);
}
def NN_LionAttr : NN_OptimizerAttr<"Lion", "lion"> {
  let summary = "Gradient descent by the sign of a mean of the gradient";
  let pytorch = "none";
  let semantics = "c = beta1 m + (1 - beta1) g; p -= lr (sign(c) + weight_decay p) of the p before; m = beta2 m + (1 - beta2) g. "
                  "All numbers >= 0, betas < 1 (C1)";
  let source = "Chen et al. 2023, arXiv:2302.06675, algorithm 2";
  let example = "#nn.lion<learning_rate = 1.0e-4, weight_decay = 1.0e-2>";
  let parameters = (ins NN_Number<"1.0e-4", "lr">:$learning_rate, NN_Number<"0.9", "share of m in the direction">:$beta1,
                        NN_Number<"0.99", "share of m kept">:$beta2, NN_Number<"0.0", "share of p lost per unit of lr">:$weight_decay);
}
def NN_OptimizerFunctionAttr
    : NN_Attr<"OptimizerFunction", "optimizer_function", [DeclareAttrInterfaceMethods<OptimizerAttrInterface, ["verifyFor"]>]> {
  let summary = "An optimizer written by the model's author";
  let pytorch = "a subclass of torch.optim.Optimizer, elementwise";
  let semantics = "p', slots'... = function(p, g, slots..., hyperparameters..., step): p and g are tensor<?xT>, T the parameters' dtype, slots "
                  "too, but of f32 where T is bf16 or f16; hyperparameters are tensor<f32>, step is tensor<i64>, 0 in the first step (C1). The function is elementwise; "
                  "names are distinct (C2); hyperparameters are finite (C3)";
  let source = "of this language: docs/language.md, training";
  let example = [{
module @signs {
  nn.parameter @w : tensor<5xf32> init(#nn.zeros)
  func.func @loss(%x: tensor<?x5xf32> {nn.dims = ["batch", ""]}, %target: tensor<?xf32> {nn.dims = ["batch"]}) -> tensor<f32> {
    %w = nn.param @w : tensor<5xf32>
    %y = nn.matmul %x, %w : tensor<?x5xf32>, tensor<5xf32>
    %l = nn.mse %y, %target : tensor<?xf32>
    return %l : tensor<f32>
  }
  func.func private @update(%p: tensor<?xf32>, %g: tensor<?xf32>, %m: tensor<?xf32>, %learning_rate: tensor<f32>, %step: tensor<i64>)
      -> (tensor<?xf32>, tensor<?xf32>) {
    %m2 = nn.add %m, %g : tensor<?xf32>
    %sign = nn.sign %m2 : tensor<?xf32>
    %n = nn.dim %p, 0 : tensor<?xf32>
    %rate = nn.broadcast %learning_rate [%n] dims = [] : tensor<f32> -> tensor<?xf32>
    %move = nn.mul %rate, %sign : tensor<?xf32>
    %p2 = nn.sub %p, %move : tensor<?xf32>
    return %p2, %m2 : tensor<?xf32>, tensor<?xf32>
  }
  nn.train_step @fit minimizes @loss with #nn.optimizer_function<@update, slots = ["m"], hyperparameters = {learning_rate = 0.1}>
} }];
  let parameters = (ins "::mlir::FlatSymbolRefAttr":$function, "::mlir::ArrayAttr":$slotNames, "::mlir::ArrayAttr":$names,
                        ArrayRefParameter<"::mlc::nn::Number">:$values);
  let hasCustomAssemblyFormat = 1;
  let genVerifyDecl = 1;
}

//===- Schedules and groups -----------------------------------------------===//

class NN_ScheduleAttr<string name, string text>
    : NN_NamedAttr<name, text, [DeclareAttrInterfaceMethods<ScheduleAttrInterface>]> {
  let genVerifyDecl = 1;
}

def NN_ConstantScheduleAttr : NN_ScheduleAttr<"ConstantSchedule", "constant_schedule"> {
  let summary = "The learning rate times one factor";
  let pytorch = "torch.optim.lr_scheduler.LambdaLR with a constant; ConstantLR ends after some steps";
  let semantics = "factor, at least 0 (C1)";
  let source = "torch.optim.lr_scheduler.ConstantLR after its last step";
  let example = "#nn.constant_schedule";
  let parameters = (ins NN_Number<"1.0", "the factor">:$factor);
}
def NN_StepScheduleAttr : NN_ScheduleAttr<"StepSchedule", "step_schedule"> {
  let summary = "The learning rate multiplied by a factor every so many steps";
  let pytorch = "torch.optim.lr_scheduler.StepLR, stepped after every training step";
  let semantics = "factor^floor(step / every), every >= 1 (C1), factor >= 0 (C2)";
  let source = "torch.optim.lr_scheduler.StepLR";
  let example = "#nn.step_schedule<every = 1000, factor = 0.1>";
  let parameters = (ins NN_RequiredCount<"steps between changes">:$every, NN_Number<"0.1", "the factor">:$factor);
}
def NN_CosineScheduleAttr : NN_ScheduleAttr<"CosineSchedule", "cosine_schedule"> {
  let summary = "The learning rate along half a cosine down to a floor, and then constant";
  let pytorch = "torch.optim.lr_scheduler.CosineAnnealingLR, stepped after every training step; eta_min is floor times the learning rate; constant after the last step, where PyTorch rises again";
  let semantics = "floor + (1 - floor) (1 + cos(pi min(step, steps) / steps)) / 2, computed as floor + (1 - floor) sin(pi (steps - min(step, steps)) / (2 steps))^2; steps >= 1 (C1), floor from 0 to 1 (C2)";
  let source = "Loshchilov and Hutter 2016, arXiv:1608.03983, eq. 5; torch.optim.lr_scheduler.CosineAnnealingLR up to T_max";
  let example = "#nn.cosine_schedule<steps = 10000>";
  let parameters = (ins NN_RequiredCount<"how many steps">:$steps, NN_Number<"0.0", "the factor at the end">:$floor);
}
def NN_LinearWarmupAttr : NN_ScheduleAttr<"LinearWarmup", "linear_warmup"> {
  let summary = "The learning rate along a line up to its full value, and then another schedule";
  let pytorch = "torch.optim.lr_scheduler.LinearLR, then SequentialLR; the first step uses start, which may be 0";
  let semantics = "start + (1 - start) step / steps while step < steps, then `then` of step - steps (1 without it); steps >= 1 (C1); "
                  "then is a schedule (C2); start is from 0 to 1 (C3)";
  let source = "Goyal et al. 2017, arXiv:1706.02677, section 2.2; torch.optim.lr_scheduler.LinearLR";
  let example = "#nn.linear_warmup<steps = 100, then = #nn.cosine_schedule<steps = 10000>>";
  let parameters = (ins NN_RequiredCount<"how many steps">:$steps, NN_Number<"0.0", "the factor of the first step">:$start,
                        NN_OptionalAttribute<"the schedule afterwards">:$then);
}

def NN_GroupAttr : NN_Attr<"Group", "group"> {
  let summary = "Parameters with hyperparameters of their own";
  let pytorch = "a parameter group of torch.optim";
  let semantics = "the parameters named, and those whose names a pattern in quotes fits, where * stands for any characters (distinct: C1), use these values (distinct "
                  "names: C2), which are fixed, instead of the hyperparameters of the same names";
  let source = "torch.optim's per-parameter options";
  let example = "#nn.group<[@scale, \"*.bias\", \"ln*\"], weight_decay = 0.0>";
  let parameters = (ins "::mlir::ArrayAttr":$members, "::mlir::ArrayAttr":$names, ArrayRefParameter<"::mlc::nn::Number">:$values);
  let hasCustomAssemblyFormat = 1;
  let genVerifyDecl = 1;
  let extraClassDeclaration = [{
    /// The group's own value of a hyperparameter, if it has one.
    std::optional<double> valueOf(::llvm::StringRef name) const;
    /// The parameters that are named.
    ::llvm::SmallVector<::mlir::FlatSymbolRefAttr> parameters() const;
    /// Whether a parameter is named, or fits a pattern.
    bool contains(::llvm::StringRef parameter) const;
    /// Whether a list of names and patterns has a parameter.
    static bool contains(::mlir::ArrayAttr members, ::llvm::StringRef parameter);
    /// Whether a name fits one pattern: * stands for any characters, none too.
    static bool fits(::llvm::StringRef pattern, ::llvm::StringRef name);
  }];
}

//===- Conditions on sizes ------------------------------------------------===//

def NN_SizeRelation : I32EnumAttr<"SizeRelation", "what sizes must be to each other", [
    I32EnumAttrCase<"equal", 0>, I32EnumAttrCase<"at_most", 1>, I32EnumAttrCase<"countable", 2>]> {
  let cppNamespace = "::mlc::nn";
  let genSpecializedAttr = 0;
}
def NN_RequirementAttr : NN_Attr<"Requirement", "requirement"> {
  let summary = "A condition on the free dimensions of a function";
  let isInternal = 1;
  let pytorch = "none: made by the compiler";
  let semantics = "equal: the two results are; at_most: the first is at most the second; countable: the product of all that are not 0 is at "
                  "most 2^44. Symbol i is free dimension i of the function. A list of them, nn.requirements of the function, is made by "
                  "verify-dimensions and becomes the entry's function check_sizes, which runs before everything else";
  let source = "made by the compiler";
  let example = "#nn.requirement<equal ()[s0, s1] -> (s0, s1), \"sizes of nn.add differ\">";
  let parameters = (ins EnumParameter<NN_SizeRelation>:$relation, "::mlir::AffineMap":$sizes, "::mlir::StringAttr":$message);
  let assemblyFormat = "`<` $relation $sizes `,` $message `>`";
}

#endif
