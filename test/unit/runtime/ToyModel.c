/* A model as the compiler would emit it, written by hand: linear regression with momentum. The
 * tests of the runtime and of mlc-run need no compiler with it. */
#include "ToyModel.h"

#include <float.h>
#include <stddef.h>
#include <string.h>

enum { kFeatures = 4, kTileRows = 64, kForkAlways = 1 << 20 };

/* Storages, in the order of the descriptor. */
enum { kParameters, kMomentum, kLearningRate, kDecay, kStep, kSeed, kCalls };

typedef struct {
  float weightGradient[kFeatures], biasGradient, loss;
  float padding[10];
} partial;

static int64_t tileCount(int64_t rows) { return (rows + kTileRows - 1) / kTileRows; }

static float predictRow(const float *parameters, const float *x) {
  float y = parameters[16];
  for (int i = 0; i < kFeatures; ++i)
    y += parameters[i] * x[i];
  return y;
}

/* arguments: parameters, x, y, rows */
static void predictKernel(const void *const *arguments, int64_t begin, int64_t end, void *scratch) {
  const float *parameters = arguments[0], *x = arguments[1];
  float *y = (float *)arguments[2];
  int64_t rows = (int64_t)(intptr_t)arguments[3];
  for (int64_t row = begin * kTileRows; row < end * kTileRows && row < rows; ++row)
    y[row] = predictRow(parameters, x + row * kFeatures);
}

/* arguments: parameters, x, target, partials, rows. Sums up in the scratch slot, to see that each
 * worker has its own. */
static void gradientKernel(const void *const *arguments, int64_t begin, int64_t end,
                           void *scratch) {
  const float *parameters = arguments[0], *x = arguments[1], *target = arguments[2];
  partial *partials = (partial *)arguments[3], *sum = scratch;
  int64_t rows = (int64_t)(intptr_t)arguments[4];
  for (int64_t tile = begin; tile < end; ++tile) {
    memset(sum, 0, sizeof *sum);
    for (int64_t row = tile * kTileRows; row < (tile + 1) * kTileRows && row < rows; ++row) {
      float error = predictRow(parameters, x + row * kFeatures) - target[row];
      for (int i = 0; i < kFeatures; ++i)
        sum->weightGradient[i] += error * x[row * kFeatures + i];
      sum->biasGradient += error;
      sum->loss += error * error;
    }
    partials[tile] = *sum;
  }
}

/* arguments: parameters, momentum, learning rate, decay, partials, loss, rows */
static void updateKernel(const void *const *arguments, int64_t begin, int64_t end, void *scratch) {
  float *parameters = (float *)arguments[0], *momentum = (float *)arguments[1],
        *loss = (float *)arguments[5];
  float rate = *(const float *)arguments[2], decay = *(const float *)arguments[3];
  const partial *partials = arguments[4];
  int64_t rows = (int64_t)(intptr_t)arguments[6];
  partial total;
  memset(&total, 0, sizeof total);
  for (int64_t tile = 0; tile < tileCount(rows); ++tile) {
    for (int i = 0; i < kFeatures; ++i)
      total.weightGradient[i] += partials[tile].weightGradient[i];
    total.biasGradient += partials[tile].biasGradient;
    total.loss += partials[tile].loss;
  }
  for (int i = 0; i <= kFeatures; ++i) {
    int at = i < kFeatures ? i : 16;
    float gradient =
        2 * (i < kFeatures ? total.weightGradient[i] : total.biasGradient) / (float)rows;
    momentum[at] = decay * momentum[at] + gradient;
    parameters[at] -= rate * momentum[at];
  }
  *loss = total.loss / (float)rows;
}

/* arguments: parameters, index, value, count */
static void lookupKernel(const void *const *arguments, int64_t begin, int64_t end, void *scratch) {
  const float *parameters = arguments[0];
  const int64_t *index = arguments[1];
  float *value = (float *)arguments[2];
  for (int64_t i = begin; i < end; ++i)
    value[i] = parameters[index[i]];
}

static int32_t runPredict(mlc_frame *frame) {
  const void *arguments[] = {frame->storages[kParameters], frame->inputs[0], frame->results[0],
                             (void *)(intptr_t)frame->dims[0]};
  mlc_rt_launch(frame, predictKernel, arguments, tileCount(frame->dims[0]), kForkAlways);
  return 0;
}

