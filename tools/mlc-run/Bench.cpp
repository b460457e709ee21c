#include "Commands.h"
#include "runtime/philox.h"

#include <algorithm>
#include <chrono>
#include <cstring>
#include <nlohmann/json.hpp>

namespace mlc::run {

static double seconds() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

/// Floats in [-1, 1), integers in [0, limit), truth values at random.
static void fillRandom(Tensor &tensor, uint64_t stream, int64_t limit) {
  uint32_t words[4];
  for (int64_t i = 0; i < tensor.count(); ++i) {
    if (i % 4 == 0)
      mlc_philox(0, stream, 0, uint64_t(i) / 4, words);
    double unit = (words[i % 4] >> 8) * 0x1p-24;
    uint8_t *at = tensor.data() + i * dtypeBytes(tensor.dtype);
    int64_t integer =
        std::min<int64_t>(int64_t(unit * double(limit)), tensor.dtype == MLC_I8 ? 127 : limit);
    float single = float(2 * unit - 1);
    double wide = single;
    _Float16 half = _Float16(single);
    uint32_t bits;
    std::memcpy(&bits, &single, 4);
    uint16_t brain = uint16_t(bits >> 16);
    uint8_t truth = unit < 0.5;
    const void *from = tensor.dtype == MLC_F32    ? (const void *)&single
                       : tensor.dtype == MLC_F64  ? &wide
                       : tensor.dtype == MLC_F16  ? &half
                       : tensor.dtype == MLC_BF16 ? &brain
                       : tensor.dtype == MLC_I1   ? (const void *)&truth
                                                  : &integer;
    std::memcpy(at, from, size_t(dtypeBytes(tensor.dtype)));
  }
}

/// Random inputs. Integers are indices more often than not: their range is halved until the model
/// takes them.
static void prepareInputs(const Model &model, const mlc_entry_info &entry, Call &call,
                          std::vector<Tensor> &inputs) {
  for (int64_t limit = 65536; limit >= 1; limit /= 2) {
    for (size_t i = 0; i < inputs.size(); ++i)
      fillRandom(inputs[i], i + 1, limit);
    std::vector<mlc_tensor> in, out;
    for (Tensor &input : inputs)
      in.push_back(input.view());
    for (Tensor &result : call.out())
      out.push_back(result.view());
    mlc_status status = model.table().call(model.handle(), entry.name, in.data(),
                                           int32_t(in.size()), out.data(), int32_t(out.size()));
    if (status != MLC_INDEX_OUT_OF_RANGE || limit == 1)
      return model.check(status);
  }
}

/// Times of single calls: `repeat` of them, or as many as fit in a second, ten at least.
static std::vector<double> measure(Call &call, int64_t repeat) {
  for (double begin = seconds(); seconds() - begin < 0.2;)
    call.run();
  std::vector<double> times;
  for (double begin = seconds();
       repeat ? int64_t(times.size()) < repeat : times.size() < 10 || seconds() - begin < 1;) {
    double start = seconds();
    call.run();
    times.push_back(seconds() - start);
  }
  std::sort(times.begin(), times.end());
  return times;
}

static std::vector<int64_t> allDims(const mlc_entry_info &entry, const DimSizes &sizes) {
  std::vector<int64_t> dims = lookUpDims(entry, sizes);
  for (size_t d = 0; d < dims.size(); ++d)
    if (dims[d] < 0)
      failUsage("{} has the free dimension {}: --dim {}=SIZE", entry.name, dimName(entry, int(d)),
                dimName(entry, int(d)));
  for (const auto &[name, size] : sizes) {
    bool known = false;
    for (int d = 0; d < entry.dim_count; ++d)
      known |= name == dimName(entry, d) || name == std::to_string(d);
    if (!known)
      failUsage("{} has no free dimension '{}'", entry.name, name);
  }
  return dims;
}

void bench(const BenchOptions &options) {
  DimSizes sizes = parseDims(options.dims);
  Model model(options.model.path);
  const mlc_entry_info &entry = model.entry(options.entry);
  std::vector<int64_t> dims = allDims(entry, sizes);
  model.create(options.model);
  std::vector<std::vector<int>> axes = freeDims(entry);
  std::vector<Tensor> inputs;
  Call call(model, entry);
  for (int i = 0; i < entry.input_count; ++i) {
    std::vector<int64_t> shape = shapeOf(entry.inputs[i]);
    for (size_t j = 0; j < shape.size(); ++j)
      if (shape[j] < 0 && axes[size_t(i)][j] >= 0)
        shape[j] = dims[size_t(axes[size_t(i)][j])];
    inputs.emplace_back(entry.inputs[i].dtype, shape, entry.inputs[i].name);
  }
  for (size_t i = 0; i < inputs.size(); ++i)
    call.in()[i] = &inputs[i];
  call.prepare();
  prepareInputs(model, entry, call, inputs);
  std::vector<double> times = measure(call, options.repeat);
  double median = times[times.size() / 2], flops = 0, bytes = 0;
  model.check(model.table().cost(model.handle(), entry.name, dims.data(), &flops, &bytes));
  nlohmann::ordered_json named = nlohmann::ordered_json::object();
  for (int d = 0; d < entry.dim_count; ++d)
    named[dimName(entry, d)] = dims[size_t(d)];
  int threads = effectiveThreads(options.model.threads);
  if (options.json) {
    nlohmann::ordered_json result = {{"entry", entry.name},
                                     {"threads", threads},
                                     {"dims", named},
                                     {"median_s", median},
                                     {"min_s", times.front()},
                                     {"max_s", times.back()},
                                     {"gflops_per_s", flops / median / 1e9},
                                     {"gbytes_per_s", bytes / median / 1e9}};
    print("{}\n", result.dump(2));
    return;
  }
  print("{} {} on {} thread{}, {} calls\n", entry.name, named.dump(), threads,
        threads == 1 ? "" : "s", times.size());
  print("median {:.3f} us, min {:.3f} us, max {:.3f} us\n", median * 1e6, times.front() * 1e6,
        times.back() * 1e6);
  print("{:.2f} GFLOP/s, {:.2f} GB/s\n", flops / median / 1e9, bytes / median / 1e9);
}

} // namespace mlc::run
