/* The generic table's call over DLPack: everything about the tensors is checked before the entry
 * runs. */
#include "internal.h"

#include <stdio.h>
#include <string.h>

static mlc_data_type dlpack_type(int32_t dtype) {
  static const mlc_data_type kTypes[] = {
      [MLC_F32] = {MLC_CODE_FLOAT, 32, 1},   [MLC_F64] = {MLC_CODE_FLOAT, 64, 1},
      [MLC_BF16] = {MLC_CODE_BFLOAT, 16, 1}, [MLC_F16] = {MLC_CODE_FLOAT, 16, 1},
      [MLC_I1] = {MLC_CODE_BOOL, 8, 1},      [MLC_I8] = {MLC_CODE_INT, 8, 1},
      [MLC_I32] = {MLC_CODE_INT, 32, 1},     [MLC_I64] = {MLC_CODE_INT, 64, 1},
      [MLC_UI8] = {MLC_CODE_UINT, 8, 1},     [MLC_UI32] = {MLC_CODE_UINT, 32, 1}};
  return kTypes[dtype];
}

static const char *dlpack_name(mlc_data_type type, char *text, size_t size) {
  static const char *const kCodes[] = {"i", "ui", "f", "opaque", "bf", "complex", "bool"};
  int used = snprintf(text, size, "%s%d", type.code < 7 ? kCodes[type.code] : "unknown", type.bits);
  if (type.lanes != 1)
    snprintf(text + used, size - (size_t)used, " in vectors of %d", type.lanes);
  return text;
}

/* Strides say nothing where there is no element, or one only along the dimension. */
static bool is_compact(const mlc_tensor *tensor) {
  int64_t expected = 1;
  bool compact = true;
  for (int32_t i = tensor->ndim - 1; tensor->strides && i >= 0; --i) {
    if (tensor->shape[i] == 0)
      return true;
    compact &= tensor->shape[i] == 1 || tensor->strides[i] == expected;
    compact &= !__builtin_mul_overflow(expected, tensor->shape[i], &expected);
  }
  return compact;
}

/* Device, dtype, rank, layout: all that does not depend on dimensions. */
static mlc_status check_tensor(mlc_model *model, const char *entry, const mlc_tensor_info *info,
                               const mlc_tensor *tensor) {
  char text[32];
  mlc_data_type wanted = dlpack_type(info->dtype), given = tensor->dtype;
  bool sameType = given.code == wanted.code && given.bits == wanted.bits && given.lanes == 1;
  bool byteAsBool =
      info->dtype == MLC_I1 && given.code == MLC_CODE_UINT && given.bits == 8 && given.lanes == 1;
  if ((int32_t)tensor->device.device_type != MLC_DEVICE_CPU)
    return mlc_fail(model, MLC_UNSUPPORTED,
                    "not supported yet: %s: %s is on a device other than the CPU", entry,
                    info->name);
  if (!sameType && !byteAsBool)
    return mlc_fail(model, MLC_INVALID_ARGUMENT, "%s: %s expects dtype %s, but got %s", entry,
                    info->name, mlc_dtype_name(info->dtype), dlpack_name(given, text, sizeof text));
  if (tensor->ndim != info->rank)
    return mlc_fail(model, MLC_INVALID_ARGUMENT, "%s: %s expects %d dimensions, but got %d", entry,
                    info->name, info->rank, tensor->ndim);
  if (info->rank > 0 && !tensor->shape)
    return mlc_fail(model, MLC_INVALID_ARGUMENT, "%s: the shape of %s is null", entry, info->name);
  if (!is_compact(tensor))
    return mlc_fail(model, MLC_INVALID_ARGUMENT,
                    "%s: %s is not compact row-major; make a contiguous copy", entry, info->name);
  if (tensor->data && tensor->byte_offset > UINTPTR_MAX - (uintptr_t)tensor->data)
    return mlc_fail(model, MLC_INVALID_ARGUMENT, "%s: the byte_offset of %s leads out of memory",
                    entry, info->name);
  return MLC_OK;
}

static mlc_status fail_shape(mlc_model *model, const mlc_entry *entry, const mlc_tensor_info *info,
                             const int64_t *wanted, const mlc_tensor *tensor) {
  char expected[256], given[256];
  return mlc_fail(model, MLC_INVALID_ARGUMENT, "%s: %s expects shape %s, but got %s",
                  entry->info->name, info->name,
                  mlc_shape_text(wanted, info->rank, expected, sizeof expected),
                  mlc_shape_text(tensor->shape, tensor->ndim, given, sizeof given));
}

/* The first input with a free dimension sets it; the others must agree. `setters` tell who set it.
 */
static mlc_status bind_dim(mlc_model *model, const mlc_entry *entry, int32_t input, int32_t axis,
                           int64_t size, const mlc_tensor *inputs) {
  int32_t dim = entry->input_dims[input][axis];
  int64_t *bound = &model->call_dims[dim];
  if (*bound < 0)
    *bound = size;
  if (*bound == size)
    return MLC_OK;
  const mlc_entry_info *info = entry->info;
  char name[128];
  for (int32_t i = 0; i <= input; ++i)
    for (int32_t j = 0; j < inputs[i].ndim; ++j)
      if (entry->input_dims[i][j] == dim && info->inputs[i].shape[j] < 0)
        return mlc_fail(model, MLC_INVALID_ARGUMENT,
                        "%s: %s expects %s = %lld as in %s, but got %lld", info->name,
                        info->inputs[input].name, mlc_dim_text(info, dim, name, sizeof name),
                        (long long)*bound, info->inputs[i].name, (long long)size);
  return MLC_INVALID_ARGUMENT;
}

