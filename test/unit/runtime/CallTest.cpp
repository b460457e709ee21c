// Calls: results, checks of everything the caller gives, the workspace, one call at a time.
#include "TestModel.h"
#include "runtime/internal.h"

#include <atomic>
#include <cstring>
#include <thread>

namespace mlc {
namespace {

bool contains(const std::string &text, const char *part) {
  return text.find(part) != std::string::npos;
}

mlc_tensor tensor(void *data, mlc_data_type type, int64_t *shape, int32_t rank) {
  return {data, {MLC_DEVICE_CPU, 0}, rank, type, shape, nullptr, 0};
}
constexpr mlc_data_type kFloat = {MLC_CODE_FLOAT, 32, 1}, kDouble = {MLC_CODE_FLOAT, 64, 1},
                        kLong = {MLC_CODE_INT, 64, 1};

TEST(Call, TrainsToTheLine) {
  ToyModel model(2);
  Rows rows(300);
  float loss = 0;
  for (int step = 0; step < 400; ++step)
    loss = fit(model, rows, 300);
  EXPECT_LT(loss, 1e-6);
  int64_t step = 0;
  EXPECT_EQ(mlc_rt_get_step(model, &step), MLC_OK);
  EXPECT_EQ(step, 400);
}

TEST(Call, GivesTheSameBitsOnAnyNumberOfThreads) {
  Rows rows(777);
  std::vector<float> expected;
  for (int threads : {1, 2, 3, 5}) {
    ToyModel model(threads);
    std::vector<float> losses;
    for (int step = 0; step < 50; ++step)
      losses.push_back(fit(model, rows, 777 - step));
    if (expected.empty())
      expected = losses;
    EXPECT_EQ(std::memcmp(losses.data(), expected.data(), losses.size() * 4), 0)
        << threads << " threads";
  }
}

TEST(Call, NamesTheWrongArgument) {
  ToyModel model;
  Rows rows(4);
  int64_t negative = -3, two = 2;
  float loss;
  const void *inputs[] = {rows.x.data(), nullptr};
  void *results[] = {&loss};
  EXPECT_EQ(mlc_rt_call(model, 1, inputs, &negative, results), MLC_INVALID_ARGUMENT);
  EXPECT_EQ(model.error(), "fit: batch is -3, but must not be negative");
  EXPECT_EQ(mlc_rt_call(model, 1, inputs, &two, results), MLC_INVALID_ARGUMENT);
  EXPECT_EQ(model.error(), "fit: the pointer to target is null");
  inputs[1] = rows.target.data();
  results[0] = nullptr;
  EXPECT_EQ(mlc_rt_call(model, 1, inputs, &two, results), MLC_INVALID_ARGUMENT);
  EXPECT_EQ(model.error(), "fit: the pointer to loss is null");
  EXPECT_EQ(mlc_rt_call(model, 9, inputs, &two, results), MLC_NOT_FOUND);
  EXPECT_EQ(model.error(), "toy has no entry number 9");
  int64_t huge = INT64_MAX / 2;
  results[0] = &loss;
  EXPECT_EQ(mlc_rt_call(model, 1, inputs, &huge, results), MLC_INVALID_ARGUMENT);
  EXPECT_EQ(model.error(), "fit: the dimensions of x are too large");
  EXPECT_EQ(mlc_rt_call(model, 1, inputs, nullptr, results), MLC_INVALID_ARGUMENT);
  EXPECT_EQ(model.error(), "fit: the pointer to the dimensions is null");
  EXPECT_EQ(mlc_rt_call(nullptr, 1, inputs, &two, results), MLC_INVALID_ARGUMENT);
  EXPECT_STREQ(mlc_rt_last_error(nullptr), "the model is null");
}

TEST(Call, RefusesAnIndexOutOfRangeAndChangesNothing) {
  ToyModel model;
  int64_t index[] = {0, 4}, two = 2;
  float value[] = {42, 42};
  const void *inputs[] = {index};
  void *results[] = {value};
  EXPECT_EQ(mlc_rt_call(model, 2, inputs, &two, results), MLC_INDEX_OUT_OF_RANGE);
  EXPECT_EQ(model.error(), "lookup: index is outside [0, 4): index has 4 as its element 1");
  EXPECT_EQ(value[0], 42);
}

TEST(Call, RefusesResultsThatOverlapAnything) {
  ToyModel model;
  std::vector<float> memory(64, 1.0f);
  float *x = memory.data();
  int64_t three = 3, none = 0;
  auto predict = [&](float *input, void *result, int64_t *rows) {
    const void *inputs[] = {input};
    void *results[] = {result};
    return mlc_rt_call(model, 0, inputs, rows, results);
  };
  EXPECT_EQ(predict(x, x + 12, &three), MLC_OK); // right behind
  EXPECT_EQ(predict(x + 3, x, &three), MLC_OK);  // right before
  EXPECT_EQ(predict(x, x, &three), MLC_INVALID_ARGUMENT);
  EXPECT_EQ(model.error(),
            "predict: the memory of result y overlaps that of input x; give every result its own");
  EXPECT_EQ(predict(x, x + 11, &three), MLC_INVALID_ARGUMENT);
  EXPECT_EQ(predict(x + 2, x, &three), MLC_INVALID_ARGUMENT);
  EXPECT_EQ(predict(x, x, &none), MLC_OK); // no byte to share
  EXPECT_EQ(predict(x, static_cast<mlc_model *>(model)->shared->block.base, &three),
            MLC_INVALID_ARGUMENT);
  EXPECT_EQ(model.error(), "predict: the memory of y overlaps the model's parameters");
  EXPECT_EQ(predict(x, reinterpret_cast<char *>(x + 12) + 2, &three), MLC_INVALID_ARGUMENT);
  EXPECT_EQ(model.error(), "predict: the pointer to y is not aligned to the size of its elements");
}

TEST(Call, RefusesTensorsInTheCallersWorkspace) {
  alignas(64) static unsigned char workspace[4096];
  mlc_options options = makeOptions(1);
  options.workspace = workspace;
  options.workspace_bytes = sizeof workspace;
  ToyModel model(options);
  Rows rows(2);
  int64_t two = 2;
  const void *inputs[] = {rows.x.data(), rows.target.data()};
  void *results[] = {workspace + 4092};
  EXPECT_EQ(mlc_rt_call(model, 1, inputs, &two, results), MLC_INVALID_ARGUMENT);
  EXPECT_EQ(model.error(), "fit: the memory of loss overlaps the workspace");
  float loss;
  results[0] = &loss;
  inputs[1] = workspace;
  EXPECT_EQ(mlc_rt_call(model, 1, inputs, &two, results), MLC_INVALID_ARGUMENT);
  EXPECT_EQ(model.error(), "fit: the memory of target overlaps the workspace");
}

TEST(Table, ChecksLanesStridesAndOffset) {
  ToyModel model;
  float x[13] = {}, y[3];
  int64_t shape[] = {3, 4}, rows[] = {3}, empty[] = {0, 4}, none[] = {0}, negative[] = {-3, 4},
          strides[] = {INT64_MAX, 7}, one[] = {1, 4}, single[] = {1}, wild[] = {99, 1};
  auto call = [&](mlc_tensor input, mlc_tensor result) {
    return mlc_model_v1()->call(model, "predict", &input, 1, &result, 1);
  };
  mlc_tensor good = tensor(x, kFloat, shape, 2), result = tensor(y, kFloat, rows, 1);
  mlc_tensor lanes = good, offset = good, hollow = tensor(nullptr, kFloat, empty, 2),
             row = tensor(x, kFloat, one, 2);
  lanes.dtype.lanes = 4;
  EXPECT_EQ(call(lanes, result), MLC_INVALID_ARGUMENT);
  EXPECT_EQ(model.error(), "predict: x expects dtype f32, but got f32 in vectors of 4");
  offset.byte_offset = 4;
  EXPECT_EQ(call(offset, result), MLC_OK);
  offset.byte_offset = 2;
  EXPECT_EQ(call(offset, result), MLC_INVALID_ARGUMENT);
  offset.byte_offset = UINT64_MAX - 16;
  EXPECT_EQ(call(offset, result), MLC_INVALID_ARGUMENT);
  EXPECT_EQ(model.error(), "predict: the byte_offset of x leads out of memory");
  EXPECT_EQ(call(tensor(x, kFloat, negative, 2), result), MLC_INVALID_ARGUMENT);
  hollow.strides = strides; // there is no element that they could place
  EXPECT_EQ(call(hollow, tensor(nullptr, kFloat, none, 1)), MLC_OK);
  row.strides = wild;
  EXPECT_EQ(call(row, tensor(y, kFloat, single, 1)), MLC_OK);
  EXPECT_EQ(call(good, tensor(x + 4, kFloat, rows, 1)), MLC_INVALID_ARGUMENT);
  EXPECT_TRUE(contains(model.error(), "overlaps"));
}

TEST(Table, ChecksDtypeRankShapeAndCount) {
  ToyModel model;
  float x[12] = {}, y[3];
  int64_t shape[] = {3, 4}, wide[] = {3, 5}, rows[] = {3}, two[] = {2};
  const mlc_model_table *table = mlc_model_v1();
  auto call = [&](mlc_tensor input, mlc_tensor result) {
    return table->call(model, "predict", &input, 1, &result, 1);
  };
  mlc_tensor good = tensor(x, kFloat, shape, 2), result = tensor(y, kFloat, rows, 1);
  EXPECT_EQ(call(good, result), MLC_OK);
  EXPECT_EQ(call(tensor(x, kDouble, shape, 2), result), MLC_INVALID_ARGUMENT);
  EXPECT_EQ(model.error(), "predict: x expects dtype f32, but got f64");
  EXPECT_EQ(call(tensor(x, kFloat, rows, 1), result), MLC_INVALID_ARGUMENT);
  EXPECT_EQ(model.error(), "predict: x expects 2 dimensions, but got 1");
  EXPECT_EQ(call(tensor(x, kFloat, wide, 2), result), MLC_INVALID_ARGUMENT);
  EXPECT_EQ(model.error(), "predict: x expects shape [?, 4], but got [3, 5]");
  EXPECT_EQ(call(good, tensor(y, kFloat, two, 1)), MLC_INVALID_ARGUMENT);
  EXPECT_EQ(model.error(), "predict: y expects shape [3], but got [2]");
  EXPECT_EQ(table->call(model, "predict", &good, 1, nullptr, 0), MLC_INVALID_ARGUMENT);
  EXPECT_EQ(model.error(), "predict expects 1 results, but got 0");
  EXPECT_EQ(table->call(model, "predict", nullptr, 1, &result, 1), MLC_INVALID_ARGUMENT);
  EXPECT_EQ(model.error(), "predict expects 1 inputs, but got 0");
  EXPECT_EQ(call(tensor(x, kFloat, nullptr, 2), result), MLC_INVALID_ARGUMENT);
  EXPECT_EQ(model.error(), "predict: the shape of x is null");
  mlc_tensor elsewhere = good;
  elsewhere.device.device_type = MLC_DEVICE_CUDA;
  EXPECT_EQ(call(elsewhere, result), MLC_UNSUPPORTED);
  EXPECT_EQ(model.error(), "not supported yet: predict: x is on a device other than the CPU");
  EXPECT_EQ(table->call(model, "nothing", &good, 1, &result, 1), MLC_NOT_FOUND);
  EXPECT_EQ(model.error(), "toy has no entry \"nothing\"");
  int64_t strides[] = {1, 3};
  good.strides = strides;
  EXPECT_EQ(call(good, result), MLC_INVALID_ARGUMENT);
  EXPECT_TRUE(contains(model.error(), "contiguous"));
}

TEST(Table, NamesBothInputsThatDisagree) {
  ToyModel model;
  float x[12] = {}, target[5] = {}, loss;
  int64_t shape[] = {3, 4}, five[] = {5};
  mlc_tensor inputs[] = {tensor(x, kFloat, shape, 2), tensor(target, kFloat, five, 1)};
  mlc_tensor result = tensor(&loss, kFloat, nullptr, 0);
  EXPECT_EQ(mlc_model_v1()->call(model, "fit", inputs, 2, &result, 1), MLC_INVALID_ARGUMENT);
  EXPECT_EQ(model.error(), "fit: target expects batch = 3 as in x, but got 5");
}

TEST(Table, TellsShapesCostAndIndexErrors) {
  ToyModel model;
  int64_t dims[] = {5}, shape[1] = {0}, index[] = {-1}, one[] = {1};
  double flops, bytes;
  EXPECT_EQ(mlc_rt_table_result_shape(model, "predict", dims, 0, shape), MLC_OK);
  EXPECT_EQ(shape[0], 5);
  EXPECT_EQ(mlc_rt_table_result_shape(model, "predict", dims, 1, shape), MLC_INVALID_ARGUMENT);
  EXPECT_EQ(model.error(), "predict has no result number 1, or the shape is null");
  EXPECT_EQ(mlc_rt_table_result_shape(model, "none", dims, 0, shape), MLC_NOT_FOUND);
  EXPECT_EQ(mlc_rt_table_cost(model, "predict", dims, &flops, &bytes), MLC_OK);
  EXPECT_EQ(flops, 50);
  float value;
  mlc_tensor input = tensor(index, kLong, one, 1), result = tensor(&value, kFloat, one, 1);
  EXPECT_EQ(mlc_model_v1()->call(model, "lookup", &input, 1, &result, 1), MLC_INDEX_OUT_OF_RANGE);
}

TEST(Workspace, IsArenaAndScratchAndNeverOutgrown) {
  int64_t dims[] = {65};
  size_t bytes = 0;
  ToyModel probe(3);
  EXPECT_EQ(mlc_rt_workspace_bytes(probe, "fit", dims, 1, &bytes), MLC_OK);
  EXPECT_EQ(bytes, 2 * 64 + 64u);
  EXPECT_EQ(mlc_rt_workspace_bytes(probe, "fit", dims, 0, &bytes), MLC_OK);
  EXPECT_EQ(bytes, 2 * 64 + 3 * 64u);
  EXPECT_EQ(mlc_rt_workspace_bytes(probe, "other", dims, 0, &bytes), MLC_NOT_FOUND);
  EXPECT_EQ(mlc_rt_workspace_bytes(probe, "fit", dims, 0, nullptr), MLC_INVALID_ARGUMENT);
  EXPECT_EQ(probe.error(), "the pointer that receives the bytes is null");

  alignas(64) uint8_t workspace[512];
  mlc_options options = makeOptions(3);
  options.workspace = workspace;
  options.workspace_bytes = bytes;
  ToyModel model(options);
  Rows rows(200);
  EXPECT_TRUE(std::isfinite(fit(model, rows, 65)));
  std::vector<float> before = model.parameter("w", 4);
  float loss;
  int64_t larger[] = {129};
  const void *inputs[] = {rows.x.data(), rows.target.data()};
  void *results[] = {&loss};
  EXPECT_EQ(mlc_rt_call(model, 1, inputs, larger, results), MLC_WORKSPACE_TOO_SMALL);
  EXPECT_EQ(model.error(), "fit needs a workspace of 384 bytes, but options.workspace has 320");
  EXPECT_EQ(model.parameter("w", 4), before);
}

TEST(Create, ChecksItsOptions) {
  mlc_model *model = nullptr;
  mlc_options options = makeOptions(1);
  options.struct_size = 3;
  EXPECT_EQ(mlc_rt_create(&toy_descriptor, &options, &model), MLC_INVALID_ARGUMENT);
  EXPECT_TRUE(contains(mlc_rt_last_error(nullptr), "struct_size"));
  options = makeOptions(-1);
  EXPECT_EQ(mlc_rt_create(&toy_descriptor, &options, &model), MLC_INVALID_ARGUMENT);
  EXPECT_TRUE(contains(mlc_rt_last_error(nullptr),
                       "options.threads is -1, but must be 0 (one per CPU) to"));
  options = makeOptions(1);
  options.device = "cuda";
  EXPECT_EQ(mlc_rt_create(&toy_descriptor, &options, &model), MLC_UNSUPPORTED);
  options = makeOptions(1);
  options.workspace = (void *)8;
  EXPECT_EQ(mlc_rt_create(&toy_descriptor, &options, &model), MLC_INVALID_ARGUMENT);
  EXPECT_STREQ(mlc_rt_last_error(nullptr), "options.workspace is not aligned to 64 bytes");
  EXPECT_EQ(model, nullptr);
  EXPECT_EQ(mlc_rt_create(&toy_descriptor, nullptr, nullptr), MLC_INVALID_ARGUMENT);
  EXPECT_STREQ(mlc_rt_last_error(nullptr), "the pointer that receives the model is null");
  mlc_model_descriptor newer = toy_descriptor;
  newer.version += 1;
  EXPECT_EQ(mlc_rt_create(&newer, nullptr, &model), MLC_UNSUPPORTED);
  EXPECT_TRUE(contains(mlc_rt_last_error(nullptr), "the model's descriptor has version"));
  EXPECT_EQ(mlc_rt_create(&toy_descriptor, nullptr, &model), MLC_OK);
  mlc_rt_destroy(model);
  options = makeOptions(1);
  options.struct_size = sizeof(size_t) + sizeof(int32_t); // an older caller's struct
  EXPECT_EQ(mlc_rt_create(&toy_descriptor, &options, &model), MLC_OK);
  mlc_rt_destroy(model);
}

TEST(Create, NamesTheMissingCpuFeature) {
  // One that no table has: nothing tells that it is there.
  static const char *const features[] = {"fp64_of_tomorrow", nullptr};
  mlc_model_descriptor descriptor = toy_descriptor;
  descriptor.cpu_features = features;
  mlc_model *model = nullptr;
  mlc_status status = mlc_rt_create(&descriptor, nullptr, &model);
  EXPECT_EQ(status, MLC_UNSUPPORTED_CPU);
  EXPECT_TRUE(contains(mlc_rt_last_error(nullptr), "this CPU lacks fp64_of_tomorrow"));
  mlc_rt_destroy(model);
}

TEST(Create, LogsNotableEvents) {
  std::vector<std::string> lines;
  mlc_options options = makeOptions(2);
  options.log_context = &lines;
  options.log = [](void *context, const char *message) {
    static_cast<std::vector<std::string> *>(context)->push_back(message);
  };
  ToyModel model(options);
  Rows rows(64);
  fit(model, rows, 64);
  fit(model, rows, 64);
  EXPECT_EQ(lines, (std::vector<std::string>{"toy: created with 2 threads, 576 bytes of state",
                                             "toy: workspace grown to 192 bytes for fit"}));
}

/// Two users of one handle, each of whom comes again while it is busy.
TEST(Busy, OneCallAtATime) {
  constexpr int kCalls = 500;
  ToyModel model(2);
  Rows rows(5000);
  std::atomic<int> other{0};
  auto user = [&] {
    for (int done = 0; done < kCalls && other == 0;) {
      float loss;
      int64_t count = 5000;
      const void *inputs[] = {rows.x.data(), rows.target.data()};
      void *results[] = {&loss};
      mlc_status status = mlc_rt_call(model, 1, inputs, &count, results);
      bool isBusy = status == MLC_BUSY && contains(mlc_rt_last_error(model), "one call at a time");
      done += status == MLC_OK;
      other += status != MLC_OK && !isBusy;
      if (isBusy)
        std::this_thread::yield();
    }
  };
  std::thread first(user), second(user);
  first.join();
  second.join();
  EXPECT_EQ(other, 0);
  int64_t step = 0;
  EXPECT_EQ(mlc_rt_get_step(model, &step), MLC_OK);
  EXPECT_EQ(step, 2 * kCalls);
}

TEST(Parameters, ByNameAndSize) {
  ToyModel model;
  float values[] = {1, 2, 3, 4};
  double rate = 0;
  EXPECT_EQ(mlc_rt_set_parameter(model, "w", values, 16), MLC_OK);
  EXPECT_EQ(model.parameter("w", 4), std::vector<float>(values, values + 4));
  EXPECT_EQ(mlc_rt_set_parameter(model, "w", values, 12), MLC_INVALID_ARGUMENT);
  EXPECT_EQ(model.error(), "parameter w is f32 [4], 16 bytes, but the buffer has 12");
  EXPECT_EQ(mlc_rt_get_parameter(model, "v", values, 16), MLC_NOT_FOUND);
  EXPECT_EQ(model.error(), "toy has no parameter \"v\"");
  EXPECT_EQ(mlc_rt_set_parameter(model, "w", nullptr, 16), MLC_INVALID_ARGUMENT);
  EXPECT_EQ(model.error(), "the buffer for parameter w is null");
  EXPECT_EQ(mlc_rt_set_hyperparameter(model, "learning_rate", 0.125), MLC_OK);
  EXPECT_EQ(mlc_rt_get_hyperparameter(model, "learning_rate", &rate), MLC_OK);
  EXPECT_EQ(rate, 0.125);
  EXPECT_EQ(mlc_rt_set_hyperparameter(model, "learning_rate", NAN), MLC_INVALID_ARGUMENT);
  EXPECT_EQ(model.error(), "hyperparameter learning_rate is nan, but must be a finite number");
  for (double value : {1e39, -1e39, -1e-3, double(INFINITY)})
    EXPECT_EQ(mlc_rt_set_hyperparameter(model, "learning_rate", value), MLC_INVALID_ARGUMENT);
  EXPECT_EQ(mlc_rt_set_hyperparameter(model, "momentum", 0.99999999), MLC_INVALID_ARGUMENT)
      << "which is 1 in f32";
  EXPECT_EQ(model.error(),
            "hyperparameter momentum is 0.99999998999999995, but must be from 0 to 0.99999994");
  EXPECT_EQ(mlc_rt_get_hyperparameter(model, "learning_rate", &rate), MLC_OK);
  EXPECT_EQ(rate, 0.125) << "what is refused changes nothing";
  EXPECT_EQ(mlc_rt_get_hyperparameter(model, "learning_rate", nullptr), MLC_INVALID_ARGUMENT);
  EXPECT_EQ(model.error(), "the pointer that receives learning_rate is null");
  EXPECT_EQ(mlc_rt_set_hyperparameter(model, "beta", 0.125), MLC_NOT_FOUND);
  EXPECT_EQ(model.error(), "toy has no hyperparameter \"beta\"");
  EXPECT_EQ(mlc_rt_get_step(model, nullptr), MLC_INVALID_ARGUMENT);
  EXPECT_EQ(model.error(), "the pointer that receives the step is null");
  EXPECT_EQ(mlc_rt_get_entry_step(model, "fit", nullptr), MLC_INVALID_ARGUMENT);
  EXPECT_EQ(model.error(), "the pointer that receives the step is null");
  int64_t step = 7;
  EXPECT_EQ(mlc_rt_get_entry_step(model, "predict", &step), MLC_NOT_FOUND);
  EXPECT_EQ(model.error(), "toy has no training entry \"predict\"");
  EXPECT_EQ(mlc_rt_get_entry_step(model, "fit", &step), MLC_OK);
  EXPECT_EQ(step, 0);
}

TEST(Reset, IsLikeCreate) {
  ToyModel model(1, 3), fresh(1, 4);
  Rows rows(64);
  fit(model, rows, 64);
  EXPECT_EQ(mlc_rt_reset(model, 4), MLC_OK);
  EXPECT_EQ(fit(model, rows, 64), fit(fresh, rows, 64));
  EXPECT_EQ(fit(model, rows, 64), fit(fresh, rows, 64)) << "the momentum starts at zero again";
}

} // namespace
} // namespace mlc
