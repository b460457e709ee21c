#include "Validation.h"
#include "Npy.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace mlc::run {

static std::string resultText(const mlc_tensor_info &result) {
  return fmt::format("{} {}", dtypeName(result.dtype), shapeText(shapeOf(result)));
}

/// An entry that leaves the parameters alone and has what is asked for.
static const mlc_entry_info &validationEntry(const Model &model, const FitOptions &options) {
  const mlc_entry_info &entry = model.entry(options.validate);
  if (entry.kind == MLC_TRAINING)
    failUsage("--validate: {} is a training entry, which would train on the validation data",
              entry.name);
  if (entry.result_count == 0)
    failUsage("--validate: {} has no result to average", entry.name);
  const mlc_tensor_info &result = entry.results[0];
  if (options.accuracy.empty() && result.rank != 0)
    failUsage("--validate: {} returns {}, but a loss is a scalar; name an entry that returns one, "
              "or give --accuracy LABELS where these are scores of classes",
              entry.name, resultText(result));
  if (!options.accuracy.empty() && result.rank == 0)
    failUsage("--accuracy: {} returns a scalar, but scores of classes along the last dimension are "
              "needed; leave --accuracy out to average it",
              entry.name);
  return entry;
}

static const std::vector<std::string> &validationData(const FitOptions &options) {
  return options.validationData.empty() ? options.data : options.validationData;
}

static const char *dataOption(const FitOptions &options) {
  return options.validationData.empty() ? "--data" : "--validation-data";
}

Validation::Validation(const Model &model, const FitOptions &options)
    : model(model), entry(validationEntry(model, options)),
      data(entry, validationData(options), dataOption(options), Dataset::Names::IgnoreUnknown) {
  if (!options.accuracy.empty())
    readLabels(options);
}

/// LABELS is a name among the data, else a file.
void Validation::readLabels(const FitOptions &options) {
  std::string file = options.accuracy, name;
  for (const std::string &assignment : validationData(options))
    if (auto [given, path] = splitAssignment(assignment, dataOption(options));
        given == options.accuracy) {
      name = given;
      file = path;
    }
  if (name.empty() && file.find('.') == file.npos)
    failUsage("--accuracy: {} names no data; it expects a NAME of {}, or a .npy file", file,
              dataOption(options));
  std::string what = fmt::format("{} ({})", options.accuracy, file);
  labels = readArray(file, name).converted(MLC_I64, what);
  const mlc_tensor_info &scores = entry.results[0];
  if (int(labels->shape.size()) != scores.rank - 1 || labels->shape[0] != data.samples())
    failInput("{} has shape {}, but {} returns {} for {} samples: one label is needed for each row "
              "of scores",
              what, shapeText(labels->shape), entry.name, resultText(scores), data.samples());
}

/// The place of the largest of each row, the first where several are, against its label. A negative
/// label says that there is none.
void Validation::countHits(const Tensor &result, int64_t begin, int64_t size) {
  int64_t classes = result.shape.back(), rows = classes ? result.count() / classes : 0,
          perSample = labels->count() / std::max<int64_t>(labels->shape[0], 1);
  if (rows != size * perSample)
    failInput("--accuracy: {} returns shape {} for {} samples with {} labels each", entry.name,
              shapeText(result.shape), size, perSample);
  for (int64_t row = 0; row < rows; ++row) {
    auto label = int64_t(labels->at(begin * perSample + row));
    if (label < 0)
      continue;
    int64_t best = 0;
    for (int64_t c = 1; c < classes; ++c)
      if (result.at(row * classes + c) > result.at(row * classes + best))
        best = c;
    sum += best == label;
    ++measured;
  }
}

void Validation::addBatch(const std::vector<int64_t> &order, int64_t begin, int64_t size) {
  std::vector<Tensor> &batch = data.batch(order, begin, size);
  if (!call)
    call.emplace(model, entry);
  const Tensor &result = call->runOn(batch);
  if (ofAccuracy())
    return countHits(result, begin, size);
  sum += double(result.at(0)) * double(size);
  measured += size;
}

std::string Validation::measure(int64_t batchSize) {
  std::vector<int64_t> order(size_t(data.samples()), 0);
  std::iota(order.begin(), order.end(), 0);
  sum = 0;
  measured = 0;
  bool isFixed = data.fixedBatch() >= 0;
  int64_t size = isFixed ? data.fixedBatch() : batchSize;
  for (int64_t begin = 0; begin < data.samples(); begin += size) {
    int64_t count = std::min(size, data.samples() - begin);
    if (isFixed && count < size)
      break; // a fixed batch cannot hold the rest
    addBatch(order, begin, count);
  }
  double mean = measured ? sum / double(measured) : NAN;
  return ofAccuracy() ? fmt::format("accuracy {:.4g} %", 100 * mean)
                      : fmt::format("{} {:.5g}", entry.name, mean);
}

} // namespace mlc::run