static mlc_status bind_inputs(mlc_model *model, const mlc_entry *entry, const mlc_tensor *inputs) {
  const mlc_entry_info *info = entry->info;
  for (int32_t d = 0; d < info->dim_count; ++d)
    model->call_dims[d] = -1;
  for (int32_t i = 0; i < info->input_count; ++i) {
    const mlc_tensor_info *wanted = &info->inputs[i];
    mlc_status status = check_tensor(model, info->name, wanted, &inputs[i]);
    for (int32_t j = 0; j < wanted->rank && status == MLC_OK; ++j) {
      int64_t size = inputs[i].shape[j];
      if (size < 0 || (wanted->shape[j] >= 0 && size != wanted->shape[j]))
        status = fail_shape(model, entry, wanted, wanted->shape, &inputs[i]);
      else if (wanted->shape[j] < 0)
        status = bind_dim(model, entry, i, j, size, inputs);
    }
    if (status != MLC_OK)
      return status;
    model->call_inputs[i] =
        inputs[i].data ? (const uint8_t *)inputs[i].data + inputs[i].byte_offset : NULL;
  }
  return mlc_check_dims(model, entry, model->call_dims);
}

static mlc_status bind_results(mlc_model *model, const mlc_entry *entry,
                               const mlc_tensor *results) {
  const mlc_entry_info *info = entry->info;
  for (int32_t i = 0; i < info->result_count; ++i) {
    const mlc_tensor_info *wanted = &info->results[i];
    int64_t shape[kMaxRank];
    mlc_status status = check_tensor(model, info->name, wanted, &results[i]);
    if (status != MLC_OK)
      return status;
    entry->result_shape(model->call_dims, i, shape);
    for (int32_t j = 0; j < wanted->rank; ++j)
      if (results[i].shape[j] != shape[j])
        return fail_shape(model, entry, wanted, shape, &results[i]);
    model->call_results[i] =
        results[i].data ? (uint8_t *)results[i].data + results[i].byte_offset : NULL;
  }
  return MLC_OK;
}

static mlc_status fail_entry(mlc_model *model, const char *name) {
  return mlc_fail(model, MLC_NOT_FOUND, "%s has no entry \"%.128s\"", model->descriptor->name,
                  name ? name : "(null)");
}

static mlc_status call_tensors(mlc_model *model, const char *name, const mlc_tensor *inputs,
                               int32_t inputCount, const mlc_tensor *results, int32_t resultCount) {
  int32_t index = mlc_find_entry(model, name);
  if (index < 0)
    return fail_entry(model, name);
  const mlc_entry *entry = &model->descriptor->entries[index];
  const mlc_entry_info *info = entry->info;
  if (inputCount != info->input_count || (inputCount && !inputs))
    return mlc_fail(model, MLC_INVALID_ARGUMENT, "%s expects %d inputs, but got %d", info->name,
                    info->input_count, inputs ? inputCount : 0);
  if (resultCount != info->result_count || (resultCount && !results))
    return mlc_fail(model, MLC_INVALID_ARGUMENT, "%s expects %d results, but got %d", info->name,
                    info->result_count, results ? resultCount : 0);
  mlc_status status = bind_inputs(model, entry, inputs);
  if (status == MLC_OK)
    status = bind_results(model, entry, results);
  if (status != MLC_OK)
    return status;
  return mlc_call_claimed(model, index, model->call_inputs, model->call_dims, model->call_results);
}

mlc_status mlc_rt_table_call(void *handle, const char *entry, const void *inputs,
                             int32_t inputCount, const void *results, int32_t resultCount) {
  mlc_model *model = handle;
  mlc_status status = mlc_enter(model);
  if (status != MLC_OK)
    return status;
  return mlc_leave(model, call_tensors(model, entry, inputs, inputCount, results, resultCount));
}

mlc_status mlc_rt_table_result_shape(void *handle, const char *entry, const int64_t *dims,
                                     int32_t result, int64_t *shape) {
  mlc_model *model = handle;
  int32_t index = model ? mlc_find_entry(model, entry) : -1;
  if (model && index < 0) {
    mlc_status status = mlc_claim(model);
    return status != MLC_OK ? status : mlc_leave(model, fail_entry(model, entry));
  }
  return mlc_rt_result_shape(model, index, dims, result, shape);
}

mlc_status mlc_rt_table_cost(void *handle, const char *name, const int64_t *dims, double *flops,
                             double *bytes) {
  mlc_model *model = handle;
  mlc_status status = mlc_claim(model);
  if (status != MLC_OK)
    return status;
  int32_t index = mlc_find_entry(model, name);
  if (index < 0)
    return mlc_leave(model, fail_entry(model, name));
  const mlc_entry *entry = &model->descriptor->entries[index];
  double cost[2] = {entry->info->flops, 0};
  status = mlc_check_dims(model, entry, dims);
  if (status == MLC_OK && entry->cost)
    entry->cost(dims, cost);
  if (status == MLC_OK && flops)
    *flops = cost[0];
  if (status == MLC_OK && bytes)
    *bytes = cost[1];
  return mlc_leave(model, status);
}
