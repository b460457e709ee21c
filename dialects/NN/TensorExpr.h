// Builds nn operations from formulas on tensors: the language of VJP rules and decompositions.
#ifndef MLC_DIALECTS_NN_TENSOREXPR_H
#define MLC_DIALECTS_NN_TENSOREXPR_H

#include "dialects/NN/NN.h"

namespace mlc::nn {

/// A tensor value with operators. A number beside a tensor is a constant of its shape and dtype.
/// Both sides of an operator have one shape: nothing broadcasts implicitly.
class TensorExpr {
public:
  TensorExpr() = default;
  TensorExpr(mlir::OpBuilder &builder, mlir::Location location, mlir::Value value)
      : builder(&builder), location(location), wrapped(value) {}

  mlir::Value value() const { return wrapped; }
  explicit operator bool() const { return static_cast<bool>(wrapped); }
  mlir::RankedTensorType type() const {
    return mlir::cast<mlir::RankedTensorType>(wrapped.getType());
  }
  int64_t rank() const { return type().getRank(); }
  mlir::Type element() const { return type().getElementType(); }
  TensorExpr with(mlir::Value value) const { return TensorExpr(*builder, *location, value); }

  /// A constant of this shape and dtype.
  TensorExpr constant(double number) const;
  /// A constant of this shape and the dtype `element`.
  TensorExpr constant(double number, mlir::Type element) const;
  /// A constant of this shape and integer dtype, which holds `number`.
  TensorExpr integerConstant(int64_t number) const;
  /// The position along `dim`, 0, 1, ..., in a tensor of this shape and the dtype `element`.
  TensorExpr positions(int64_t dim, mlir::Type element) const;
  /// A rank-0 constant of this dtype.
  TensorExpr scalar(double number) const;
  /// Copies this along new dimensions to the shape of `like`; dimension i of this is dimension
  /// dims[i] of the result.
  TensorExpr broadcastTo(const TensorExpr &like, llvm::ArrayRef<int64_t> dims) const;
  /// The inverse of a reduction of `like` over `reduced`: copies this along those dimensions.
  TensorExpr broadcastAlong(llvm::ArrayRef<int64_t> reduced, const TensorExpr &like) const;
  /// This rank-0 tensor at every position of `like`.
  TensorExpr splatTo(const TensorExpr &like) const { return broadcastTo(like, {}); }
  TensorExpr reduce(Reduction kind, llvm::ArrayRef<int64_t> dims) const;
  TensorExpr sum(llvm::ArrayRef<int64_t> dims) const;
  TensorExpr transpose(llvm::ArrayRef<int64_t> permutation) const;
  /// The same elements under the shape of `like`.
  TensorExpr reshapeLike(const TensorExpr &like) const;
  TensorExpr reshape(llvm::ArrayRef<int64_t> staticShape) const;
  TensorExpr slice(llvm::ArrayRef<mlir::OpFoldResult> offsets,
                   llvm::ArrayRef<mlir::OpFoldResult> sizes, llvm::ArrayRef<int64_t> strides) const;
  /// The positions from `begin` on of one dimension, as many as `size`.
  TensorExpr sliceAlong(int64_t dim, int64_t begin, int64_t size) const;
  TensorExpr updateSlice(const TensorExpr &update,
                         llvm::ArrayRef<mlir::OpFoldResult> offsets) const;
  /// This surrounded and interleaved by `value`; this itself where there is nothing to add.
  TensorExpr pad(double value, llvm::ArrayRef<int64_t> low, llvm::ArrayRef<int64_t> high,
                 llvm::ArrayRef<int64_t> interior) const;
  TensorExpr gather(const TensorExpr &indices, int64_t axis, int64_t batchDims) const;
  TensorExpr scatter(ScatterKind kind, const TensorExpr &indices, const TensorExpr &updates,
                     int64_t axis, int64_t batchDims) const;
  /// The number of elements along `dims` as a rank-0 tensor of dtype `element` (a constant where
  /// static).
  TensorExpr count(llvm::ArrayRef<int64_t> dims, mlir::Type element) const;

