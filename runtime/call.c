/* One call of an entry: checks, workspace, run. */
#include "internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *mlc_dim_text(const mlc_entry_info *info, int32_t dim, char *text, size_t size) {
  if (info->dim_names && info->dim_names[dim] && info->dim_names[dim][0])
    snprintf(text, size, "%s", info->dim_names[dim]);
  else
    snprintf(text, size, "dimension %d", dim);
  return text;
}

static void input_shape(const mlc_entry *entry, int32_t input, const int64_t *dims,
                        int64_t *shape) {
  const mlc_tensor_info *info = &entry->info->inputs[input];
  for (int32_t j = 0; j < info->rank && j < kMaxRank; ++j)
    shape[j] = info->shape[j] < 0 ? dims[entry->input_dims[input][j]] : info->shape[j];
}

static int64_t load_index(const void *data, int64_t element, int32_t dtype) {
  return dtype == MLC_I64 ? ((const int64_t *)data)[element] : ((const int32_t *)data)[element];
}

/* The first element that fails the check is said too. `frame`: of the call, or null where the sizes
 * alone are checked. */
static mlc_status fail_check(mlc_model *model, const mlc_entry *entry, const mlc_frame *frame,
                             int32_t failed) {
  const mlc_check *check = &model->descriptor->checks[failed - 1];
  int64_t shape[kMaxRank], count = 0;
  if (frame && check->input >= 0) {
    input_shape(entry, check->input, frame->dims, shape);
    count = mlc_element_count(shape, entry->info->inputs[check->input].rank);
  }
  for (int64_t i = 0; i < count; ++i) {
    const mlc_tensor_info *info = &entry->info->inputs[check->input];
    int64_t index = load_index(frame->inputs[check->input], i, info->dtype);
    if ((index < 0 || index >= check->size) && index != check->ignored)
      return mlc_fail(model, (mlc_status)check->status, "%s: %s: %s has %lld as its element %lld",
                      entry->info->name, check->message, info->name, (long long)index,
                      (long long)i);
  }
  return mlc_fail(model, (mlc_status)check->status, "%s: %s", entry->info->name, check->message);
}

/* Every input must have a size that fits in memory: then so has every dimension, and the generated
 * check of all other sizes knows what can be beyond 64 bits. */
static mlc_status check_input_sizes(mlc_model *model, const mlc_entry *entry, const int64_t *dims) {
  for (int32_t i = 0; i < entry->info->input_count; ++i) {
    int64_t shape[kMaxRank];
    input_shape(entry, i, dims, shape);
    if (mlc_element_count(shape, entry->info->inputs[i].rank) < 0)
      return mlc_fail(model, MLC_INVALID_ARGUMENT, "%s: the dimensions of %s are too large",
                      entry->info->name, entry->info->inputs[i].name);
  }
  return MLC_OK;
}

mlc_status mlc_check_dims(mlc_model *model, const mlc_entry *entry, const int64_t *dims) {
  char name[128];
  const mlc_entry_info *info = entry->info;
  if (info->dim_count && !dims)
    return mlc_fail(model, MLC_INVALID_ARGUMENT, "%s: the pointer to the dimensions is null",
                    info->name);
  for (int32_t i = 0; i < info->dim_count; ++i)
    if (dims[i] < 0)
      return mlc_fail(model, MLC_INVALID_ARGUMENT, "%s: %s is %lld, but must not be negative",
                      info->name, mlc_dim_text(info, i, name, sizeof name), (long long)dims[i]);
  mlc_status status = check_input_sizes(model, entry, dims);
  if (status != MLC_OK)
    return status;
  int32_t failed = entry->check_sizes(dims);
  return failed ? fail_check(model, entry, NULL, failed) : MLC_OK;
}

static const mlc_entry *refresh_entry(const mlc_model *model) {
  return &model->descriptor->entries[model->descriptor->refresh_entry];
}

