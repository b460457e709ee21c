#ifndef MLC_TEST_TEST_MODEL_H
#define MLC_TEST_TEST_MODEL_H

#include "ToyModel.h"

#include <gtest/gtest.h>

#include <cmath>
#include <string>
#include <vector>

namespace mlc {

/// Options with a number of threads; everything else default.
inline mlc_options makeOptions(int threads, uint64_t seed = 7) {
  mlc_options options = {};
  options.struct_size = sizeof options;
  options.threads = threads;
  options.seed = seed;
  return options;
}

/// A toy model that lives as long as the object.
class ToyModel {
public:
  explicit ToyModel(const mlc_options &options) {
    status = mlc_rt_create(&toy_descriptor, &options, &model);
  }
  explicit ToyModel(int threads = 1, uint64_t seed = 7) : ToyModel(makeOptions(threads, seed)) {}
  ToyModel(const ToyModel &) = delete;
  ~ToyModel() { mlc_rt_destroy(model); }
  operator mlc_model *() const { return model; }
  std::string error() const { return mlc_rt_last_error(model); }

  std::vector<float> parameter(const char *name, size_t count) const {
    std::vector<float> data(count);
    EXPECT_EQ(mlc_rt_get_parameter(model, name, data.data(), count * 4), MLC_OK);
    return data;
  }

  mlc_status status;

private:
  mlc_model *model = nullptr;
};

/// Rows of a fixed line: target = x . (1, -2, 3, 0.5) + 0.25.
struct Rows {
  std::vector<float> x, target;
  explicit Rows(int64_t count) : x(count * 4), target(count) {
    for (int64_t i = 0; i < count; ++i) {
      for (int j = 0; j < 4; ++j)
        x[i * 4 + j] = std::sin(float(i * 7 + j * 3));
      target[i] = x[i * 4] - 2 * x[i * 4 + 1] + 3 * x[i * 4 + 2] + 0.5f * x[i * 4 + 3] + 0.25f;
    }
  }
};

/// One training step on the first `count` rows; NaN where the call failed.
inline float fit(mlc_model *model, const Rows &rows, int64_t count) {
  float loss = NAN;
  const void *inputs[] = {rows.x.data(), rows.target.data()};
  void *results[] = {&loss};
  return mlc_rt_call(model, 1, inputs, &count, results) == MLC_OK ? loss : NAN;
}

} // namespace mlc

#endif