static int32_t runFit(mlc_frame *frame) {
  void *rows = (void *)(intptr_t)frame->dims[0];
  const void *gradient[] = {frame->storages[kParameters], frame->inputs[0], frame->inputs[1],
                            frame->arena, rows};
  mlc_rt_launch(frame, gradientKernel, gradient, tileCount(frame->dims[0]), kForkAlways);
  const void *update[] = {frame->storages[kParameters],
                          frame->storages[kMomentum],
                          frame->storages[kLearningRate],
                          frame->storages[kDecay],
                          frame->arena,
                          frame->results[0],
                          rows};
  mlc_rt_launch(frame, updateKernel, update, 1, 0);
  ++*(int64_t *)frame->storages[kStep];
  ++*(int32_t *)frame->storages[kCalls];
  return 0;
}

static int32_t runLookup(mlc_frame *frame) {
  const int64_t *index = frame->inputs[0];
  for (int64_t i = 0; i < frame->dims[0]; ++i)
    if (index[i] < 0 || index[i] >= kFeatures)
      return 1;
  const void *arguments[] = {frame->storages[kParameters], index, frame->results[0]};
  mlc_rt_launch(frame, lookupKernel, arguments, frame->dims[0], kForkAlways);
  return 0;
}

/* Doubles a fixed 2x3 input. */
static int32_t runTwice(mlc_frame *frame) {
  const float *x = frame->inputs[0];
  for (int i = 0; i < 6; ++i)
    ((float *)frame->results[0])[i] = 2 * x[i];
  return 0;
}

static int32_t anySizes(const int64_t *dims) { return 0; }
static int64_t noBytes(const int64_t *dims) { return 0; }
static int64_t fitScratch(const int64_t *dims) { return 64; }
static int64_t fitArena(const int64_t *dims) {
  return tileCount(dims[0]) * (int64_t)sizeof(partial);
}
static void vectorShape(const int64_t *dims, int32_t result, int64_t *shape) { shape[0] = dims[0]; }
static void scalarShape(const int64_t *dims, int32_t result, int64_t *shape) {}
static void twiceShape(const int64_t *dims, int32_t result, int64_t *shape) {
  shape[0] = 2, shape[1] = 3;
}
static void rowCost(const int64_t *dims, double *cost) {
  cost[0] = 10.0 * (double)dims[0];
  cost[1] = 24.0 * (double)dims[0];
}
static void twiceCost(const int64_t *dims, double *cost) { cost[0] = 6, cost[1] = 48; }

static const int64_t kRows[] = {-1}, kMatrix[] = {-1, kFeatures}, kTwice[] = {2, 3},
                     kWeight[] = {kFeatures}, kOne[] = {1};
static const char *const kBatch[] = {"batch", ""}, *const kNone[] = {"", ""};
static const int32_t kFirst[] = {0, -1}, kStatic[] = {-1, -1};
static const int32_t *const kFirstDims[] = {kFirst, kFirst}, *const kStaticDims[] = {kStatic};

static const mlc_tensor_info kX[] = {{"x", MLC_F32, 2, kMatrix, kBatch, 0},
                                     {"target", MLC_F32, 1, kRows, kBatch, 0}};
static const mlc_tensor_info kY[] = {{"y", MLC_F32, 1, kRows, kBatch, 0}};
static const mlc_tensor_info kLoss[] = {{"loss", MLC_F32, 0, NULL, NULL, 0}};
static const mlc_tensor_info kIndex[] = {{"index", MLC_I64, 1, kRows, kNone, 0}};
static const mlc_tensor_info kValue[] = {{"value", MLC_F32, 1, kRows, kNone, 0}};
static const mlc_tensor_info kFixed[] = {{"x", MLC_F32, 2, kTwice, kNone, 0}};
static const mlc_tensor_info kFixedResult[] = {{"y", MLC_F32, 2, kTwice, kNone, 0}};

static const mlc_entry_info kEntryInfos[] = {
    {"predict", MLC_INFERENCE, 1, 1, 1, kX, kY, kBatch, 0},
    {"fit", MLC_TRAINING, 2, 1, 1, kX, kLoss, kBatch, 0},
    {"lookup", MLC_INFERENCE, 1, 1, 1, kIndex, kValue, kNone, 0},
    {"twice", MLC_INFERENCE, 1, 1, 0, kFixed, kFixedResult, NULL, 6},
};

static const mlc_entry kEntries[] = {
    {&kEntryInfos[0], anySizes, runPredict, noBytes, noBytes, vectorShape, rowCost, kFirstDims, 0,
     0, -1, 0},
    {&kEntryInfos[1], anySizes, runFit, fitArena, fitScratch, scalarShape, rowCost, kFirstDims, 0,
     1, kStep, 0},
    {&kEntryInfos[2], anySizes, runLookup, noBytes, noBytes, vectorShape, rowCost, kFirstDims, 0, 0,
     -1, 0},
    {&kEntryInfos[3], anySizes, runTwice, noBytes, noBytes, twiceShape, twiceCost, kStaticDims, 0,
     0, -1, 0},
};

