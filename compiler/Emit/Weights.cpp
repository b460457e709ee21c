//===- Weights.cpp - parameters embedded in a model -----------------------===//
//
// Format: https://huggingface.co/docs/safetensors, 8 bytes of header length, JSON, then the data.
//
//===----------------------------------------------------------------------===//
#include "compiler/Emit/Weights.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Endian.h"
#include "llvm/Support/JSON.h"

using namespace mlc;
using llvm::createStringError;
using llvm::StringRef;

namespace {
struct StoredTensor {
  StringRef dtype;
  std::vector<int64_t> shape;
  StringRef data;
};
} // namespace

static StringRef storedDtype(mlc_dtype dtype) {
  static constexpr llvm::StringLiteral kNames[] = {"F32", "F64", "BF16", "F16", "BOOL",
                                                   "I8",  "I32", "I64",  "U8",  "U32"};
  return kNames[dtype];
}

static int64_t bytesOf(mlc_dtype dtype) {
  static constexpr int64_t kBytes[] = {4, 8, 2, 2, 1, 1, 4, 8, 1, 4};
  return kBytes[dtype];
}

static std::string shapeText(llvm::ArrayRef<int64_t> shape) {
  std::vector<std::string> sizes;
  for (int64_t size : shape)
    sizes.push_back(std::to_string(size));
  return "[" + llvm::join(sizes, ", ") + "]";
}

/// Whether brackets nest deeper than any header does: the JSON parser recurses, and the stack ends.
/// Brackets inside of names count as well, which refuses no name that a model can have.
static bool nestsDeeply(StringRef header) {
  int depth = 0, deepest = 0;
  for (char c : header) {
    depth += (c == '[' || c == '{') - (c == ']' || c == '}');
    deepest = std::max(deepest, depth);
  }
  return deepest > 1000;
}

/// One entry of the header; `data` is what follows the header.
static llvm::Expected<StoredTensor> readTensor(StringRef name, const llvm::json::Value &value,
                                               StringRef data) {
  const llvm::json::Object *object = value.getAsObject();
  auto dtype = object ? object->getString("dtype") : std::nullopt;
  const llvm::json::Array *shape = object ? object->getArray("shape") : nullptr;
  const llvm::json::Array *offsets = object ? object->getArray("data_offsets") : nullptr;
  if (!dtype || !shape || !offsets || offsets->size() != 2)
    return createStringError("the header does not describe '" + name + "'");
  StoredTensor tensor{*dtype, {}, {}};
  for (const llvm::json::Value &size : *shape)
    tensor.shape.push_back(size.getAsInteger().value_or(-1));
  auto begin = (*offsets)[0].getAsInteger(), end = (*offsets)[1].getAsInteger();
  if (!begin || !end || *begin < 0 || *end < *begin || uint64_t(*end) > data.size())
    return createStringError("the data of '" + name + "' lies outside the file");
  tensor.data = data.substr(*begin, *end - *begin);
  return tensor;
}

static llvm::Error embedTensor(MemberDescription &member, const StoredTensor &tensor) {
  const TensorDescription &parameter = member.tensor;
  if (tensor.dtype != storedDtype(parameter.dtype) || tensor.shape != parameter.shape)
    return createStringError("parameter '" + parameter.name + "' expects " +
                             storedDtype(parameter.dtype) + " " + shapeText(parameter.shape) +
                             ", but got " + tensor.dtype + " " + shapeText(tensor.shape));
  int64_t bytes = bytesOf(parameter.dtype);
  for (int64_t size : parameter.shape)
    bytes *= size;
  if (int64_t(tensor.data.size()) != bytes)
    return createStringError("parameter '" + parameter.name + "' expects " + llvm::Twine(bytes) +
                             " bytes, but got " + llvm::Twine(tensor.data.size()));
  member.initializer = MLC_INIT_DATA;
  member.data.assign(tensor.data.begin(), tensor.data.end());
  return llvm::Error::success();
}

llvm::Error mlc::embedWeights(ModelDescription &model, StringRef safetensors) {
  uint64_t headerBytes =
      safetensors.size() < 8 ? 0 : llvm::support::endian::read64le(safetensors.data());
  if (safetensors.size() < 8 || headerBytes > safetensors.size() - 8)
    return createStringError("the file is too short for its header");
  if (nestsDeeply(safetensors.substr(8, headerBytes)))
    return createStringError("the header nests more than 1000 brackets");
  auto header = llvm::json::parse(safetensors.substr(8, headerBytes));
  if (!header)
    return header.takeError();
  const llvm::json::Object *tensors = header->getAsObject();
  if (!tensors)
    return createStringError("the header is not an object");
  StringRef data = safetensors.drop_front(8 + headerBytes);

  for (MemberDescription &member : model.members) {
    const llvm::json::Value *found = tensors->get(member.tensor.name);
    if (!found && member.tensor.trainable)
      return createStringError("parameter '" + member.tensor.name + "' is missing");
    if (!found)
      continue;
    auto tensor = readTensor(member.tensor.name, *found, data);
    if (!tensor)
      return tensor.takeError();
    if (llvm::Error error = embedTensor(member, *tensor))
      return error;
  }
  auto isMember = [&](StringRef name) {
    return llvm::any_of(
        model.members, [&](const MemberDescription &member) { return member.tensor.name == name; });
  };
  for (const auto &[key, value] : *tensors) {
    StringRef name(key);
    if (name != "__metadata__" && !name.contains('/') && !isMember(name))
      return createStringError("the model has no parameter '" + name + "'");
  }
  return llvm::Error::success();
}
