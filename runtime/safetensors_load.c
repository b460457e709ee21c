/* Loading: the whole file is checked and read beside the state, which it then replaces at once. */
#include "internal.h"
#include "safetensors.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Memory for all that a file replaces. */
typedef struct loaded_state {
  mlc_block shared, state;
  void **storages;
} loaded_state;

static void free_loaded(loaded_state *loaded) {
  mlc_free_block(&loaded->shared);
  mlc_free_block(&loaded->state);
  free(loaded->storages);
}

/* Every storage in memory of its own: zeros, and what files do not hold. */
static bool allocate_loaded(const mlc_model *model, loaded_state *loaded) {
  const mlc_model_descriptor *descriptor = model->descriptor;
  *loaded =
      (loaded_state){.storages = calloc((size_t)descriptor->storage_count + 1, sizeof(void *))};
  if (!loaded->storages || !mlc_place_storages(descriptor, &model->shared->weights, &loaded->shared,
                                               &loaded->state, loaded->storages))
    return false;
  for (int32_t i = 0; i < descriptor->storage_count; ++i) {
    const mlc_storage *storage = &descriptor->storages[i];
    if (storage->kind != MLC_STORAGE_CONSTANT)
      loaded->storages[i] = mlc_own_place(descriptor, &loaded->shared, &loaded->state, i);
    if (storage->kind == MLC_STORAGE_HYPERPARAMETER)
      memcpy(loaded->storages[i], model->storages[i], (size_t)storage->bytes);
  }
  return true;
}

/* Maps what can be mapped, and reads what is before and behind it. */
static mlc_status read_tensor(const mlc_state_file *state, size_t index, uint8_t *to) {
  const mlc_saved *saved = &state->saved[index];
  size_t first, last, size = saved->element_bytes;
  mlc_status status = mlc_map_pages(state, index, to, &first, &last);
  if (status == MLC_OK)
    status = mlc_read_saved(state, index, 0, first / size, to);
  if (status == MLC_OK && last < saved->bytes)
    status = mlc_read_saved(state, index, last / size, (saved->bytes - last) / size, to + last);
  return status;
}

static mlc_status read_loaded(const mlc_state_file *state, loaded_state *loaded) {
  mlc_status status = MLC_OK;
  for (int32_t i = 0; i < state->descriptor->storage_count; ++i)
    if (state->descriptor->storages[i].kind != MLC_STORAGE_CONSTANT)
      loaded->storages[i] =
          (uint8_t *)loaded->storages[i] + mlc_choose_shift(state, i, loaded->storages[i]);
  for (size_t i = 0; i < state->count && status == MLC_OK; ++i) {
    const mlc_saved *saved = &state->saved[i];
    uint8_t *to = (uint8_t *)loaded->storages[saved->storage] + saved->offset;
    status = read_tensor(state, i, to);
  }
  return status;
}

/* What is in no file starts anew. */
static mlc_status fill_transient(const mlc_state_file *state, loaded_state *loaded, uint64_t seed) {
  for (int32_t i = 0; i < state->descriptor->member_count; ++i) {
    const mlc_member *member = &state->descriptor->members[i];
    if (member->is_transient &&
        !mlc_initialize(member, (uint8_t *)loaded->storages[member->storage] + member->byte_offset,
                        seed, state->model->pool))
      return mlc_fail(state->model, MLC_OUT_OF_MEMORY, "%s: memory ran out in an initialiser",
                      state->descriptor->name);
  }
  return MLC_OK;
}

/* From here on nothing can fail. What was the model's is in `loaded` then. */
static void commit(mlc_model *model, const mlc_state_file *state, loaded_state *loaded) {
  const mlc_model_descriptor *descriptor = model->descriptor;
  loaded_state before = {model->shared->block, model->state, model->storages};
  model->shared->block = loaded->shared;
  model->state = loaded->state;
  model->storages = loaded->storages;
  model->is_filled = true;
  *loaded = before;
  double value;
  mlc_write_counts(model, state, state->has_seed ? state->seed : model->seed);
  for (int32_t i = 0; i < descriptor->storage_count; ++i)
    if (mlc_state_hyperparameter(state, i, &value))
      mlc_store(model->storages[i], 0, descriptor->storages[i].dtype, value);
  model->shared->packed_is_current = false;
  model->shared->slots_are_zero = !state->has_slots;
  mlc_log(model, "%s: loaded %s at step %lld", descriptor->name, state->path,
          (long long)mlc_read_step(model));
  if (state->converted)
    mlc_log(model, "%s: %zu tensors of %s were converted to the model's dtype", descriptor->name,
            state->converted, state->path);
}

static mlc_status load_state(mlc_model *model, const mlc_state_file *state) {
  loaded_state loaded;
  mlc_status status = MLC_OK;
  if (!allocate_loaded(model, &loaded))
    status =
        mlc_fail(model, MLC_OUT_OF_MEMORY, "%s: %zu bytes to read it into could not be allocated",
                 state->path, mlc_state_bytes(model->descriptor));
  if (status == MLC_OK)
    status = read_loaded(state, &loaded);
  if (status == MLC_OK)
    status = fill_transient(state, &loaded, state->has_seed ? state->seed : model->seed);
  if (status == MLC_OK)
    commit(model, state, &loaded);
  free_loaded(&loaded);
  return status;
}

mlc_status mlc_rt_load(mlc_model *model, const char *path) {
  mlc_state_file state;
  mlc_status status = mlc_claim(model);
  if (status != MLC_OK)
    return status;
  status = mlc_check_sole(model, "load");
  if (status == MLC_OK)
    status = mlc_open_state(&state, model, model->descriptor, path);
  if (status != MLC_OK)
    return mlc_leave(model, status);
  status = load_state(model, &state);
  mlc_close_state(&state);
  return mlc_leave(model, status);
}

mlc_status mlc_rt_table_read_metadata(void *handle, const char *path, const char *key, char *value,
                                      size_t size) {
  mlc_model *model = handle;
  mlc_status status = mlc_claim(model);
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
