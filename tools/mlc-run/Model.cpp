#include "Model.h"
#include "Npy.h"
#include "runtime/number.h"
#include "runtime/pool.h"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cstring>
#include <dlfcn.h>
#include <elf.h>

namespace mlc::run {

std::pair<std::string, std::string> splitAssignment(const std::string &text, const char *option) {
  size_t equals = text.find('=');
  if (equals == text.npos || equals == 0 || equals + 1 == text.size())
    failUsage("{} expects NAME=VALUE, but got '{}'", option, text);
  return {text.substr(0, equals), text.substr(equals + 1)};
}

DimSizes parseDims(const std::vector<std::string> &texts) {
  DimSizes sizes;
  for (const std::string &text : texts) {
    auto [name, value] = splitAssignment(text, "--dim");
    int64_t size = -1;
    auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), size);
    if (error != std::errc() || end != value.data() + value.size() || size < 0)
      failUsage("--dim {} expects a size, but got '{}'", name, value);
    sizes[name] = size;
  }
  return sizes;
}

/// The loader maps a file without looking at its length: a truncated one would kill the process.
static void checkElf(const std::string &path) {
  Elf64_Ehdr header;
  std::string bytes = readFile(path, sizeof header);
  if (bytes.size() < sizeof header || bytes.substr(0, 4) != std::string(ELFMAG, 4) ||
      bytes[EI_CLASS] != ELFCLASS64)
    failInput("{} is not a shared library", path);
  bytes = readFile(path);
  std::memcpy(&header, bytes.data(), sizeof header);
  auto inside = [&](uint64_t begin, uint64_t size) {
    return begin <= bytes.size() && size <= bytes.size() - begin;
  };
  bool whole = header.e_phentsize == sizeof(Elf64_Phdr) &&
               inside(header.e_phoff, header.e_phnum * sizeof(Elf64_Phdr));
  for (int i = 0; whole && i < header.e_phnum; ++i) {
    Elf64_Phdr segment;
    std::memcpy(&segment, bytes.data() + header.e_phoff + size_t(i) * sizeof segment,
                sizeof segment);
    whole = segment.p_type == PT_GNU_STACK || inside(segment.p_offset, segment.p_filesz);
  }
  if (!whole)
    failInput("{} is truncated or damaged", path);
}

Model::Model(const std::string &file) : path(file.find('/') == file.npos ? "./" + file : file) {
  checkElf(path);
  library = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (!library)
    failInput("{}", dlerror());
  auto *getTable = (const mlc_model_table *(*)())dlsym(library, "mlc_model_v1");
  functions = getTable ? getTable() : nullptr;
  if (!functions)
    failInput("{} is not a model that mlc compiled: it does not export mlc_model_v1", file);
  // What this program calls; older libraries lack what was added since.
  constexpr size_t kKnownBytes = offsetof(mlc_model_table, share);
  if (functions->version != 1 || functions->struct_size < kKnownBytes)
    failInput("{} has a table of version {} and {} bytes, but version 1 with {} bytes is needed; "
              "compile it again",
              file, functions->version, functions->struct_size, kKnownBytes);
}

Model::~Model() {
  if (model)
    functions->destroy(model);
  if (library)
    dlclose(library);
}

void Model::check(mlc_status status) const {
  if (status != MLC_OK)
    throw Failure(status == MLC_UNSUPPORTED ? kNotSupported : kWrongInput,
                  functions->last_error(model));
}

void Model::create(const ModelOptions &options) {
  mlc_options settings = {};
  settings.struct_size = sizeof settings;
  settings.threads = options.threads;
  settings.seed = options.seed.value_or(0);
  settings.device = options.device.c_str();
  check(functions->create(&settings, &model));
  if (!options.params.empty())
    check(functions->load(model, options.params.c_str()));
}

const mlc_entry_info &Model::entry(const std::string &name) const {
  std::string names;
  for (int i = 0; i < functions->entry_count; ++i) {
    if (name == functions->entries[i].name)
      return functions->entries[i];
    names += (i ? ", " : "") + std::string(functions->entries[i].name);
  }
  failUsage("{} has no entry '{}'; it has {}", functions->name, name,
            names.empty() ? "none" : names);
}

