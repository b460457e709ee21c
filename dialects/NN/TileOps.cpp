// Tiles of an image under linear maps of a few elements, and back.
#include "dialects/NN/CompositeSupport.h"
#include "dialects/NN/Refusal.h"
#include "dialects/NN/TileMaps.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;

namespace mlc::nn {

//===- Matrices -------------------------------------------------------------===//

SmallMatrix::SmallMatrix(Attribute attribute) {
  auto elements = cast<DenseFPElementsAttr>(attribute);
  rows = elements.getType().getDimSize(0);
  columns = elements.getType().getDimSize(1);
  for (const APFloat &number : elements.getValues<APFloat>())
    numbers.push_back(number.convertToDouble());
}

SmallMatrix SmallMatrix::transposed() const {
  SmallMatrix result(columns, rows);
  for (int64_t row = 0; row < rows; ++row)
    for (int64_t column = 0; column < columns; ++column)
      result.at(column, row) = at(row, column);
  return result;
}

SmallMatrix SmallMatrix::withColumnsTurned() const {
  SmallMatrix result(rows, columns);
  for (int64_t row = 0; row < rows; ++row)
    for (int64_t column = 0; column < columns; ++column)
      result.at(row, column) = at(row, columns - 1 - column);
  return result;
}

SmallMatrix SmallMatrix::rowsFrom(int64_t first, int64_t count) const {
  SmallMatrix result(std::min(count, rows - first), columns);
  for (int64_t row = 0; row < result.rows; ++row)
    for (int64_t column = 0; column < columns; ++column)
      result.at(row, column) = at(first + row, column);
  return result;
}

Attribute SmallMatrix::attribute(MLIRContext *context) const {
  auto type = RankedTensorType::get({rows, columns}, Float64Type::get(context));
  return DenseElementsAttr::get(type, ArrayRef<double>(numbers));
}

SmallVector<SmallMatrix> matricesOf(ArrayAttr matrices) {
  return llvm::map_to_vector(matrices, [](Attribute each) { return SmallMatrix(each); });
}
ArrayAttr attributeOf(MLIRContext *context, ArrayRef<SmallMatrix> matrices) {
  SmallVector<Attribute> all;
  for (const SmallMatrix &matrix : matrices)
    all.push_back(matrix.attribute(context));
  return ArrayAttr::get(context, all);
}

Value transformTiles(OpBuilder &builder, Location location, Value x, ArrayRef<SmallMatrix> matrices,
                     const TileGrid &grid, ArrayRef<int64_t> tiles) {
  return TransformTilesOp::create(builder, location, x, attributeOf(builder.getContext(), matrices),
                                  grid.strides, grid.low, tiles);
}
Value joinTiles(OpBuilder &builder, Location location, Value x, ArrayRef<SmallMatrix> matrices,
                const TileGrid &grid, ArrayRef<int64_t> sizes) {
  return JoinTilesOp::create(builder, location, x, attributeOf(builder.getContext(), matrices),
                             grid.strides, grid.low, sizes);
}

//===- Types ----------------------------------------------------------------===//

/// Whether the attributes are of `count` spatial dimensions.
static bool areMatrices(ArrayAttr matrices, ArrayRef<int64_t> strides, ArrayRef<int64_t> low,
                        ArrayRef<int64_t> sizes) {
  constexpr int64_t kLargest = 1 << 30;
  auto isMatrix = [](Attribute each) {
    auto elements = dyn_cast<DenseFPElementsAttr>(each);
    return elements && elements.getElementType().isF64() && elements.getType().getRank() == 2 &&
           elements.getNumElements() > 0;
  };
  auto isSize = [](int64_t number) { return number >= 1 && number <= kLargest; };
  auto isOffset = [](int64_t number) { return std::abs(number) <= kLargest; };
  size_t count = matrices.size();
  return count > 0 && strides.size() == count && low.size() == count && sizes.size() == count &&
         llvm::all_of(matrices, isMatrix) && llvm::all_of(strides, isSize) &&
         llvm::all_of(low, isOffset) && llvm::all_of(sizes, isSize);
}

LogicalResult TransformTilesOp::inferReturnTypes(MLIRContext *, std::optional<Location> location,
                                                 Adaptor adaptor, SmallVectorImpl<Type> &types) {
  FailureOr<RankedTensorType> x = rankedType(location, adaptor.getX());
  if (failed(x))
    return failure();
  auto spatial = static_cast<int64_t>(adaptor.getMatrices().size());
  bool fits = areMatrices(adaptor.getMatrices(), adaptor.getStrides(), adaptor.getLow(),
                          adaptor.getTiles()) &&
              x->getRank() == spatial + 2 &&
              !ShapedType::isDynamicShape(x->getShape().slice(1, spatial));
  if (!fits) // transform_tiles_c1
    return refuse(location, "",
                  "expects a matrix of f64, a stride, low and a number of tiles for each static "
                  "dimension of ",
                  *x, " but the first and the last");
  SmallVector<int64_t> shape;
  for (const SmallMatrix &matrix : matricesOf(adaptor.getMatrices()))
    shape.push_back(matrix.rows);
  shape.push_back(x->getDimSize(0));
  llvm::append_range(shape, adaptor.getTiles());
  shape.push_back(x->getShape().back());
  types.push_back(x->clone(shape));
  return success();
}

LogicalResult JoinTilesOp::inferReturnTypes(MLIRContext *, std::optional<Location> location,
                                            Adaptor adaptor, SmallVectorImpl<Type> &types) {
  FailureOr<RankedTensorType> x = rankedType(location, adaptor.getX());
  if (failed(x))
    return failure();
  auto spatial = static_cast<int64_t>(adaptor.getMatrices().size());
  bool fits = areMatrices(adaptor.getMatrices(), adaptor.getStrides(), adaptor.getLow(),
                          adaptor.getSizes()) &&
              x->getRank() == 2 * spatial + 2;
  if (fits)
    for (auto [dim, matrix] : llvm::enumerate(matricesOf(adaptor.getMatrices())))
      fits &= matrix.columns == x->getDimSize(dim) && matrix.rows <= adaptor.getStrides()[dim] &&
              !x->isDynamicDim(spatial + 1 + dim);
  if (!fits) // join_tiles_c1
    return refuse(location, "",
                  "expects a matrix of f64, a stride, low and a size for each spatial dimension of "
                  "the result, and an operand [points..., n, tiles..., c], but got ",
                  *x);
  SmallVector<int64_t> shape = {x->getDimSize(spatial)};
  llvm::append_range(shape, adaptor.getSizes());
  shape.push_back(x->getShape().back());
  types.push_back(x->clone(shape));
  return success();
}

AffineExpr TransformTilesOp::resultDimension(unsigned, unsigned dim, DimensionAnalysis &sizes) {
  int64_t size = tensorType(getResult()).getDimSize(dim);
  if (!ShapedType::isDynamic(size))
    return sizes.constant(size);
  return sizes.dimension(getX(), dim == getMatrices().size() ? 0 : getMatrices().size() + 1);
}
AffineExpr JoinTilesOp::resultDimension(unsigned, unsigned dim, DimensionAnalysis &sizes) {
  int64_t size = tensorType(getResult()).getDimSize(dim);
  if (!ShapedType::isDynamic(size))
    return sizes.constant(size);
  return sizes.dimension(getX(), dim == 0 ? getMatrices().size() : 2 * getMatrices().size() + 1);
}

/// Images and channels are apart.
std::optional<int64_t> TransformTilesOp::rowInResult(unsigned, int64_t dim) {
  auto spatial = static_cast<int64_t>(getMatrices().size());
  if (dim > 0 && dim <= spatial)
    return std::nullopt;
  return dim == 0 ? spatial : 2 * spatial + 1;
}
std::optional<int64_t> JoinTilesOp::rowInResult(unsigned, int64_t dim) {
  auto spatial = static_cast<int64_t>(getMatrices().size());
  if (dim == spatial)
    return 0;
  return dim == 2 * spatial + 1 ? std::optional(spatial + 1) : std::nullopt;
}

/// Of one tile and channel, a dimension at a time.
static int64_t operationsOfTile(ArrayAttr matrices) {
  SmallVector<SmallMatrix> all = matricesOf(matrices);
  int64_t count = 0;
  for (size_t dim = 0; dim < all.size(); ++dim) {
    int64_t steps = llvm::count_if(all[dim].numbers, [](double number) { return number != 0.0; });
    for (size_t other = 0; other < all.size(); ++other)
      if (other != dim)
        steps *= other < dim ? all[other].rows : all[other].columns;
    count += 2 * steps;
  }
  return count;
}
/// `points` and what comes after them, of which there are so many tiles and channels.
static AffineExpr tilesAndChannels(Value points, size_t spatial, DimensionAnalysis &sizes) {
  SmallVector<AffineExpr> shape = sizes.shape(points);
  AffineExpr count = sizes.constant(1);
  for (AffineExpr size : ArrayRef<AffineExpr>(shape).drop_front(spatial))
    count = count * size;
  return count;
}
AffineExpr TransformTilesOp::operations(DimensionAnalysis &sizes) {
  return tilesAndChannels(getResult(), getMatrices().size(), sizes) *
         operationsOfTile(getMatrices());
}
AffineExpr JoinTilesOp::operations(DimensionAnalysis &sizes) {
  return tilesAndChannels(getX(), getMatrices().size(), sizes) * operationsOfTile(getMatrices());
}

//===- Semantics ------------------------------------------------------------===//

namespace {
/// Sums over the indices of one matrix after the other.
class SumOverMatrices {
public:
  SumOverMatrices(const Tensor &x, ArrayRef<SmallMatrix> matrices, Type element)
      : x(x), matrices(matrices), element(element) {}

