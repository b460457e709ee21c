// Phase 3, differentiate.
#ifndef MLC_AUTODIFF_PASSES
#define MLC_AUTODIFF_PASSES

include "mlir/Pass/PassBase.td"

def InlineCallsPass : Pass<"inline-calls", "::mlir::ModuleOp"> {
  let summary = "Replace every call by the body of its callee";
  let description = [{
    Replaces every `func.call`, in every function, by a copy of the callee's body. Recursion is an error, of derivative requests
    too: nothing after this phase can run it. More than 2^18 ops in a function from all that it calls are not supported: calls that
    double at every level reach them quickly. What the text itself holds may be as long as it is. Functions that are called stay; `symbol-dce` removes the private ones.

    ```mlir
    func.func private @twice(%x: tensor<f32>) -> tensor<f32> {
      %y = nn.add %x, %x : tensor<f32>
      return %y : tensor<f32>
    }
    func.func @f(%x: tensor<f32>) -> tensor<f32> {
      %y = call @twice(%x) : (tensor<f32>) -> tensor<f32>
      return %y : tensor<f32>
    }
    // @f becomes
    func.func @f(%x: tensor<f32>) -> tensor<f32> {
      %y = nn.add %x, %x : tensor<f32>
      return %y : tensor<f32>
    }
    ```
  }];
}

def ExpandDerivativesPass : Pass<"expand-derivatives", "::mlir::ModuleOp"> {
  let summary = "Replace nn.grad, nn.vjp and nn.jvp by the operations that compute them";
  let description = [{
    Replaces every request by a copy of its callee's body, followed by the ops of its derivative. Precondition: no calls
    (`inline-calls`). Requests of a callee are expanded first, so derivatives may have any order. nn.jvp is the VJP of the VJP by
    its cotangent. Composite ops without a rule of their own that lie on the way of a derivative are decomposed in place.
    Operations that no result needs are erased. Public functions that held requests get `nn.kind = "gradient"`.

    ```mlir
    func.func private @square(%x: tensor<f32>) -> tensor<f32> {
      %y = nn.mul %x, %x : tensor<f32>
      return %y : tensor<f32>
    }
    func.func @f(%x: tensor<f32>) -> (tensor<f32>, tensor<f32>) {
      %y, %dx = nn.grad @square(%x) wrt(0) : (tensor<f32>) -> (tensor<f32>, tensor<f32>)
      return %y, %dx : tensor<f32>, tensor<f32>
    }
    // @f becomes
    func.func @f(%x: tensor<f32>) -> (tensor<f32>, tensor<f32>) {
      %y = nn.mul %x, %x : tensor<f32>
      %dx = nn.add %x, %x : tensor<f32>
      return %y, %dx : tensor<f32>, tensor<f32>
    }
    ```
  }];
  let dependentDialects = ["::mlc::nn::NNDialect", "::mlir::arith::ArithDialect"];
}

