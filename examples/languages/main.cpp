// main.c in C++: the handle owns itself, a failed call throws the library's sentence.
#include "simple_model.h"
#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <memory>
#include <stdexcept>
#include <vector>

constexpr int kSamples = 1000, kBatch = 32, kWidth = 5, kEpochs = 10;

static void check(mlc_status status, const simple_model *model) {
  if (status != MLC_OK)
    throw std::runtime_error(simple_model_last_error(model));
}

struct Destroy {
  void operator()(simple_model *model) const { simple_model_destroy(model); }
};
using Handle = std::unique_ptr<simple_model, Destroy>;

static Handle create() {
  simple_model *model = nullptr;
  check(simple_model_create(nullptr, &model), nullptr);
  return Handle(model);
}

struct Data {
  std::vector<float> inputs, targets;
  Data() : inputs(kSamples * kWidth), targets(kSamples * kWidth) {
    uint32_t state = 1;
    for (float &input : inputs) {
      state = state * 1664525u + 1013904223u;
      input = float(state >> 8) / 8388608.0f - 1.0f;
    }
    for (int i = 0; i < kSamples; ++i)
      for (int j = 0; j < kWidth; ++j) {
        const float *row = &inputs[i * kWidth];
        targets[i * kWidth + j] = std::max(0.0f, 0.5f * (row[j] + row[(j + 1) % kWidth]));
      }
  }
};

static void printBits(const char *name, float value) {
  uint32_t bits;
  std::memcpy(&bits, &value, sizeof bits);
  std::printf("%s %08x\n", name, unsigned(bits));
}

int main() try {
  Data data;
  Handle model = create();
  for (int epoch = 1; epoch <= kEpochs; ++epoch) {
    float loss = 0;
    for (int first = 0; first < kSamples; first += kBatch) {
      int count = std::min(kBatch, kSamples - first);
      check(simple_model_fit(model.get(), &data.inputs[first * kWidth],
                             &data.targets[first * kWidth], count, &loss),
            model.get());
    }
    printBits("loss", loss);
  }
  std::array<float, 2 * kWidth> output;
  check(simple_model_predict(model.get(), data.inputs.data(), 2, output.data()), model.get());
  for (float y : output)
    printBits("y", y);
} catch (const std::exception &error) {
  std::fprintf(stderr, "%s\n", error.what());
  return 1;
}
