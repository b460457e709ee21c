// Phase 3, differentiate.
#ifndef MLC_AUTODIFF_PASSES
#define MLC_AUTODIFF_PASSES

include "mlir/Pass/PassBase.td"

def InlineCallsPass : Pass<"inline-calls", "::mlir::ModuleOp"> {
  let summary = "Replace every call by the body of its callee";
  let description = [{
    Replaces every `func.call`, in every function, by a copy of the callee's body. Recursion is an error, of derivative requests
    too: nothing after this phase can run it. Functions that are called stay; `symbol-dce` removes the private ones.

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
    Operations that no result needs are erased.

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

#endif
