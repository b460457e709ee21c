//===- ExpandMath.td - the expand-math pass ------------------------------------===//
include "mlir/Pass/PassBase.td"

def ExpandMathPass : Pass<"expand-math"> {
  let summary = "Elementary functions written out as arithmetic";
  let description = [{
    Replaces `math.exp`, `expm1`, `log`, `log1p`, `sinh`, `cosh`, `tanh`, `erf`, `erfc`, `sin`, `cos`, `tan`, `asin`, `acos`,
    `atan`, `asinh`, `acosh`, `atanh`, `rsqrt`, `powf`, `atan2` and `nn.function` of f32 and f64, scalars and vectors, by range reduction and polynomials on `arith` ops: no call to a mathematics library
    remains, on a CPU or a GPU. bf16 and f16 are computed in f32 and rounded. The largest errors, in units in the last
    place, stand beside each function in `ExpandMathFunctions.h`; NaN, infinities, signed zeros and denormals are as
    C's `<math.h>` has them. sin, cos and tan of huge arguments take a branch (`scf.if`) with an exact reduction.
    Operations that are instructions already (`sqrt`, `fma`, `floor`, `ceil`, `roundeven`, `absf`, `copysign`) stay.
    ```mlir
    %y = math.rsqrt %x : vector<16xf32>
    // becomes
    %root = math.sqrt %x : vector<16xf32>
    %y = arith.divf %one, %root : vector<16xf32>
    ```
  }];
  let options = [
    Option<"fma", "fma", "bool", "true", "the target has a fused multiply-add instruction">,
    Option<"ldexp", "ldexp", "bool", "false", "the target scales f32 by a power of two in one instruction (AVX-512)">
  ];
  let statistics = [Statistic<"expandedOps", "expanded-ops", "Functions written out">];
  let dependentDialects = ["mlir::LLVM::LLVMDialect", "mlir::arith::ArithDialect", "mlir::math::MathDialect", "mlir::scf::SCFDialect",
                           "mlir::vector::VectorDialect"];
}