const mlc_entry_info &Model::onlyEntry(mlc_entry_kind kind) const {
  const mlc_entry_info *found = nullptr;
  for (int i = 0; i < functions->entry_count; ++i) {
    if (functions->entries[i].kind != kind)
      continue;
    if (found)
      failUsage("{} has several training entries; name one of them: {}, {}", functions->name,
                found->name, functions->entries[i].name);
    found = &functions->entries[i];
  }
  if (!found)
    failUsage("{} has no training entry; add an nn.train_step to the model", functions->name);
  return *found;
}

std::optional<std::string> Model::findMetadata(const std::string &file, const char *key) const {
  std::string value(1 << 16, '\0');
  mlc_status status =
      functions->read_metadata(model, file.c_str(), key, value.data(), value.size());
  if (status == MLC_NOT_FOUND)
    return std::nullopt;
  check(status);
  return value.c_str();
}

std::string Model::metadata(const std::string &file, const char *key) const {
  std::optional<std::string> value = findMetadata(file, key);
  if (!value)
    failInput(
        "{} is not a checkpoint of mlc-run fit, since its metadata lack {}; --params loads the "
        "parameters alone",
        file, key);
  return *value;
}

int64_t Model::step(const mlc_entry_info &info) const {
  int64_t step = 0;
  check(functions->get_entry_step(model, info.name, &step));
  return step;
}

void Model::set(const mlc_entry_info &info, const std::string &name, const std::string &text) {
  double value = 0;
  if (!mlc_parse_number(text.c_str(), &value))
    failUsage("--set {} expects a finite number, but got '{}'", name, text);
  std::string own = std::string(info.name) + "/" + name;
  mlc_status status = functions->set_hyperparameter(model, own.c_str(), value);
  if (status == MLC_NOT_FOUND)
    status = functions->set_hyperparameter(model, name.c_str(), value);
  if (status == MLC_INVALID_ARGUMENT)
    failUsage("--set: {}", functions->last_error(model));
  if (status != MLC_NOT_FOUND)
    return check(status);
  std::string names;
  for (int i = 0; i < functions->hyperparameter_count; ++i)
    names += (i ? ", " : "") + std::string(functions->hyperparameters[i]);
  failUsage("{} has no hyperparameter '{}'; it has {}", functions->name, name,
            names.empty() ? "none" : names);
}

std::optional<double> Model::hyperparameter(const mlc_entry_info &info,
                                            const std::string &name) const {
  for (const std::string &full : {std::string(info.name) + "/" + name, name})
    if (double value = 0; functions->get_hyperparameter(model, full.c_str(), &value) == MLC_OK)
      return value;
  return std::nullopt;
}

std::vector<std::pair<std::string, double>> Model::hyperparameters() const {
  std::vector<std::pair<std::string, double>> result;
  for (int i = 0; i < functions->hyperparameter_count; ++i) {
    double value = 0;
    check(functions->get_hyperparameter(model, functions->hyperparameters[i], &value));
    result.emplace_back(functions->hyperparameters[i], value);
  }
  return result;
}

int32_t Model::randomParameters() const {
  bool known = functions->struct_size > offsetof(mlc_model_table, random_parameter_count);
  return known ? functions->random_parameter_count : 0;
}

size_t Model::arenaBytes(const mlc_entry_info &info, const std::vector<int64_t> &dims) const {
  // The workspace is arena + threads x scratch: two points of the line give the arena.
  size_t one = 0, two = 0;
  check(functions->workspace_bytes(model, info.name, dims.data(), 1, &one));
  check(functions->workspace_bytes(model, info.name, dims.data(), 2, &two));
  return one - (two - one);
}

std::vector<int64_t> Model::resultShape(const mlc_entry_info &info, int result,
                                        const std::vector<int64_t> &dims) const {
  std::vector<int64_t> shape(size_t(info.results[result].rank) + 1);
  check(functions->result_shape(model, info.name, dims.data(), result, shape.data()));
  shape.pop_back();
  return shape;
}

