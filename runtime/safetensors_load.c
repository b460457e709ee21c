/* Loading: the whole file is checked and read beside the state, then copied over it at once. */
#include "internal.h"
#include "safetensors.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The tensors of the file one after the other, zeros for slots that it has not; null, with the
 * status, where they could not be read. */
static uint8_t *stage_tensors(const mlc_state_file *state, mlc_status *status) {
  size_t total = 0;
  for (size_t i = 0; i < state->count; ++i)
    total += state->saved[i].bytes;
  uint8_t *staged = calloc(total + 1, 1), *next = staged;
  if (!staged)
    *status = mlc_fail(state->model, MLC_OUT_OF_MEMORY,
                       "%s: %zu bytes to read it into could not be allocated", state->path, total);
  for (size_t i = 0; i < state->count && *status == MLC_OK; next += state->saved[i++].bytes)
    *status = mlc_read_saved(state, i, next);
  if (*status == MLC_OK)
    return staged;
  free(staged);
  return NULL;
}

/* From here on nothing can fail. */
static void commit(mlc_model *model, const mlc_state_file *state, const uint8_t *staged) {
  const mlc_model_descriptor *descriptor = model->descriptor;
  for (size_t i = 0; i < state->count; staged += state->saved[i++].bytes)
    memcpy(state->saved[i].data, staged, state->saved[i].bytes);
  double value;
  for (int32_t i = 0; i < descriptor->storage_count; ++i)
    if (mlc_state_hyperparameter(state, i, &value))
      mlc_store(model->storages[i], 0, descriptor->storages[i].dtype, value);
  model->packed_is_current = false;
  mlc_write_step(model, state->step, state->has_seed ? state->seed : model->seed);
  mlc_log(model, "%s: loaded %s at step %lld", descriptor->name, state->path,
          (long long)state->step);
}

mlc_status mlc_rt_load(mlc_model *model, const char *path) {
  mlc_state_file state;
  mlc_status status = mlc_enter(model);
  if (status != MLC_OK)
    return status;
  status = mlc_open_state(&state, model, model->descriptor, model->storages, path);
  if (status != MLC_OK)
    return mlc_leave(model, status);
  uint8_t *staged = stage_tensors(&state, &status);
  if (staged)
    commit(model, &state, staged);
  free(staged);
  mlc_close_state(&state);
  return mlc_leave(model, status);
}

mlc_status mlc_rt_table_read_metadata(void *handle, const char *path, const char *key, char *value,
                                      size_t size) {
  mlc_model *model = handle;
  mlc_status status = mlc_enter(model);
  if (status != MLC_OK)
    return status;
  mlc_file_header header;
  if (!key || !value || !size)
    return mlc_leave(model, mlc_fail(model, MLC_INVALID_ARGUMENT,
                                     "the key or the buffer for its value is null"));
  status = mlc_read_header(model, path, &header, NULL);
  if (status != MLC_OK)
    return mlc_leave(model, status);
  const char *found = mlc_find_metadata(&header, key);
  if (found)
    snprintf(value, size, "%s", found);
  else
    status = mlc_fail(model, MLC_NOT_FOUND, "%s has no metadata \"%.128s\"", path, key);
  mlc_free_header(&header);
  return mlc_leave(model, status);
}