def ExpandTrainStepsPass : Pass<"expand-train-steps", "::mlir::ModuleOp"> {
  let summary = "Replace nn.train_step by a function that updates storages";
  let description = [{
    `nn.train_step @fit` becomes `func.func @fit`: the loss, its gradients by the parameters that it depends on (of those in `trains`,
    if the step has it), clipping, the optimizer, the count of steps. Precondition: no calls, no derivative requests. The function returns the loss, computed before
    the update, and the new values of the storages that it changes.

    The parameters of one dtype that the same steps train, in the same group of each, become one flat `nn.storage`; a member starts on a multiple of 64 bytes and the gaps are
    zero. A slot is a storage laid out like that of its parameters, of f32 where they are bf16 or f16. The optimizer is applied once per storage, to flat tensors. A
    hyperparameter is a rank-0 f32 storage, unless the group has its own value, a constant. Every step has slots, hyperparameters and a
    count of its own. `nn.name` on their storages and those of states is the name by which users and files know them; where the module
    has several steps, or `nn.several_steps`, the step's name and a slash stand before the names of what belongs to it.

    With `accumulate`, loss and gradients are those of a loop over the parts, which carries the sums and the states that the loss writes.

    With `scale-loss`, for products of f16, the gradients are those of the loss times `loss_scale`, a hyperparameter that the step changes itself, as
    torch.amp.GradScaler does: from 2^16 on it is doubled after 2000 steps, and halved by a step whose gradients are not finite, which
    changes no parameter, no slot and no bias correction. Both kinds of step are counted. The loss returned is the one of the model.

    A parameter through which no gradient flows is frozen: no storage of this step holds it. `nn.dropout` acts in this
    function only, on a stream of its own per op and call path;
    `nn.batch_norm` takes the statistics of the batch in it. The function has `nn.kind = "training"`.

    ```mlir
    nn.parameter @w : tensor<5xf32> init(#nn.ones)
    func.func private @loss(%x: tensor<5xf32>) -> tensor<f32> { ... }
    nn.train_step @fit minimizes @loss with #nn.sgd<learning_rate = 0.1>
    // becomes
    func.func @fit(%x: tensor<5xf32>, %step: tensor<i64> {nn.storage = @step}, %p: tensor<16xf32> {nn.storage = @parameters},
                   %lr: tensor<f32> {nn.storage = @learning_rate}, %decay: tensor<f32> {nn.storage = @weight_decay})
        -> (tensor<f32>, tensor<16xf32> {nn.storage = @parameters}, tensor<i64> {nn.storage = @step}) {
      %w = nn.param @w : tensor<5xf32>
      ...
      %gap = nn.constant dense<0.0> : tensor<11xf32>
      %g = nn.concat %dw, %gap dim = 0 : tensor<5xf32>, tensor<11xf32>
      ...
      return %l, %new, %next : tensor<f32>, tensor<16xf32>, tensor<i64>
    }
    nn.storage @parameters parameter : tensor<16xf32> {members = [{name = "w", offset = 0} ]}
    nn.storage @learning_rate hyperparameter : tensor<f32> {initial = 0.1, nn.name = "learning_rate", range = array<f64: 0, 3.4e38>}
    ```
  }];
  let options = [Option<"scaleLoss", "scale-loss", "bool", "false", "for products of f16: scale the loss by a number that follows the gradients">];
  let dependentDialects = ["::mlc::nn::NNDialect", "::mlir::arith::ArithDialect"];
}

def LiftParametersPass : Pass<"lift-parameters", "::mlir::ModuleOp"> {
  let summary = "Make parameters and states arguments and results of the functions that use them";
  let description = [{
    Every function gets an argument with `nn.storage = @s` for each storage that it uses, and a result with it for each that it
    changes. `nn.param` becomes a slice of its flat storage, reshaped; `nn.read` the argument, or what was written before it;
    `nn.write` a result, in what was a training step or has `nn.updates`; elsewhere it is dropped. Parameters that `expand-train-steps` has not placed go into one flat storage per dtype. Precondition: no
    calls, no derivative requests, no nn.train_step.

    ```mlir
    nn.parameter @w : tensor<2x3xf32> init(#nn.ones)
    func.func @f() -> tensor<2x3xf32> {
      %w = nn.param @w : tensor<2x3xf32>
      return %w : tensor<2x3xf32>
    }
    // becomes
    nn.parameter @w : tensor<2x3xf32> init(#nn.ones)
    func.func @f(%p: tensor<16xf32> {nn.storage = @parameters}) -> tensor<2x3xf32> {
      %0 = nn.slice %p [0] [6] [1] : tensor<16xf32>
      %w = nn.reshape %0 : tensor<6xf32> -> tensor<2x3xf32>
      return %w : tensor<2x3xf32>
    }
    nn.storage @parameters parameter : tensor<16xf32> {members = [{name = "w", offset = 0} ]}
    ```
  }];
  let dependentDialects = ["::mlc::nn::NNDialect"];
}

#endif
