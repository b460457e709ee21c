// What a program makes of sizes that nobody chose to suit it.
#ifndef MLC_TEST_FUZZ_SIZES_H
#define MLC_TEST_FUZZ_SIZES_H

#include "dialects/NN/NN.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "test/fuzz/Random.h"
#include "llvm/ADT/DynamicAPInt.h"
#include <optional>

namespace mlc::fuzz {

/// One size for every free dimension of @f, in order; all entries of a generated program have the
/// same ones.
using Sizes = llvm::SmallVector<int64_t>;

/// Sizes that suit the program. A dimension whose name ends in `_or_none` may be 0; where some have
/// no name all are the same size, not 0.
Sizes drawSizes(mlir::func::FuncOp function, Random &random);
/// Sizes that may not: zeros, ones that disagree, negative and huge ones.
std::vector<Sizes> drawOddSizes(const Sizes &suitable, Random &random);
/// Whether tensors of these sizes can be made and evaluated.
bool areSmall(llvm::ArrayRef<int64_t> sizes);

/// Whether a function whose composites are decomposed accepts sizes, and what shapes its results
/// have, in integers without bounds.
class SizeOracle {
public:
  explicit SizeOracle(mlir::func::FuncOp function) : function(function), analysis(function) {}
  bool accepts(llvm::ArrayRef<int64_t> sizes);
  /// Whether all tensors together have so many elements that their memory may not be addressed.
  bool isBeyondMemory(llvm::ArrayRef<int64_t> sizes);
  /// The results that a caller gets, without elements. Sizes that no tensor has are 0.
  std::vector<nn::Tensor> results(llvm::ArrayRef<int64_t> sizes);

private:
  using Number = std::optional<llvm::DynamicAPInt>; ///< none: there is none
  Number valueOf(mlir::AffineExpr expr, llvm::ArrayRef<int64_t> sizes) const;
  /// Sizes of 0 counted as 1; none: negative.
  Number elementsOf(mlir::Value value, llvm::ArrayRef<int64_t> sizes);
  bool isTensor(mlir::Value value, llvm::ArrayRef<int64_t> sizes);
  bool canDivide(mlir::Operation *op, llvm::ArrayRef<int64_t> sizes);
  bool accepts(mlir::Operation *op, llvm::ArrayRef<int64_t> sizes);

  mlir::func::FuncOp function;
  nn::DimensionAnalysis analysis;
};

} // namespace mlc::fuzz
#endif
