//===- Weights.cpp - parameters embedded in a model -----------------------===//
#include "compiler/Emit/Weights.h"
#include "compiler/Emit/PackedData.h"
#include "compiler/Emit/QuantizedWeights.h"
#include "runtime/safetensors.h"

#include "llvm/ADT/DenseSet.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringMap.h"

#include <cstring>
#include <memory>

using namespace mlc;

namespace {
/// The descriptor of a model, as far as its state in files goes.
struct StateDescriptor {
  explicit StateDescriptor(const ModelDescription &model);
  StateDescriptor(const StateDescriptor &) = delete;

  std::vector<mlc_storage> storages;
  std::vector<mlc_tensor_info> infos;
  std::vector<mlc_member> members;
  std::vector<const char *> leftOut;
  mlc_model_descriptor descriptor = {};
};
} // namespace

StateDescriptor::StateDescriptor(const ModelDescription &model) {
  for (const StorageDescription &from : model.storages) {
    mlc_storage storage = {};
    storage.name = from.name.c_str();
    storage.kind = from.kind;
    storage.dtype = from.dtype;
    storage.bytes = from.bytes;
    storage.parameter_storage = from.parameterStorage;
    storage.step = from.step;
    storage.least = from.least;
    storage.most = from.most;
    storages.push_back(storage);
  }
  infos.resize(model.members.size());
  for (auto [from, info] : llvm::zip_equal(model.members, infos)) {
    info.name = from.tensor.name.c_str();
    info.dtype = from.tensor.dtype;
    info.rank = from.tensor.shape.size();
    info.shape = from.tensor.shape.data();
    mlc_member member = {};
    member.info = &info;
    member.storage = from.storage;
    member.byte_offset = from.byteOffset;
    member.is_transient = from.isTransient;
    members.push_back(member);
  }
  descriptor.name = model.name.c_str();
  descriptor.storage_count = storages.size();
  descriptor.storages = storages.data();
  descriptor.member_count = members.size();
  descriptor.members = members.data();
  for (const std::string &name : model.leftOut)
    leftOut.push_back(name.c_str());
  descriptor.left_out = leftOut.data();
  descriptor.left_out_count = leftOut.size();
}

static llvm::Error lastError() {
  return llvm::createStringError(llvm::Twine(mlc_rt_last_error(nullptr)));
}

namespace {
/// A weight file that fits the model.
class OpenWeights {
public:
  static llvm::Expected<std::shared_ptr<OpenWeights>> open(const ModelDescription &model,
                                                           const std::string &path) {
    auto weights = std::make_shared<OpenWeights>(model, path);
    if (mlc_open_state(&weights->file, nullptr, &weights->state.descriptor,
                       weights->path.c_str()) != MLC_OK)
      return lastError();
    weights->isOpen = true;
    return weights;
  }
  OpenWeights(const ModelDescription &model, const std::string &path)
      : model(model), path(path), state(this->model) {}
  ~OpenWeights() {
    if (isOpen)
      mlc_close_state(&file);
  }

  size_t convertedCount() const { return file.converted; }
  /// Reads elements of the member that has the storage for itself.
  llvm::Error readStorage(int32_t storage, uint64_t first, uint64_t count, void *to) const {
    size_t member = 0;
    while (file.saved[member].storage != storage)
      ++member;
    return mlc_read_saved(&file, member, first, count, to) == MLC_OK ? llvm::Error::success()
                                                                     : lastError();
  }
  /// Reads a part of a storage, zeros between its members.
  llvm::Error read(int32_t storage, uint64_t offset, llvm::MutableArrayRef<char> to) const;

private:
  ModelDescription model; // whose texts the descriptor points to
  std::string path;
  StateDescriptor state;
  mlc_state_file file;
  bool isOpen = false;
};
} // namespace

llvm::Error OpenWeights::read(int32_t storage, uint64_t offset,
                              llvm::MutableArrayRef<char> to) const {
  std::fill(to.begin(), to.end(), 0);
  uint64_t end = offset + to.size();
  for (size_t i = 0; i < file.count && !file.saved[i].is_slot; ++i) { // members come first
    const mlc_saved &saved = file.saved[i];
    uint64_t begin = std::max<uint64_t>(offset, saved.offset),
             until = std::min<uint64_t>(end, saved.offset + saved.bytes);
    if (saved.storage != storage || begin >= until)
      continue;
    uint64_t size = saved.element_bytes;
    if (mlc_read_saved(&file, i, (begin - saved.offset) / size, (until - begin) / size,
                       to.data() + (begin - offset)) != MLC_OK)
      return lastError();
  }
  return llvm::Error::success();
}