/* arena + threads x scratch */
static mlc_status required_bytes(mlc_model *model, const mlc_entry *entry, const int64_t *dims,
                                 int threads, mlc_workspace_size *size) {
  int64_t bytes = entry->arena_bytes(dims), each = entry->scratch_bytes(dims), scratch = 0, sum = 0;
  if (__builtin_mul_overflow(each, threads, &scratch) ||
      __builtin_add_overflow(bytes, kAlignment - 1, &sum) ||
      __builtin_add_overflow(sum / kAlignment * kAlignment, scratch, &sum) || sum > INT64_MAX / 2)
    return mlc_fail(model, MLC_OUT_OF_MEMORY,
                    "%s: these dimensions need more memory than can be addressed",
                    entry->info->name);
  *size = (mlc_workspace_size){(size_t)(sum - scratch), (size_t)each, (size_t)sum};
  return MLC_OK;
}

/* What a call needs: its own bytes, or those of the refresh that may come first. */
static mlc_status call_bytes(mlc_model *model, const mlc_entry *entry, const int64_t *dims,
                             int threads, mlc_workspace_size *size) {
  mlc_workspace_size refresh = {0};
  mlc_status status = required_bytes(model, entry, dims, threads, size);
  if (status == MLC_OK && entry->reads_packed)
    status = required_bytes(model, refresh_entry(model), NULL, threads, &refresh);
  size->total = refresh.total > size->total ? refresh.total : size->total;
  return status;
}

static size_t rounded_up(size_t bytes) {
  return (bytes + kAlignment - 1) / kAlignment * kAlignment;
}

/* What is there stays where nothing larger can be had: the next call may need it. */
static mlc_status grow_workspace(mlc_model *model, const mlc_entry *entry, size_t bytes) {
  if (!model->owns_workspace)
    return mlc_fail(model, MLC_WORKSPACE_TOO_SMALL,
                    "%s needs a workspace of %zu bytes, but options.workspace has %zu",
                    entry->info->name, bytes, model->workspace_bytes);
  uint8_t *larger = aligned_alloc(kAlignment, rounded_up(bytes));
  if (!larger && model->workspace) { /* perhaps there is room for one of the two */
    free(model->workspace);
    larger = aligned_alloc(kAlignment, rounded_up(bytes));
    model->workspace =
        larger ? NULL : aligned_alloc(kAlignment, rounded_up(model->workspace_bytes));
    model->workspace_bytes = model->workspace ? model->workspace_bytes : 0;
  }
  if (!larger)
    return mlc_fail(model, MLC_OUT_OF_MEMORY, "%s: a workspace of %zu bytes could not be allocated",
                    entry->info->name, bytes);
  free(model->workspace);
  model->workspace = larger;
  model->workspace_bytes = bytes;
  mlc_log(model, "%s: workspace grown to %zu bytes for %s", model->descriptor->name, bytes,
          entry->info->name);
  return MLC_OK;
}

/* The bytes of every input and result, at dims that are checked. */
static mlc_status count_bytes(mlc_model *model, const mlc_entry *entry, const int64_t *dims,
                              uintptr_t *bytes) {
  const mlc_entry_info *info = entry->info;
  for (int32_t i = 0; i < info->input_count + info->result_count; ++i) {
    int64_t shape[kMaxRank];
    bool isInput = i < info->input_count;
    const mlc_tensor_info *tensor =
        isInput ? &info->inputs[i] : &info->results[i - info->input_count];
    if (isInput)
      input_shape(entry, i, dims, shape);
    else
      entry->result_shape(dims, i - info->input_count, shape);
    int64_t elements = mlc_element_count(shape, tensor->rank);
    if (elements < 0)
      return mlc_fail(model, MLC_INVALID_ARGUMENT, "%s: the dimensions of %s are too large",
                      info->name, tensor->name);
    bytes[i] = (uintptr_t)(elements * mlc_dtype_bytes(tensor->dtype));
  }
  return MLC_OK;
}

