//===- Signature.cpp - what headers and bindings say of an entry ----------===//
#include "compiler/Emit/Signature.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"

using namespace mlc;

static llvm::StringRef dtypeName(mlc_dtype dtype) {
  static constexpr llvm::StringLiteral kNames[] = {"f32", "f64", "bf16", "f16", "i1",
                                                   "i8",  "i32", "i64",  "ui8", "ui32"};
  return kNames[dtype];
}

int32_t mlc::dimOfAxis(const TensorDescription &tensor, const EntryDescription &entry,
                       size_t axis) {
  if (axis < tensor.dimIndex.size())
    return tensor.dimIndex[axis];
  if (axis >= tensor.dimNames.size())
    return -1;
  auto named = llvm::find(entry.dims, tensor.dimNames[axis]);
  return named == entry.dims.end() ? -1 : int32_t(named - entry.dims.begin());
}

std::string mlc::shapeText(const TensorDescription &tensor, const EntryDescription &entry) {
  std::vector<std::string> sizes;
  for (auto [axis, size] : llvm::enumerate(tensor.shape)) {
    std::string text = size == kFreeDim ? "?" : std::to_string(size);
    int32_t dim = size == kFreeDim ? dimOfAxis(tensor, entry, axis) : -1;
    if (dim >= 0)
      text = entry.dims[dim];
    else if (size == kFreeDim && axis < tensor.dimNames.size() && !tensor.dimNames[axis].empty())
      text = tensor.dimNames[axis];
    sizes.push_back(text);
  }
  return (dtypeName(tensor.dtype) + " [" + llvm::join(sizes, ", ") + "]").str();
}

std::string mlc::signatureText(const EntryDescription &entry) {
  auto list = [&](llvm::ArrayRef<TensorDescription> tensors) {
    std::vector<std::string> texts;
    for (const TensorDescription &tensor : tensors)
      texts.push_back(tensor.name + ": " + shapeText(tensor, entry));
    return llvm::join(texts, "; ");
  };
  return entry.name + "(" + list(entry.inputs) + ") -> (" + list(entry.results) + ")";
}

std::string DistinctNames::unique(std::string wanted) {
  auto key = [&] { return letters == Case::Ignored ? llvm::StringRef(wanted).lower() : wanted; };
  while (!taken.insert(key()).second)
    wanted += "_";
  return wanted;
}