  /// The element of x at `from` with the column of each matrix put where `place` says; `row` of a
  /// matrix weighs it.
  Scalar sum(MutableArrayRef<int64_t> from, ArrayRef<int64_t> rows,
             function_ref<bool(MutableArrayRef<int64_t> from, size_t dim, int64_t column)> place,
             size_t dim = 0) {
    if (dim == matrices.size())
      return x[from];
    Scalar total = Scalar::of(0.0, element);
    for (int64_t column = 0; column < matrices[dim].columns; ++column) {
      double weight = matrices[dim].at(rows[dim], column);
      if (weight != 0.0 && place(from, dim, column))
        total = total + Scalar::of(weight, element) * sum(from, rows, place, dim + 1);
    }
    return total;
  }

private:
  const Tensor &x;
  ArrayRef<SmallMatrix> matrices;
  Type element;
};
} // namespace

FailureOr<SmallVector<Tensor>> TransformTilesOp::evaluate(ArrayRef<Tensor> operands,
                                                          ArrayRef<RankedTensorType> resultTypes) {
  const Tensor &x = operands[0];
  SmallVector<SmallMatrix> matrices = matricesOf(getMatrices());
  size_t spatial = matrices.size();
  SumOverMatrices sums(x, matrices, x.element);
  return SmallVector<Tensor>{Tensor::generate(resultTypes.front(), [&](ArrayRef<int64_t> index) {
    SmallVector<int64_t> from(x.shape.size());
    from.front() = index[spatial];
    from.back() = index.back();
    ArrayRef<int64_t> tile = index.drop_front(spatial + 1);
    return sums.sum(from, index.take_front(spatial),
                    [&](MutableArrayRef<int64_t> at, size_t dim, int64_t column) {
                      at[dim + 1] = tile[dim] * getStrides()[dim] + column - getLow()[dim];
                      return at[dim + 1] >= 0 && at[dim + 1] < x.shape[dim + 1];
                    });
  })};
}

FailureOr<SmallVector<Tensor>> JoinTilesOp::evaluate(ArrayRef<Tensor> operands,
                                                     ArrayRef<RankedTensorType> resultTypes) {
  const Tensor &x = operands[0];
  SmallVector<SmallMatrix> matrices = matricesOf(getMatrices());
  size_t spatial = matrices.size();
  SumOverMatrices sums(x, matrices, x.element);
  return SmallVector<Tensor>{Tensor::generate(resultTypes.front(), [&](ArrayRef<int64_t> index) {
    SmallVector<int64_t> from(x.shape.size()), rows;
    from[spatial] = index.front();
    from.back() = index.back();
    for (size_t dim = 0; dim < spatial; ++dim) {
      int64_t at = index[dim + 1] + getLow()[dim], stride = getStrides()[dim];
      int64_t tile = llvm::divideFloorSigned(at, stride);
      rows.push_back(at - tile * stride);
      if (tile < 0 || tile >= x.shape[spatial + 1 + dim] || rows.back() >= matrices[dim].rows)
        return Scalar::of(0.0, x.element);
      from[spatial + 1 + dim] = tile;
    }
    return sums.sum(from, rows, [&](MutableArrayRef<int64_t> at, size_t dim, int64_t column) {
      at[dim] = column;
      return true;
    });
  })};
}

//===- Derivatives ----------------------------------------------------------===//

static SmallVector<SmallMatrix> transposedOf(ArrayAttr matrices) {
  return llvm::map_to_vector(matrices,
                             [](Attribute each) { return SmallMatrix(each).transposed(); });
}

/// Windows overlap where they are longer than the stride: they are as many parts, one stride long
/// each, whose tiles lie side by side.
LogicalResult TransformTilesOp::buildVjp(VjpBuilder &vjp) {
  TensorExpr dy = vjp.cotangent(), total;
  SmallVector<SmallMatrix> maps = transposedOf(getMatrices()), parts(maps);
  ArrayRef<int64_t> strides = getStrides();
  SmallVector<int64_t> sizes(
      tensorType(getX()).getShape().slice(1, static_cast<int64_t>(maps.size())));
  TileGrid grid{SmallVector<int64_t>(strides), SmallVector<int64_t>(getLow())};
  std::function<void(size_t)> addParts = [&](size_t dim) {
    if (dim == maps.size()) {
      TensorExpr part = dy.with(joinTiles(vjp.builder, getLoc(), dy.value(), parts, grid, sizes));
      total = total ? total + part : part;
      return;
    }
    for (int64_t first = 0; first < maps[dim].rows; first += strides[dim]) {
      parts[dim] = maps[dim].rowsFrom(first, strides[dim]);
      grid.low[dim] = getLow()[dim] - first;
      addParts(dim + 1);
    }
  };
  addParts(0);
  vjp.accumulate(0, total);
  return success();
}

LogicalResult JoinTilesOp::buildVjp(VjpBuilder &vjp) {
  SmallVector<int64_t> tiles(tensorType(getX()).getShape().slice(
      static_cast<int64_t>(getMatrices().size()) + 1, static_cast<int64_t>(getMatrices().size())));
  TileGrid grid{SmallVector<int64_t>(getStrides()), SmallVector<int64_t>(getLow())};
  TensorExpr dy = vjp.cotangent();
  vjp.accumulate(0, dy.with(transformTiles(vjp.builder, getLoc(), dy.value(),
                                           transposedOf(getMatrices()), grid, tiles)));
  return success();
}

} // namespace mlc::nn