/* Whether the last call of the entry that was checked had the same dims. */
static bool is_checked(const mlc_entry *entry, const mlc_checked *checked, const int64_t *dims) {
  bool same = checked->valid && (dims || !entry->info->dim_count);
  for (int32_t i = 0; same && i < entry->info->dim_count; ++i)
    same = dims[i] == checked->dims[i];
  return same;
}

/* All that depends on the dims alone. */
static mlc_status check_call(mlc_model *model, const mlc_entry *entry, const int64_t *dims,
                             mlc_checked *checked) {
  if (is_checked(entry, checked, dims))
    return MLC_OK;
  checked->valid = false;
  mlc_status status = mlc_check_dims(model, entry, dims);
  if (status == MLC_OK)
    status = count_bytes(model, entry, dims, checked->bytes);
  if (status == MLC_OK)
    status = call_bytes(model, entry, dims, model->threads, &checked->size);
  if (status != MLC_OK)
    return status;
  if (entry->info->dim_count)
    memcpy(checked->dims, dims, (size_t)entry->info->dim_count * sizeof *dims);
  checked->valid = true;
  return MLC_OK;
}

static mlc_status run_entry(mlc_model *model, const mlc_entry *entry, mlc_frame *frame) {
  int32_t failed = entry->run(frame);
  if (failed == 0) {
    if (entry->info->kind == MLC_TRAINING)
      model->shared->packed_is_current = false;
    return MLC_OK;
  }
  return fail_check(model, entry, frame, failed);
}

/* Runs an entry in a workspace that is large enough. */
static mlc_status run_in_workspace(mlc_model *model, const mlc_entry *entry,
                                   const mlc_workspace_size *size, const void *const *inputs,
                                   const int64_t *dims, void *const *results) {
  uint8_t *scratch = model->workspace ? model->workspace + size->arena : NULL;
  mlc_pool_set_scratch(model->pool, scratch, size->scratch);
  mlc_frame frame = {.dims = dims,
                     .inputs = inputs,
                     .results = results,
                     .storages = model->storages,
                     .arena = model->workspace,
                     .pool = model->pool};
  return run_entry(model, entry, &frame);
}

mlc_status mlc_refresh_packed(mlc_model *model) {
  mlc_workspace_size size = {0};
  if (model->descriptor->refresh_entry < 0 || model->shared->packed_is_current)
    return MLC_OK;
  const mlc_entry *refresh = refresh_entry(model);
  mlc_status status = required_bytes(model, refresh, NULL, model->threads, &size);
  if (status == MLC_OK && size.total > model->workspace_bytes)
    status = grow_workspace(model, refresh, size.total);
  if (status == MLC_OK)
    mlc_own_storages(model, MLC_STORAGE_PACKED);
  if (status == MLC_OK)
    status = run_in_workspace(model, refresh, &size, NULL, NULL, NULL);
  model->shared->packed_is_current = status == MLC_OK;
  return status;
}

/* What the first training call needs: memory for slots, and parameters of the handle's own. */
static mlc_status prepare_to_train(mlc_model *model, const mlc_entry *entry) {
  if (!mlc_can_write_slots(model))
    return mlc_fail(model, MLC_OUT_OF_MEMORY, "%s: the optimizer's state could not be allocated",
                    entry->info->name);
  mlc_own_storages(model, MLC_STORAGE_PARAMETER);
  model->shared->slots_are_zero = false;
  return MLC_OK;
}

/* What is read in place until now becomes the handle's own before the entry changes it. */
static mlc_status prepare_to_write(mlc_model *model, const mlc_entry *entry) {
  mlc_status status = MLC_OK;
  if (entry->info->kind == MLC_TRAINING) {
    status = mlc_check_sole(model, entry->info->name);
    if (status == MLC_OK && model->shared->slots_are_zero)
      status = prepare_to_train(model, entry);
  }
  if (!model->owns_states)
    mlc_own_storages(model, MLC_STORAGE_STATE);
  model->owns_states = true;
  return status;
}

