#include "Dataset.h"
#include "Npy.h"
#include "runtime/data_order.h"

#include <cmath>
#include <cstring>

namespace mlc::run {

std::vector<int64_t> shuffledOrder(uint64_t seed, int64_t epoch, int64_t samples) {
  std::vector<int64_t> order(size_t(samples), 0);
  mlc_data_order(seed, uint64_t(epoch), samples, order.data());
  return order;
}

Dataset::Dataset(const mlc_entry_info &entry, const std::vector<std::string> &assignments,
                 const char *option, Names names) {
  std::vector<std::string> files(size_t(entry.input_count));
  for (const std::string &assignment : assignments) {
    auto [name, file] = splitAssignment(assignment, option);
    int index = findTensor(entry.inputs, entry.input_count, name);
    if (index < 0 && names == Names::IgnoreUnknown)
      continue;
    if (index < 0)
      failUsage("{}: {} has no input '{}'; it has {}", option, entry.name, name,
                listNames(entry.inputs, entry.input_count));
    if (!files[size_t(index)].empty())
      failUsage("{} gives input '{}' twice", option, name);
    files[size_t(index)] = file;
  }
  for (int i = 0; i < entry.input_count; ++i) {
    const mlc_tensor_info &info = entry.inputs[i];
    const std::string &file = files[size_t(i)];
    if (file.empty())
      failUsage("{} needs data for input {}: {} {}=FILE.npy", entry.name, info.name, option,
                info.name);
    Tensor array = readArray(file, info.name);
    const std::string &what = sources.emplace_back(fmt::format("{} ({})", info.name, file));
    arrays.push_back(array.dtype == info.dtype && info.dtype != MLC_I1
                         ? std::move(array)
                         : array.converted(info.dtype, what));
  }
  if (arrays.empty())
    failUsage("{} has no inputs to train on", entry.name);
  checkShapes(entry);
}

/// The entry's own first dimension, before that of the samples: 1 where gradients are accumulated
/// over parts of a call, else 0.
static int partDims(const mlc_tensor_info &info) {
  return info.rank > 0 && info.shape[0] >= 0 && std::strcmp(info.dims[0], "accumulate") == 0;
}

void Dataset::checkShapes(const mlc_entry_info &entry) {
  for (size_t i = 0; i < arrays.size(); ++i) {
    const mlc_tensor_info &info = entry.inputs[i];
    const std::vector<int64_t> &shape = arrays[i].shape;
    const int own = partDims(info), rank = info.rank - own;
    const int64_t *sizes = info.shape + own;
    bool fits = rank > 0 && int(shape.size()) == rank;
    for (int j = 1; fits && j < rank; ++j)
      fits = sizes[j] < 0 || sizes[j] == shape[size_t(j)];
    if (rank == 0)
      failInput("{} of {} is a scalar, but data have samples as their first dimension", info.name,
                entry.name);
    if (!fits)
      failInput("{} of {} expects samples of shape {}, but {} has shape {}", info.name, entry.name,
                shapeText(shapeOf(info)), sources[i], shapeText(shape));
    if (i && shape[0] != arrays[0].shape[0])
      failInput("{} has {} samples, but {} has {}", sources[i], shape[0], sources[0],
                arrays[0].shape[0]);
    if (own)
      partCount = info.shape[0];
    if (sizes[0] >= 0)
      fixed = partCount * sizes[0];
  }
  count = arrays[0].shape[0];
  if (count == 0)
    failInput("{} has no samples", sources[0]);
}

std::string Dataset::describeNotFinite(const std::vector<int64_t> &order, int64_t begin,
                                       int64_t size) const {
  std::string infinite;
  for (size_t i = 0; i < arrays.size(); ++i) {
    const Tensor &array = arrays[i];
    int64_t each = array.count() / count;
    for (int64_t element = 0; element < size * each; ++element) {
      int64_t sample = order[size_t(begin + element / each)], rest = element % each;
      long double value = array.at(sample * each + rest);
      if (std::isfinite(value) || (!std::isnan(value) && !infinite.empty()))
        continue;
      std::string position;
      for (size_t d = array.shape.size(); d-- > 1; rest /= array.shape[d])
        position = fmt::format(", {}{}", rest % array.shape[d], position);
      std::string found =
          fmt::format("{} is {} at [{}{}]", sources[i], double(value), sample, position);
      if (std::isnan(value))
        return found;
      infinite = found;
    }
  }
  return infinite;
}

std::vector<Tensor> &Dataset::batch(const std::vector<int64_t> &order, int64_t begin,
                                    int64_t size) {
  batches.resize(arrays.size());
  for (size_t i = 0; i < arrays.size(); ++i) {
    const Tensor &array = arrays[i];
    std::vector<int64_t> shape = array.shape;
    shape[0] = size / partCount;
    if (partCount > 1)
      shape.insert(shape.begin(), partCount);
    if (batches[i].shape != shape || !batches[i].data())
      batches[i] = Tensor(array.dtype, shape, "batch");
    auto bytes = size_t(array.byteCount() / count);
    for (int64_t row = 0; row < size; ++row)
      std::memcpy(batches[i].data() + size_t(row) * bytes,
                  array.data() + size_t(order[size_t(begin + row)]) * bytes, bytes);
  }
  return batches;
}

} // namespace mlc::run