/// The model with the weights that it has in few bits as they are in the file, each in a storage
/// behind the others.
static ModelDescription withWholeWeights(const ModelDescription &model) {
  ModelDescription whole = model;
  whole.members.clear();
  for (const MemberDescription &member : model.members) {
    if (!member.quantized) {
      whole.members.push_back(member);
      continue;
    }
    const nn::QuantizedPart &part = *member.quantized;
    if (part.kind != nn::QuantizedPart::words)
      continue;
    MemberDescription weight;
    weight.tensor.name = part.source;
    weight.tensor.shape = {part.depth, part.columns};
    if (part.isTransposed)
      std::swap(weight.tensor.shape[0], weight.tensor.shape[1]);
    weight.storage = whole.storages.size();
    weight.quantized = part;
    whole.members.push_back(weight);
    StorageDescription storage;
    storage.name = part.source;
    storage.bytes = part.depth * part.columns * int64_t(sizeof(float));
    whole.storages.push_back(storage);
  }
  return whole;
}

template <typename Element> static DataReader readerOf(std::vector<Element> elements) {
  return [all = std::move(elements)](uint64_t offset, llvm::MutableArrayRef<char> to) {
    std::memcpy(to.data(), reinterpret_cast<const char *>(all.data()) + offset, to.size());
    return llvm::Error::success();
  };
}

/// Gives the parts of weights in few bits their data.
static llvm::Expected<QuantizationReport> quantizeWeights(ModelDescription &model,
                                                          const ModelDescription &whole,
                                                          const OpenWeights &weights) {
  QuantizationReport report;
  llvm::StringMap<QuantizedMatrix> matrices;
  for (const MemberDescription &member : whole.members) {
    if (!member.quantized)
      continue;
    const nn::QuantizedPart &part = *member.quantized;
    int64_t width = member.tensor.shape[1];
    llvm::Expected<QuantizedMatrix> matrix =
        quantize(part, [&](int64_t first, int64_t count, float *to) {
          return weights.readStorage(member.storage, first * width, count * width, to);
        });
    if (!matrix)
      return matrix.takeError();
    report.add(part, *matrix);
    matrices[part.source] = std::move(*matrix);
  }
  for (const MemberDescription &member : model.members) {
    if (!member.quantized)
      continue;
    QuantizedMatrix &matrix = matrices[member.quantized->source];
    DataReader &data = model.storages[member.storage].data;
    if (member.quantized->kind == nn::QuantizedPart::words)
      data = readerOf(std::move(matrix.words));
    else if (member.quantized->kind == nn::QuantizedPart::scales)
      data = readerOf(std::move(matrix.scales));
    else
      data = readerOf(std::move(matrix.zeros));
  }
  return report;
}

llvm::Expected<WeightsReport> mlc::embedWeights(ModelDescription &model, const std::string &path) {
  ModelDescription whole = withWholeWeights(model);
  llvm::Expected<std::shared_ptr<OpenWeights>> opened = OpenWeights::open(whole, path);
  if (!opened)
    return opened.takeError();
  llvm::SmallDenseSet<int32_t> transient; // a state has a storage of its own
  for (const MemberDescription &member : model.members)
    if (member.isTransient)
      transient.insert(member.storage);
  for (auto [index, storage] : llvm::enumerate(model.storages))
    if (storage.kind == MLC_STORAGE_PARAMETER ||
        (storage.kind == MLC_STORAGE_STATE && !transient.contains(index)))
      storage.data = [weights = *opened, index = index](uint64_t offset,
                                                        llvm::MutableArrayRef<char> to) {
        return weights->read(index, offset, to);
      };
  llvm::Expected<QuantizationReport> quantized = quantizeWeights(model, whole, **opened);
  if (!quantized)
    return quantized.takeError();
  packData(model);
  return WeightsReport{(*opened)->convertedCount(), *quantized};
}