mlc_status mlc_call_claimed(mlc_model *model, int32_t index, const void *const *inputs,
                            const int64_t *dims, void *const *results) {
  const mlc_entry *entry = &model->descriptor->entries[index];
  mlc_checked *checked = &model->checked[index];
  mlc_status status = check_call(model, entry, dims, checked);
  if (status == MLC_OK)
    status = mlc_check_pointers(model, entry, checked->bytes, inputs, results);
  if (status == MLC_OK && checked->size.total > model->workspace_bytes)
    status = grow_workspace(model, entry, checked->size.total);
  if (status == MLC_OK && entry->reads_packed)
    status = mlc_refresh_packed(model);
  if (status == MLC_OK && entry->writes_state)
    status = prepare_to_write(model, entry);
  if (status != MLC_OK)
    return status;
  return run_in_workspace(model, entry, &checked->size, inputs, dims, results);
}

static mlc_status check_entry_index(mlc_model *model, int32_t entry) {
  if (entry >= 0 && entry < model->descriptor->entry_count)
    return MLC_OK;
  return mlc_fail(model, MLC_NOT_FOUND, "%s has no entry number %d", model->descriptor->name,
                  entry);
}

mlc_status mlc_rt_call(mlc_model *model, int32_t entry, const void *const *inputs,
                       const int64_t *dims, void *const *results) {
  mlc_status status = mlc_enter(model);
  if (status != MLC_OK)
    return status;
  status = check_entry_index(model, entry);
  if (status == MLC_OK)
    status = mlc_call_claimed(model, entry, inputs, dims, results);
  return mlc_leave(model, status);
}

mlc_status mlc_rt_workspace_bytes(mlc_model *model, const char *name, const int64_t *dims,
                                  int threads, size_t *bytes) {
  mlc_status status = mlc_claim(model);
  if (status != MLC_OK)
    return status;
  int32_t index = mlc_find_entry(model, name);
  if (index < 0)
    return mlc_leave(model, mlc_fail(model, MLC_NOT_FOUND, "%s has no entry \"%.128s\"",
                                     model->descriptor->name, name ? name : "(null)"));
  const mlc_entry *entry = &model->descriptor->entries[index];
  mlc_workspace_size size = {0};
  status = mlc_check_dims(model, entry, dims);
  if (status == MLC_OK)
    status = call_bytes(model, entry, dims, threads > 0 ? threads : model->threads, &size);
  if (status == MLC_OK && !bytes)
    status = mlc_fail(model, MLC_INVALID_ARGUMENT, "the pointer that receives the bytes is null");
  if (status == MLC_OK)
    *bytes = size.total;
  return mlc_leave(model, status);
}

mlc_status mlc_rt_result_shape(mlc_model *model, int32_t index, const int64_t *dims, int32_t result,
                               int64_t *shape) {
  mlc_status status = mlc_claim(model);
  if (status != MLC_OK)
    return status;
  status = check_entry_index(model, index);
  if (status == MLC_OK) {
    const mlc_entry *entry = &model->descriptor->entries[index];
    status = mlc_check_dims(model, entry, dims);
    if (status == MLC_OK && (result < 0 || result >= entry->info->result_count || !shape))
      status =
          mlc_fail(model, MLC_INVALID_ARGUMENT, "%s has no result number %d, or the shape is null",
                   entry->info->name, result);
    if (status == MLC_OK)
      entry->result_shape(dims, result, shape);
  }
  return mlc_leave(model, status);
}

void mlc_rt_launch(mlc_frame *frame, mlc_kernel kernel, const void *const *arguments, int64_t grid,
                   int64_t work) {
  mlc_pool_run(frame->pool, kernel, arguments, grid, work);
}

void mlc_rt_launch_part(mlc_frame *frame, mlc_kernel kernel, const void *const *arguments,
                        int64_t begin, int64_t end, int64_t work) {
  mlc_pool_run_part(frame->pool, kernel, arguments, begin, end, work);
}
