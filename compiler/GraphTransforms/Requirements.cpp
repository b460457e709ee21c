#include "compiler/GraphTransforms/Requirements.h"
#include "compiler/GraphTransforms/Places.h"

using namespace mlir;

namespace mlc {

nn::RequirementAttr Requirements::make(Operation *op, nn::SizeRelation relation,
                                       ArrayRef<AffineExpr> results, const std::string &message) {
  MLIRContext *context = function.getContext();
  return nn::RequirementAttr::get(
      context, relation, AffineMap::get(0, sizes.freeDimensions().size(), results, context),
      StringAttr::get(context, message + placeOf(op->getLoc())));
}

void Requirements::addEqual(Operation *op, AffineExpr left, AffineExpr right,
                            const std::string &message) {
  if (sizes.areEqual(left, right) || !equal.insert({left, right}).second)
    return;
  equal.insert({right, left});
  requirements.push_back({make(op, nn::SizeRelation::equal, {left, right}, message), {}});
}

LogicalResult Requirements::addAtMost(Operation *op, AffineExpr left, AffineExpr right,
                                      const std::string &message) {
  if (sizes.isAtMost(left, right) || !ordered.insert({left, right}).second)
    return success();
  if (sizes.isAtMost(right + 1, left))
    return op->emitError() << message;
  requirements.push_back({make(op, nn::SizeRelation::at_most, {left, right}, message), {}});
  return success();
}

/// Any order of expressions, for the factors of a count.
static bool isBefore(AffineExpr a, AffineExpr b) {
  return a.getAsOpaquePointer() < b.getAsOpaquePointer();
}

Requirements::ElementCount Requirements::countOf(ArrayRef<AffineExpr> shape) const {
  ElementCount count;
  for (AffineExpr size : shape) {
    auto product = dyn_cast<AffineBinaryOpExpr>(size);
    if (product && size.getKind() == AffineExprKind::Mul)
      if (auto factor = dyn_cast<AffineConstantExpr>(product.getRHS());
          factor && factor.getValue() > 0) {
        count.constant *= factor.getValue();
        size = product.getLHS();
      }
    if (auto number = dyn_cast<AffineConstantExpr>(size))
      count.constant *= std::max<int64_t>(number.getValue(), 1);
    else
      count.factors.push_back(size);
  }
  llvm::sort(count.factors, isBefore);
  return count;
}

/// Whether `other` is at least as large, whatever the sizes are.
bool Requirements::ElementCount::isCoveredBy(const ElementCount &other) const {
  return constant <= other.constant && std::includes(other.factors.begin(), other.factors.end(),
                                                     factors.begin(), factors.end(), isBefore);
}

void Requirements::addCount(nn::RequirementAttr attribute, ArrayRef<AffineExpr> shape) {
  ElementCount count = countOf(shape);
  for (const Requirement &other : requirements)
    if (other.isCount && count.isCoveredBy(other.count))
      return;
  llvm::erase_if(requirements, [&](const Requirement &other) {
    return other.isCount && other.count.isCoveredBy(count);
  });
  requirements.push_back({attribute, std::move(count), true});
}

void Requirements::addCountable(Operation *op, ArrayRef<AffineExpr> shape) {
  double most = 1;
  for (AffineExpr size : shape)
    most *= std::max(nn::magnitude(size, nn::kMostElements), 1.0);
  if (most <= nn::kMostElements || llvm::all_of(shape, llvm::IsaPred<AffineConstantExpr>))
    return; // known, of constants since the op was verified
  std::string text;
  for (AffineExpr size : shape)
    text += (text.empty() ? "" : ", ") + sizes.describe(size);
  addCount(make(op, nn::SizeRelation::countable, shape,
                "these dimensions need more memory than can be addressed: a result of " +
                    op->getName().getStringRef().str() + " of more than 2^44 elements, [" + text +
                    "],"),
           shape);
}

void Requirements::addCounted(ArrayRef<AffineExpr> shape) { addCount({}, shape); }

ArrayAttr Requirements::list() {
  SmallVector<Attribute> attributes;
  for (const Requirement &requirement : requirements)
    if (requirement.attribute)
      attributes.push_back(requirement.attribute);
  return ArrayAttr::get(function.getContext(), attributes);
}

} // namespace mlc