  /// The `index` values of the dynamic sizes, in order: the size operands of an op with this result
  /// type.
  llvm::SmallVector<mlir::Value> dynamicSizes() const;
  /// A size, an attribute where static; all of them.
  mlir::OpFoldResult size(int64_t dim) const;
  llvm::SmallVector<mlir::OpFoldResult> sizes() const;

  mlir::OpBuilder *builder = nullptr;
  std::optional<mlir::Location> location;

private:
  mlir::Value wrapped;
};

/// The tensors one after the other along `dim`; a single one as it is.
mlir::Value concat(mlir::OpBuilder &builder, mlir::Location location, mlir::ValueRange tensors,
                   int64_t dim);
/// 0 <= index < the number of elements of `table` along `dim`, elementwise; compared in i64 unless
/// the dtype of index holds that number.
TensorExpr inRange(const TensorExpr &index, const TensorExpr &table, int64_t dim);
/// a + b and a * b of sizes or offsets, folded where both are attributes.
mlir::OpFoldResult addSizes(mlir::OpBuilder &builder, mlir::Location location, mlir::OpFoldResult a,
                            mlir::OpFoldResult b);
mlir::OpFoldResult multiplySizes(mlir::OpBuilder &builder, mlir::Location location,
                                 mlir::OpFoldResult a, mlir::OpFoldResult b);

TensorExpr operator-(const TensorExpr &x);
TensorExpr operator+(const TensorExpr &x, const TensorExpr &y);
TensorExpr operator-(const TensorExpr &x, const TensorExpr &y);
TensorExpr operator*(const TensorExpr &x, const TensorExpr &y);
TensorExpr operator/(const TensorExpr &x, const TensorExpr &y);
inline TensorExpr operator+(const TensorExpr &x, double y) { return x + x.constant(y); }
inline TensorExpr operator-(const TensorExpr &x, double y) { return x - x.constant(y); }
inline TensorExpr operator*(const TensorExpr &x, double y) { return x * x.constant(y); }
inline TensorExpr operator/(const TensorExpr &x, double y) { return x / x.constant(y); }
inline TensorExpr operator+(double x, const TensorExpr &y) { return y.constant(x) + y; }
inline TensorExpr operator-(double x, const TensorExpr &y) { return y.constant(x) - y; }
inline TensorExpr operator*(double x, const TensorExpr &y) { return y.constant(x) * y; }
inline TensorExpr operator/(double x, const TensorExpr &y) { return y.constant(x) / y; }
TensorExpr operator&(const TensorExpr &x, const TensorExpr &y);
TensorExpr operator|(const TensorExpr &x, const TensorExpr &y);

TensorExpr compare(Predicate predicate, const TensorExpr &x, const TensorExpr &y);
inline TensorExpr operator==(const TensorExpr &x, const TensorExpr &y) {
  return compare(Predicate::eq, x, y);
}
inline TensorExpr operator<(const TensorExpr &x, const TensorExpr &y) {
  return compare(Predicate::lt, x, y);
}
inline TensorExpr operator<=(const TensorExpr &x, const TensorExpr &y) {
  return compare(Predicate::le, x, y);
}
inline TensorExpr operator>(const TensorExpr &x, const TensorExpr &y) {
  return compare(Predicate::gt, x, y);
}
inline TensorExpr operator>=(const TensorExpr &x, const TensorExpr &y) {
  return compare(Predicate::ge, x, y);
}
inline TensorExpr operator==(const TensorExpr &x, double y) { return x == x.constant(y); }
inline TensorExpr operator<(const TensorExpr &x, double y) { return x < x.constant(y); }
inline TensorExpr operator<=(const TensorExpr &x, double y) { return x <= x.constant(y); }
inline TensorExpr operator>(const TensorExpr &x, double y) { return x > x.constant(y); }
inline TensorExpr operator>=(const TensorExpr &x, double y) { return x >= x.constant(y); }

inline TensorExpr isNaN(const TensorExpr &x) { return compare(Predicate::ne, x, x); }

TensorExpr select(const TensorExpr &condition, const TensorExpr &onTrue, const TensorExpr &onFalse);
TensorExpr cast(const TensorExpr &x, mlir::Type element);
inline TensorExpr cast(const TensorExpr &x, const TensorExpr &like) {
  return cast(x, like.element());
}
TensorExpr abs(const TensorExpr &x);
TensorExpr sign(const TensorExpr &x);
TensorExpr exp(const TensorExpr &x);
TensorExpr expm1(const TensorExpr &x);
TensorExpr log(const TensorExpr &x);
TensorExpr log1p(const TensorExpr &x);
TensorExpr sqrt(const TensorExpr &x);
TensorExpr rsqrt(const TensorExpr &x);
TensorExpr sin(const TensorExpr &x);
TensorExpr cos(const TensorExpr &x);
TensorExpr sinh(const TensorExpr &x);
TensorExpr cosh(const TensorExpr &x);
TensorExpr tanh(const TensorExpr &x);
TensorExpr erf(const TensorExpr &x);
TensorExpr erfc(const TensorExpr &x);
TensorExpr digamma(const TensorExpr &x);
TensorExpr logistic(const TensorExpr &x);
TensorExpr floor(const TensorExpr &x);
TensorExpr ceil(const TensorExpr &x);
TensorExpr pow(const TensorExpr &x, const TensorExpr &y);
TensorExpr max(const TensorExpr &x, const TensorExpr &y);
TensorExpr min(const TensorExpr &x, const TensorExpr &y);
TensorExpr roundEven(const TensorExpr &x);
/// x, which derivatives take for a constant.
TensorExpr stopGradient(const TensorExpr &x);
/// Zeros of the shape and dtype of x, whatever x holds.
TensorExpr zeroLike(const TensorExpr &x);

/// 0 where `loses`, 1/2 where `ties`, else 1, as numbers of the dtype that it is multiplied with:
/// `dy * tieWeight(a < b, a == b)`. NaN neither loses nor ties.
struct TieWeight {
  TensorExpr loses, ties;
};
inline TieWeight tieWeight(const TensorExpr &loses, const TensorExpr &ties) {
  return {loses, ties};
}
TensorExpr operator*(const TensorExpr &dy, const TieWeight &weight);

/// What a VJP rule sees of its op, and where it leaves the cotangents of the operands.
class VjpBuilder {
public:
  /// `cotangents`: one per result, null where zero. `active`: whether operand i wants a cotangent.
  /// The builder's insertion point is where the rule's ops go; operands and results of `op` must be
  /// visible there.
  VjpBuilder(mlir::OpBuilder &builder, mlir::Operation *op, llvm::ArrayRef<mlir::Value> cotangents,
             llvm::ArrayRef<bool> active)
      : builder(builder), op(op), cotangents(cotangents), active(active),
        accumulated(op->getNumOperands()) {}

