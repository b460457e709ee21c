// Tiles of an image under linear maps of a few elements, and back: what fast convolutions are made of.
#ifndef MLC_NN_TILE_OPS
#define MLC_NN_TILE_OPS

include "dialects/NN/NNBase.td"

class NN_TileOp<string mnemonic> : NN_DifferentiableOp<mnemonic> {
  let role = "product";
  let segment = "tiles";
  let pytorch = "none";
  let results = (outs NN_FloatTensor:$result);
}

def NN_TransformTilesOp : NN_TileOp<"transform_tiles"> {
  let summary = "A linear map of what windows see of an image, in each of its spatial dimensions";
  let semantics = [{result[a, b, ..., n, s, t, ..., c] = sum over i, j, ... of matrices[0][a, i] * matrices[1][b, j] * ... * x[n, s * strides[0] + i - low[0], t * strides[1] + j - low[1], ..., c],
    where x is 0 outside of itself}];
  let shapes = [{x: [n, spatial dimensions, c], the latter static; for each of these a matrix of f64, [points, window], a stride and a number of tiles, each at least 1, and low, what is before x (C1). The result is
    [points..., n, tiles..., c] of the dtype of x. 16-bit floats accumulate in f32}];
  let vjp = "dx = join_tiles of dy by the transposed matrices, one for every `strides` rows of them";
  let source = "Winograd 1980, Arithmetic Complexity of Computations; Lavin and Gray 2016, arXiv:1509.09308, section 4";
  let example = "%y = nn.transform_tiles %x matrices = [dense<[[1.0, 1.0, 0.0], [1.0, -1.0, 0.0]]> : tensor<2x3xf64>] strides = [2] low = [1] tiles = [4] : tensor<?x8x4xf32>";
  let arguments = (ins NN_FloatTensor:$x, ArrayAttr:$matrices, DenseI64ArrayAttr:$strides, DenseI64ArrayAttr:$low, DenseI64ArrayAttr:$tiles);
  let assemblyFormat = "$x `matrices` `=` $matrices `strides` `=` $strides `low` `=` $low `tiles` `=` $tiles attr-dict `:` type($x)";
  let extraClassDeclaration = [{
    ::mlir::AffineExpr operations(::mlc::nn::DimensionAnalysis &sizes);
    std::optional<int64_t> rowInResult(unsigned operand, int64_t dim);
  }];
}

def NN_JoinTilesOp : NN_TileOp<"join_tiles"> {
  let summary = "An image of tiles, each a linear map of a few numbers, side by side";
  let semantics = [{result[n, p, q, ..., c] = sum over a, b, ... of matrices[0][i, a] * matrices[1][j, b] * ... * x[a, b, ..., n, s, t, ..., c] with p + low[0] = s * strides[0] + i,
    q + low[1] = t * strides[1] + j, ..., 0 <= i < strides[0], ...; 0 where i is no row of the matrix or s no tile}];
  let shapes = [{x: [points..., n, tiles..., c], points and tiles static; for each spatial dimension a matrix of f64, [window, points], a stride, at least the window, low, what is left out before the result, and a
    size of the result (C1). The result is [n, sizes..., c] of the dtype of x. 16-bit floats accumulate in f32}];
  let vjp = "dx = transform_tiles of dy by the transposed matrices";
  let source = "Winograd 1980, Arithmetic Complexity of Computations; Lavin and Gray 2016, arXiv:1509.09308, section 4";
  let example = "%y = nn.join_tiles %x matrices = [dense<[[1.0, 1.0], [1.0, -1.0]]> : tensor<2x2xf64>] strides = [2] low = [0] sizes = [7] : tensor<2x?x4x3xf32>";
  let arguments = (ins NN_FloatTensor:$x, ArrayAttr:$matrices, DenseI64ArrayAttr:$strides, DenseI64ArrayAttr:$low, DenseI64ArrayAttr:$sizes);
  let assemblyFormat = "$x `matrices` `=` $matrices `strides` `=` $strides `low` `=` $low `sizes` `=` $sizes attr-dict `:` type($x)";
  let extraClassDeclaration = [{
    ::mlir::AffineExpr operations(::mlc::nn::DimensionAnalysis &sizes);
    std::optional<int64_t> rowInResult(unsigned operand, int64_t dim);
  }];
}

#endif
