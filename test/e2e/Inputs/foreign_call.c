/* foreign_call LIBRARY THREADS CALLS DIM OUT: calls every entry of a library CALLS times, every free dimension being DIM, on numbers made
 * from their positions, and writes all results, then all parameters, as f64 to OUT; it prints the number of the results'. It needs the C library only, so that it runs
 * where mlc-run does not: under an emulator of another CPU. */
#include "mlc/mlc.h"

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>

enum { kMaxTensors = 16, kMaxRank = 8 };

static size_t bytes_of(int32_t dtype) {
  static const size_t sizes[] = {4, 8, 2, 2, 1, 1, 4, 8, 1, 4};
  return sizes[dtype];
}

static mlc_data_type type_of(int32_t dtype) {
  static const uint8_t codes[] = {MLC_CODE_FLOAT, MLC_CODE_FLOAT, MLC_CODE_BFLOAT, MLC_CODE_FLOAT, MLC_CODE_BOOL,
                                  MLC_CODE_INT,   MLC_CODE_INT,   MLC_CODE_INT,    MLC_CODE_UINT,  MLC_CODE_UINT};
  return (mlc_data_type){codes[dtype], (uint8_t)(8 * bytes_of(dtype)), 1};
}

/* Floats in (-1, 1), integers from 0 to 9. */
static void fill(void *data, int32_t dtype, int64_t count, uint32_t random) {
  for (int64_t i = 0; i < count; ++i) {
    random = random * 1664525u + 1013904223u;
    float value = (float)(random >> 8) / 8388608.0f - 1.0f;
    int whole = (int)(random >> 16) % 10;
    union {
      float f;
      uint32_t u;
    } bits = {value};
    switch (dtype) {
    case MLC_F32: ((float *)data)[i] = value; break;
    case MLC_F64: ((double *)data)[i] = value; break;
    case MLC_BF16: ((uint16_t *)data)[i] = (uint16_t)(bits.u >> 16); break;
    case MLC_F16: ((uint16_t *)data)[i] = (uint16_t)((random >> 16 & 0x83ff) | 0x3800); break;
    case MLC_I1: ((uint8_t *)data)[i] = whole & 1; break;
    case MLC_I8:
    case MLC_UI8: ((uint8_t *)data)[i] = (uint8_t)whole; break;
    case MLC_I64: ((int64_t *)data)[i] = whole; break;
    default: ((int32_t *)data)[i] = whole;
    }
  }
}

static int64_t elements(const int64_t *shape, int32_t rank) {
  int64_t count = 1;
  for (int32_t d = 0; d < rank; ++d)
    count *= shape[d];
  return count;
}

static mlc_tensor tensor_of(const mlc_tensor_info *info, int64_t *shape) {
  size_t bytes = (size_t)elements(shape, info->rank) * bytes_of(info->dtype);
  mlc_tensor tensor = {calloc(bytes ? bytes : 1, 1), {MLC_DEVICE_CPU, 0}, info->rank, type_of(info->dtype), shape, NULL, 0};
  return tensor;
}

static double number(const void *data, int32_t dtype, int64_t i) {
  union {
    uint32_t u;
    float f;
  } wide;
  switch (dtype) {
  case MLC_F32: return ((const float *)data)[i];
  case MLC_F64: return ((const double *)data)[i];
  case MLC_BF16: wide.u = (uint32_t)((const uint16_t *)data)[i] << 16; return wide.f;
  case MLC_F16: return ((const _Float16 *)data)[i];
  case MLC_I8: return ((const int8_t *)data)[i];
  case MLC_I32: return ((const int32_t *)data)[i];
  case MLC_I64: return (double)((const int64_t *)data)[i];
  case MLC_UI32: return ((const uint32_t *)data)[i];
  default: return ((const uint8_t *)data)[i];
  }
}

static void write_numbers(FILE *out, const void *data, int32_t dtype, int64_t count) {
  for (int64_t i = 0; i < count; ++i) {
    double value = number(data, dtype, i);
    fwrite(&value, sizeof value, 1, out);
  }
}

static int fail(const mlc_model_table *table, void *model, const char *what) {
  fprintf(stderr, "foreign_call: %s: %s\n", what, table->last_error(model));
  return 1;
}

static int call_entry(const mlc_model_table *table, void *model, const mlc_entry_info *entry, int calls, int64_t dim, FILE *out) {
  mlc_tensor inputs[kMaxTensors], results[kMaxTensors];
  int64_t shapes[2 * kMaxTensors][kMaxRank], dims[kMaxTensors];
  for (int32_t d = 0; d < entry->dim_count; ++d)
    dims[d] = dim;
  for (int32_t i = 0; i < entry->input_count; ++i) {
    const mlc_tensor_info *info = &entry->inputs[i];
    for (int32_t d = 0; d < info->rank; ++d)
      shapes[i][d] = info->shape[d] < 0 ? dim : info->shape[d];
    inputs[i] = tensor_of(info, shapes[i]);
    fill(inputs[i].data, info->dtype, elements(shapes[i], info->rank), (uint32_t)i + 1);
  }
  for (int32_t r = 0; r < entry->result_count; ++r) {
    if (table->result_shape(model, entry->name, dims, r, shapes[kMaxTensors + r]))
      return fail(table, model, entry->name);
    results[r] = tensor_of(&entry->results[r], shapes[kMaxTensors + r]);
  }
  for (int n = 0; n < calls; ++n) {
    if (table->call(model, entry->name, inputs, entry->input_count, results, entry->result_count))
      return fail(table, model, entry->name);
    for (int32_t r = 0; r < entry->result_count; ++r)
      write_numbers(out, results[r].data, entry->results[r].dtype, elements(results[r].shape, results[r].ndim));
  }
  for (int32_t i = 0; i < entry->input_count; ++i)
    free(inputs[i].data);
  for (int32_t r = 0; r < entry->result_count; ++r)
    free(results[r].data);
  return 0;
}

int main(int argc, char **argv) {
  if (argc != 6)
    return 2;
  void *library = dlopen(argv[1], RTLD_NOW);
  if (!library) {
    fprintf(stderr, "foreign_call: %s\n", dlerror());
    return 1;
  }
  const mlc_model_table *(*get)(void) = (const mlc_model_table *(*)(void))dlsym(library, "mlc_model_v1");
  const mlc_model_table *table = get();
  mlc_options options = {sizeof options, atoi(argv[2]), 0, 7, NULL, NULL, 0, NULL, NULL};
  void *model = NULL;
  if (table->create(&options, &model))
    return fail(table, NULL, "create");
  FILE *out = fopen(argv[5], "wb");
  for (int32_t e = 0; e < table->entry_count; ++e)
    if (call_entry(table, model, &table->entries[e], atoi(argv[3]), atoll(argv[4]), out))
      return 1;
  printf("%ld\n", ftell(out) / (long)sizeof(double));
  for (int32_t p = 0; p < table->parameter_count; ++p) {
    const mlc_tensor_info *info = &table->parameters[p];
    size_t bytes = (size_t)elements(info->shape, info->rank) * bytes_of(info->dtype);
    void *data = malloc(bytes ? bytes : 1);
    if (table->get_parameter(model, info->name, data, bytes))
      return fail(table, model, info->name);
    write_numbers(out, data, info->dtype, elements(info->shape, info->rank));
    free(data);
  }
  table->destroy(model);
  return fclose(out) != 0;
}