  bool isActive(unsigned operand) const { return active[operand]; }
  TensorExpr operand(unsigned index) const {
    return TensorExpr(builder, op->getLoc(), op->getOperand(index));
  }
  TensorExpr result(unsigned index = 0) const {
    return TensorExpr(builder, op->getLoc(), op->getResult(index));
  }
  bool hasCotangent(unsigned result) const { return static_cast<bool>(cotangents[result]); }
  /// The cotangent of a result; zeros are built if it has none.
  TensorExpr cotangent(unsigned result = 0) const;
  /// Adds a contribution to the cotangent of an operand; it takes the operand's type where that
  /// says less about sizes.
  void accumulate(unsigned operand, const TensorExpr &contribution);
  /// All contributions to an operand, in the order added.
  llvm::ArrayRef<mlir::Value> contributions(unsigned operand) const { return accumulated[operand]; }

  mlir::OpBuilder &builder;
  mlir::Operation *op;

private:
  llvm::ArrayRef<mlir::Value> cotangents;
  llvm::ArrayRef<bool> active;
  llvm::SmallVector<llvm::SmallVector<mlir::Value>> accumulated;
};

/// Replaces summands that are zero but in boxes of one dimension, which do not overlap, by one: the
/// boxes side by side, gaps filled with zeros. Contributions of slices are such.
///   pad(a, low 0, high 3) + pad(b, low 2, high 1)  =>  concat(a, b, 0)     with a: [2], b: [2]
void joinBoxes(mlir::OpBuilder &builder, mlir::Location location,
               llvm::SmallVectorImpl<mlir::Value> &summands);

} // namespace mlc::nn
#endif
