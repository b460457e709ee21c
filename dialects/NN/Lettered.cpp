#include "dialects/NN/Lettered.h"
#include "dialects/NN/CompositeSupport.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"

using namespace mlir;

namespace mlc::nn {

std::string Lettered::among(StringRef letters) const {
  std::string found;
  llvm::copy_if(letters, std::back_inserter(found), [&](char letter) { return has(letter); });
  return found;
}
SmallVector<int64_t> Lettered::places(StringRef letters) const {
  return llvm::map_to_vector(letters, [&](char letter) { return at(letter); });
}

Lettered Lettered::inOrder(StringRef order) const {
  return {value.transpose(places(order)), order.str()};
}

TensorExpr Lettered::broadcastTo(const Lettered &like) const {
  std::string order = among(like.dims);
  TensorExpr sorted = inOrder(order).value;
  if (order == like.dims)
    return sorted;
  SmallVector<OpFoldResult> sizes = like.value.sizes();
  SmallVector<int64_t> places = like.places(order), shape;
  for (auto [from, to] : llvm::enumerate(places))
    sizes[to] = sorted.size(static_cast<int64_t>(from));
  SmallVector<Value> dynamic;
  dispatchIndexOpFoldResults(sizes, dynamic, shape);
  auto type = RankedTensorType::get(shape, sorted.element());
  return sorted.with(BroadcastOp::create(*sorted.builder, *sorted.location, type, sorted.value(),
                                         dynamic, places));
}

Lettered Lettered::without(function_ref<bool(char, int64_t)> isDropped) const {
  SmallVector<int64_t> shape;
  std::string kept;
  for (auto [letter, size] : llvm::zip_equal(dims, value.type().getShape()))
    if (!isDropped(letter, size)) {
      shape.push_back(size);
      kept += letter;
    }
  return {reshaped(value, shape), kept};
}

Lettered Lettered::split(char letter, int64_t size, char inner, int64_t innerSize) const {
  int64_t place = at(letter);
  SmallVector<int64_t> shape(value.type().getShape());
  SmallVector<Value> sizes;
  for (int64_t dim = 0; dim < value.rank(); ++dim)
    if (dim != place && value.type().isDynamicDim(dim))
      sizes.push_back(cast<Value>(value.size(dim)));
  shape[place] = size;
  shape.insert(shape.begin() + place + 1, innerSize);
  auto type = RankedTensorType::get(shape, value.element());
  std::string letters = dims;
  letters.insert(place + 1, 1, inner);
  return {
      value.with(ReshapeOp::create(*value.builder, *value.location, type, value.value(), sizes)),
      letters};
}

Lettered Lettered::positions(StringRef letters, char dim, Type element) const {
  SmallVector<OpFoldResult> sizes =
      llvm::map_to_vector(places(letters), [&](int64_t place) { return value.size(place); });
  SmallVector<Value> dynamic;
  SmallVector<int64_t> shape;
  dispatchIndexOpFoldResults(sizes, dynamic, shape);
  auto iota = IotaOp::create(*value.builder, *value.location, RankedTensorType::get(shape, element),
                             dynamic, letters.find(dim));
  return {value.with(iota), letters.str()};
}

Lettered Lettered::merge(char outer, char inner, char letter) const {
  int64_t place = at(outer);
  std::string letters = dims;
  letters.erase(at(inner), 1);
  letters[place] = letter;
  return {mergeDims(value, place, place + 2), letters};
}

Lettered Lettered::renamed(char from, char to) const {
  std::string letters = dims;
  llvm::replace(letters, from, to);
  return {value, letters};
}

Lettered contract(const Lettered &a, const Lettered &b, StringRef summed) {
  std::string batch, ofA, ofB;
  for (char letter : a.dims)
    if (!summed.contains(letter))
      (b.has(letter) ? batch : ofA) += letter;
  for (char letter : b.dims)
    if (!summed.contains(letter) && !a.has(letter))
      ofB += letter;
  const TensorExpr &x = a.value;
  auto product =
      ContractOp::create(*x.builder, *x.location, x.value(), b.value.value(), a.places(batch),
                         b.places(batch), a.places(summed), b.places(summed));
  return {x.with(product), batch + ofA + ofB};
}

} // namespace mlc::nn