static const mlc_storage kStorages[] = {
    {"parameters", MLC_STORAGE_PARAMETER, MLC_F32, 128, -1, -1, 0, 0, 0, NULL, -1},
    {"m", MLC_STORAGE_SLOT, MLC_F32, 128, kParameters, kStep, 0, 0, 0, NULL, -1},
    {"learning_rate", MLC_STORAGE_HYPERPARAMETER, MLC_F32, 4, -1, kStep, 0.05, 0, FLT_MAX, NULL,
     -1},
    {"momentum", MLC_STORAGE_HYPERPARAMETER, MLC_F32, 4, -1, kStep, 0.9, 0, 1 - 0x1p-24, NULL, -1},
    {"step", MLC_STORAGE_STEP, MLC_I64, 8, -1, -1, 0, 0, 0, NULL, -1},
    {"seed", MLC_STORAGE_SEED, MLC_I64, 8, -1, -1, 0, 0, 0, NULL, -1},
    {"calls", MLC_STORAGE_STATE, MLC_I32, 4, -1, -1, 0, 0, 0, NULL, -1},
};

static const mlc_tensor_info kParameterInfos[] = {{"w", MLC_F32, 1, kWeight, kNone, 1},
                                                  {"b", MLC_F32, 1, kOne, kNone, 1},
                                                  {"calls", MLC_I32, 1, kOne, kNone, 0}};
static const mlc_member kMembers[] = {
    {&kParameterInfos[0], kParameters, MLC_INIT_UNIFORM, 0, -1, 1, 0},
    {&kParameterInfos[1], kParameters, MLC_INIT_CONSTANT, 64, 0, 0, 0},
    {&kParameterInfos[2], kCalls, MLC_INIT_CONSTANT, 0, 0, 0, 0}};
static const mlc_check kChecks[] = {
    {"index is outside [0, 4)", MLC_INDEX_OUT_OF_RANGE, 0, 4, INT64_MIN}};
static const char *const kNoFeatures[] = {NULL};

const mlc_model_descriptor toy_descriptor = {MLC_DESCRIPTOR_VERSION,
                                             4,
                                             "toy",
                                             "by hand",
                                             "cpu any",
                                             kNoFeatures,
                                             kEntries,
                                             7,
                                             3,
                                             1,
                                             -1,
                                             kStorages,
                                             kMembers,
                                             kChecks,
                                             NULL,
                                             NULL,
                                             0,
                                             NULL,
                                             0};

static mlc_status create(const mlc_options *options, void **model) {
  return mlc_rt_create(&toy_descriptor, options, (mlc_model **)model);
}
static const char *const kTargets[] = {"cpu any"}, *const kHyperparameters[] = {"learning_rate",
                                                                                "momentum"};

static const mlc_model_table kTable = {
    sizeof(mlc_model_table),
    1,
    "toy",
    "by hand",
    1,
    kTargets,
    4,
    kEntryInfos,
    3,
    kParameterInfos,
    2,
    kHyperparameters,
    create,
    (void (*)(void *))mlc_rt_destroy,
    (const char *(*)(const void *))mlc_rt_last_error,
    mlc_rt_table_call,
    mlc_rt_table_result_shape,
    (mlc_status (*)(void *, const char *, const int64_t *, int32_t,
                    size_t *))mlc_rt_workspace_bytes,
    mlc_rt_table_cost,
    (mlc_status (*)(void *, const char *, void *, size_t))mlc_rt_get_parameter,
    (mlc_status (*)(void *, const char *, const void *, size_t))mlc_rt_set_parameter,
    (mlc_status (*)(void *, const char *, double *))mlc_rt_get_hyperparameter,
    (mlc_status (*)(void *, const char *, double))mlc_rt_set_hyperparameter,
    (mlc_status (*)(void *, const char *))mlc_rt_save,
    (mlc_status (*)(void *, const char *))mlc_rt_load,
    mlc_rt_table_save_with_metadata,
    mlc_rt_table_read_metadata,
    (mlc_status (*)(void *, int64_t *))mlc_rt_get_step,
    (mlc_status (*)(void *, uint64_t))mlc_rt_reset,
    (mlc_status (*)(void *, void **))mlc_rt_share,
    (mlc_status (*)(void *, const char *, int64_t *))mlc_rt_get_entry_step,
    1};

__attribute__((visibility("default"))) const mlc_model_table *mlc_model_v1(void) { return &kTable; }