static bool isPosition(const std::string &text) {
  return !text.empty() && text.size() < 9 &&
         std::all_of(text.begin(), text.end(), [](char c) { return std::isdigit(c); });
}

int findTensor(const mlc_tensor_info *tensors, int count, const std::string &name) {
  for (int i = 0; i < count; ++i)
    if (name == tensors[i].name)
      return i;
  return isPosition(name) && std::stoi(name) < count ? std::stoi(name) : -1;
}

std::string listNames(const mlc_tensor_info *tensors, int count) {
  std::string names;
  for (int i = 0; i < count; ++i)
    names += (i ? ", " : "") + std::string(tensors[i].name);
  return names.empty() ? "none" : names;
}

std::vector<int64_t> shapeOf(const mlc_tensor_info &info) {
  return {info.shape, info.shape + info.rank};
}

std::vector<std::vector<int>> freeDims(const mlc_entry_info &entry) {
  std::vector<std::vector<int>> result;
  std::vector<bool> taken(size_t(entry.dim_count), false);
  auto take = [&](const std::string &name) {
    for (int d = 0; d < entry.dim_count; ++d)
      if (name == entry.dim_names[d] && (!name.empty() || !taken[size_t(d)])) {
        taken[size_t(d)] = true;
        return d;
      }
    return -1;
  };
  for (int i = 0; i < entry.input_count; ++i) {
    const mlc_tensor_info &input = entry.inputs[i];
    result.emplace_back(size_t(input.rank), -1);
    for (int j = 0; j < input.rank; ++j)
      if (input.shape[j] < 0)
        result.back()[size_t(j)] = take(input.dims && input.dims[j] ? input.dims[j] : "");
  }
  return result;
}

std::string dimName(const mlc_entry_info &entry, int dim) {
  std::string name = entry.dim_names[dim];
  return name.empty() ? std::to_string(dim) : name;
}

std::vector<int64_t> lookUpDims(const mlc_entry_info &entry, const DimSizes &sizes) {
  std::vector<int64_t> dims(size_t(entry.dim_count), -1);
  for (int d = 0; d < entry.dim_count; ++d)
    for (const std::string &key : {dimName(entry, d), std::to_string(d)})
      if (auto found = sizes.find(key); found != sizes.end() && dims[size_t(d)] < 0)
        dims[size_t(d)] = found->second;
  return dims;
}

int effectiveThreads(int threads) {
  return threads > 0 ? threads : std::min(mlc_available_cpus(), 1024);
}

void Call::prepare() {
  std::vector<std::vector<int>> axes = freeDims(entry);
  dims.assign(size_t(entry.dim_count), 0);
  for (size_t i = 0; i < inputs.size(); ++i)
    for (size_t j = 0; j < axes[i].size() && j < inputs[i]->shape.size(); ++j)
      if (axes[i][j] >= 0)
        dims[size_t(axes[i][j])] = inputs[i]->shape[j];
  results.resize(size_t(entry.result_count));
  for (int i = 0; i < entry.result_count; ++i) {
    std::vector<int64_t> shape = model.resultShape(entry, i, dims);
    Tensor &result = results[size_t(i)];
    if (!result.data() || result.shape != shape)
      result = Tensor(entry.results[i].dtype, shape, entry.results[i].name);
  }
}

const Tensor &Call::runOn(std::vector<Tensor> &batch) {
  for (size_t i = 0; i < batch.size(); ++i)
    inputs[i] = &batch[i];
  prepare();
  run();
  return results.front();
}

void Call::run() {
  std::vector<mlc_tensor> in, out;
  for (Tensor *input : inputs)
    in.push_back(input->view());
  for (Tensor &result : results)
    out.push_back(result.view());
  model.check(model.table().call(model.handle(), entry.name, in.data(), int32_t(in.size()),
                                 out.data(), int32_t(out.size())));
}

} // namespace mlc::run
