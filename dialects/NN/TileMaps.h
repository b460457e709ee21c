// The attributes of nn.transform_tiles and nn.join_tiles as numbers.
#ifndef MLC_DIALECTS_NN_TILEMAPS_H
#define MLC_DIALECTS_NN_TILEMAPS_H

#include "dialects/NN/NN.h"

namespace mlc::nn {

/// A linear map of a few numbers, row by row.
struct SmallMatrix {
  int64_t rows = 0, columns = 0;
  llvm::SmallVector<double, 0> numbers;

  SmallMatrix(int64_t rows, int64_t columns)
      : rows(rows), columns(columns), numbers(rows * columns, 0.0) {}
  /// Of an attribute that the op's verifier has seen.
  explicit SmallMatrix(mlir::Attribute attribute);

  double &at(int64_t row, int64_t column) { return numbers[row * columns + column]; }
  double at(int64_t row, int64_t column) const { return numbers[row * columns + column]; }
  SmallMatrix transposed() const;
  SmallMatrix withColumnsTurned() const; ///< in the opposite order
  /// `count` rows from `first` on, or as many as there are.
  SmallMatrix rowsFrom(int64_t first, int64_t count) const;
  mlir::Attribute attribute(mlir::MLIRContext *context) const;
};

llvm::SmallVector<SmallMatrix> matricesOf(mlir::ArrayAttr matrices);
mlir::ArrayAttr attributeOf(mlir::MLIRContext *context, llvm::ArrayRef<SmallMatrix> matrices);

/// Where the tiles lie along a spatial dimension.
struct TileGrid {
  llvm::SmallVector<int64_t> strides, low;
};

/// x [n, spatial..., c] as [points..., n, tiles..., c]; and back, to `sizes`.
mlir::Value transformTiles(mlir::OpBuilder &builder, mlir::Location location, mlir::Value x,
                           llvm::ArrayRef<SmallMatrix> matrices, const TileGrid &grid,
                           llvm::ArrayRef<int64_t> tiles);
mlir::Value joinTiles(mlir::OpBuilder &builder, mlir::Location location, mlir::Value x,
                      llvm::ArrayRef<SmallMatrix> matrices, const TileGrid &grid,
                      llvm::ArrayRef<int64_t> sizes);

} // namespace mlc::nn
#endif
