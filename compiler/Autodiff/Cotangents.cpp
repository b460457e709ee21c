#include "compiler/Autodiff/Cotangents.h"
#include "dialects/NN/TensorExpr.h"

using namespace mlir;

namespace mlc {

SmallVector<Value> Cotangents::take(Value from) {
  auto found = contributions.find(from);
  if (found == contributions.end())
    return {};
  SmallVector<Value> taken = std::move(found->second);
  contributions.erase(found);
  return taken;
}

Value withType(OpBuilder &builder, Value value, Value like) {
  if (value.getType() == like.getType())
    return value;
  return nn::TensorExpr(builder, like.getLoc(), value)
      .reshapeLike(nn::TensorExpr(builder, like.getLoc(), like))
      .value();
}

Value Cotangents::resolve(OpBuilder &builder, Value value) {
  auto found = contributions.find(value);
  if (found == contributions.end())
    return nullptr;
  SmallVector<Value> &parts = found->second;
  if (parts.size() > 1)
    nn::joinBoxes(builder, value.getLoc(), parts);
  Type element = getElementTypeOrSelf(value.getType());
  bool isNarrow = parts.size() > 2 && element.getIntOrFloatBitWidth() == 16;
  auto part = [&](Value contribution) {
    nn::TensorExpr tensor(builder, value.getLoc(), contribution);
    return isNarrow ? nn::cast(tensor, builder.getF32Type()) : tensor;
  };
  nn::TensorExpr sum = part(parts[0]);
  for (Value contribution : ArrayRef(parts).drop_front())
    sum = sum + part(contribution);
  parts = {withType(builder, nn::cast(sum, element).value(), value)};
  return parts[0];
}

} // namespace mlc
