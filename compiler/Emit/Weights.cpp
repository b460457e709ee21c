//===- Weights.cpp - parameters embedded in a model -----------------------===//
#include "compiler/Emit/Weights.h"
#include "runtime/safetensors.h"

using namespace mlc;

namespace {
/// The descriptor of a model, as far as its state in files goes.
struct StateDescriptor {
  explicit StateDescriptor(const ModelDescription &model);
  StateDescriptor(const StateDescriptor &) = delete;

  std::vector<mlc_storage> storages;
  std::vector<mlc_tensor_info> infos;
  std::vector<mlc_member> members;
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
    members.push_back(member);
  }
  descriptor.name = model.name.c_str();
  descriptor.storage_count = storages.size();
  descriptor.storages = storages.data();
  descriptor.member_count = members.size();
  descriptor.members = members.data();
}

static llvm::Error lastError() {
  return llvm::createStringError(llvm::Twine(mlc_rt_last_error(nullptr)));
}

llvm::Error mlc::embedWeights(ModelDescription &model, const std::string &path) {
  StateDescriptor state(model);
  mlc_state_file file;
  if (mlc_open_state(&file, nullptr, &state.descriptor, nullptr, path.c_str()) != MLC_OK)
    return lastError();
  mlc_status status = MLC_OK;
  // The members come first in the list, in their order.
  for (size_t i = 0; i < model.members.size() && status == MLC_OK; ++i) {
    MemberDescription &member = model.members[i];
    member.initializer = MLC_INIT_DATA;
    member.data.resize(file.saved[i].bytes);
    status = mlc_read_saved(&file, i, member.data.data());
  }
  mlc_close_state(&file);
  return status == MLC_OK ? llvm::Error::success() : lastError();
}
