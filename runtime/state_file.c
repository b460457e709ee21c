/* The one reader of state in files: opens a file and checks it against the model, before anybody
 * changes anything. */
#include "internal.h"
#include "number.h"
#include "safetensors.h"

#include <stdlib.h>
#include <string.h>

/* The tensor of a name, and the file that it is in; null where no file has it. */
static const mlc_file_tensor *find_tensor(const mlc_state_file *state, const char *name,
                                          const mlc_file_part **part) {
  const mlc_file_tensor *tensor = NULL;
  for (size_t i = 0; i < state->files.count && !tensor; ++i) {
    *part = &state->files.parts[i];
    tensor = mlc_find_tensor(&(*part)->header, name);
  }
  return tensor;
}

/* Shards say nothing of the state but its tensors. */
static const char *find_metadata(const mlc_state_file *state, const char *key) {
  return state->files.count == 1 ? mlc_find_metadata(&state->files.parts[0].header, key) : NULL;
}

static mlc_status check_tensor(mlc_state_file *state, const mlc_saved *saved,
                               const mlc_file_part *part, const mlc_file_tensor *tensor) {
  const mlc_tensor_info *info = saved->member->info;
  const int64_t *sizes = part->header.sizes ? part->header.sizes + tensor->first_size : NULL;
  char wanted[256], given[256];
  int32_t dtype = mlc_dtype_of_file_name(tensor->dtype);
  bool same = mlc_converts(dtype, saved->dtype) && tensor->rank == info->rank;
  for (int32_t i = 0; same && i < info->rank; ++i)
    same = sizes[i] == info->shape[i];
  if (!same)
    return mlc_fail(
        state->model, MLC_INVALID_FILE, "%s: tensor %s is %.16s %s, but the model expects %s %s",
        state->path, saved->key, tensor->dtype,
        mlc_shape_text(sizes, tensor->rank, given, sizeof given), mlc_dtype_file_name(saved->dtype),
        mlc_shape_text(info->shape, info->rank, wanted, sizeof wanted));
  size_t bytes = saved->bytes / saved->element_bytes * (size_t)mlc_dtype_bytes(dtype);
  if (tensor->end - tensor->begin != bytes)
    return mlc_fail(state->model, MLC_INVALID_FILE,
                    "%s: tensor %s has %llu bytes, but its shape needs %zu", state->path,
                    saved->key, (unsigned long long)(tensor->end - tensor->begin), bytes);
  state->converted += dtype != saved->dtype;
  return MLC_OK;
}

/* All parameters and states must be there. */
static mlc_status check_presence(mlc_state_file *state) {
  for (size_t i = 0; i < state->count; ++i) {
    const mlc_saved *saved = &state->saved[i];
    const mlc_file_part *part;
    const mlc_file_tensor *tensor = find_tensor(state, saved->key, &part);
    if (!tensor && !saved->is_slot)
      return mlc_fail(state->model, MLC_INVALID_FILE, "%s has no tensor %s, which the model needs",
                      state->path, saved->key);
    mlc_status status = tensor ? check_tensor(state, saved, part, tensor) : MLC_OK;
    if (status != MLC_OK)
      return status;
  }
  return MLC_OK;
}

/* Of the slots of a training entry all are there, with the count of its steps, or none (plain
 * weights: they start at zero). */
static mlc_status check_slots(mlc_state_file *state, int32_t step) {
  size_t slots = 0, found = 0;
  const char *missingSlot = NULL, *count = state->descriptor->storages[step].name;
  for (size_t i = 0; i < state->count; ++i) {
    const mlc_saved *saved = &state->saved[i];
    if (!saved->is_slot || saved->step != step)
      continue;
    const mlc_file_part *part;
    bool isThere = find_tensor(state, saved->key, &part) != NULL;
    ++slots;
    found += isThere;
    if (!isThere && !missingSlot)
      missingSlot = saved->member->info->name;
  }
  if (found && found != slots)
    return mlc_fail(state->model, MLC_INVALID_FILE,
                    "%s holds the optimizer's state of some parameters, but not all of %s",
                    state->path, missingSlot);
  if (found && !find_metadata(state, count))
    return mlc_fail(state->model, MLC_INVALID_FILE,
                    "%s holds the optimizer's state, but its metadata lack the %s", state->path,
                    count);
  state->has_slots |= found > 0;
  return MLC_OK;
}

/* Whether the model's text has a parameter or state of this name. */
static bool is_declared(const mlc_model_descriptor *descriptor, const char *name) {
  for (int32_t i = 0; i < descriptor->member_count; ++i)
    if (strcmp(name, descriptor->members[i].info->name) == 0)
      return true;
  for (int64_t i = 0; i < descriptor->left_out_count; ++i)
    if (strcmp(name, descriptor->left_out[i]) == 0)
      return true;
  return false;
}

/* A tensor that the model does not know is a mistake, unless it is a slot of a known parameter
 * (another optimizer's), with or without the name of a training entry. */
static mlc_status check_extras(mlc_state_file *state, const mlc_file_header *header) {
  for (size_t t = 0; t < header->tensor_count; ++t) {
    const char *name = header->tensors[t].name, *rest = name;
    bool known = is_declared(state->descriptor, name);
    for (int prefixes = 0; prefixes < 2 && !known && (rest = strchr(rest, '/')); ++prefixes)
      known = is_declared(state->descriptor, ++rest);
    if (!known)
      return mlc_fail(state->model, MLC_INVALID_FILE,
                      "%s has a tensor %.128s, which the model does not have", state->path, name);
  }
  return MLC_OK;
}

/* What the file says of storage `i`; null where it is no hyperparameter or not in the file. */
static const char *find_hyperparameter(const mlc_state_file *state, int32_t i) {
  const mlc_storage *storage = &state->descriptor->storages[i];
  return mlc_is_hyperparameter(storage) ? find_metadata(state, storage->name) : NULL;
}

static mlc_status check_step(mlc_state_file *state, const char *key) {
  const char *text = find_metadata(state, key);
  uint64_t steps = 0;
  if (text && (!mlc_parse_whole(text, &steps) || steps > INT64_MAX))
    return mlc_fail(state->model, MLC_INVALID_FILE,
                    "%s: %s is \"%.32s\", but must be a whole number", state->path, key, text);
  return MLC_OK;
}

int64_t mlc_state_step(const mlc_state_file *state, const char *key) {
  const char *text = find_metadata(state, key);
  uint64_t steps = 0;
  return text && mlc_parse_whole(text, &steps) ? (int64_t)steps : 0;
}

static mlc_status check_steps(mlc_state_file *state) {
  mlc_status status = check_step(state, "step"); /* a model without training keeps it */
  for (int32_t i = 0; i < state->descriptor->storage_count && status == MLC_OK; ++i) {
    if (state->descriptor->storages[i].kind != MLC_STORAGE_STEP)
      continue;
    status = check_step(state, state->descriptor->storages[i].name);
    if (status == MLC_OK)
      status = check_slots(state, i);
  }
  return status;
}

static mlc_status check_metadata(mlc_state_file *state) {
  const mlc_model_descriptor *descriptor = state->descriptor;
  const char *seed = find_metadata(state, "seed");
  double value;
  char range[128];
  state->has_seed = seed != NULL;
  if (seed && !mlc_parse_whole(seed, &state->seed))
    return mlc_fail(state->model, MLC_INVALID_FILE,
                    "%s: seed is \"%.32s\", but must be a whole number", state->path, seed);
  for (int32_t i = 0; i < descriptor->storage_count; ++i) {
    const mlc_storage *storage = &descriptor->storages[i];
    const char *text = find_hyperparameter(state, i), *wanted = "a finite number";
    if (text && mlc_parse_number(text, &value))
      wanted = mlc_check_hyperparameter(storage, value, &value, range, sizeof range);
    if (text && wanted)
      return mlc_fail(state->model, MLC_INVALID_FILE,
                      "%s: hyperparameter %s is \"%.32s\", but must be %s", state->path,
                      storage->name, text, wanted);
  }
  return MLC_OK;
}

mlc_status mlc_open_state(mlc_state_file *state, mlc_model *model,
                          const mlc_model_descriptor *descriptor, const char *path) {
  *state = (mlc_state_file){.model = model, .descriptor = descriptor, .path = path};
  mlc_status status = mlc_open_files(model, path, &state->files);
  if (status != MLC_OK)
    return status;
  state->saved = mlc_list_saved(descriptor, &state->count);
  if (!state->saved)
    status = mlc_fail(model, MLC_OUT_OF_MEMORY, "%s: memory ran out", path);
  else
    status = check_presence(state);
  for (size_t i = 0; i < state->files.count && status == MLC_OK; ++i)
    status = check_extras(state, &state->files.parts[i].header);
  if (status == MLC_OK)
    status = check_steps(state);
  if (status == MLC_OK)
    status = check_metadata(state);
  if (status != MLC_OK)
    mlc_close_state(state);
  return status;
}

void mlc_close_state(mlc_state_file *state) {
  free(state->saved);
  mlc_close_files(&state->files);
}

static mlc_status fail_reading(const mlc_state_file *state, const mlc_saved *saved) {
  return mlc_fail(state->model, MLC_IO_ERROR, "%s: tensor %s could not be read: %m", state->path,
                  saved->key);
}

/* Elements of another dtype, a piece at a time. */
static mlc_status read_converted(const mlc_state_file *state, const mlc_saved *saved, int file,
                                 int32_t dtype, uint64_t offset, uint64_t count, uint8_t *data) {
  uint64_t pieces[1024]; /* aligned for any dtype */
  size_t from = (size_t)mlc_dtype_bytes(dtype), to = saved->element_bytes;
  for (uint64_t most = sizeof pieces / from; count;) {
    size_t now = (size_t)(count < most ? count : most);
    if (!mlc_read_exactly(file, pieces, now * from, offset))
      return fail_reading(state, saved);
    if (!mlc_convert(pieces, dtype, data, saved->dtype, now))
      return mlc_fail(state->model, MLC_INVALID_FILE,
                      "%s: tensor %s has a number that is beyond %s, the model's dtype",
                      state->path, saved->key, mlc_dtype_name(saved->dtype));
    offset += now * from;
    data += now * to;
    count -= now;
  }
  return MLC_OK;
}

bool mlc_find_bytes(const mlc_state_file *state, size_t index, int *file, uint64_t *offset) {
  const mlc_saved *saved = &state->saved[index];
  const mlc_file_part *part;
  const mlc_file_tensor *tensor = find_tensor(state, saved->key, &part);
  if (!tensor || mlc_dtype_of_file_name(tensor->dtype) != saved->dtype || saved->dtype == MLC_I1)
    return false; /* truth values are looked at one by one */
  *file = part->file;
  *offset = part->header.data_begin + tensor->begin;
  return true;
}

mlc_status mlc_read_saved(const mlc_state_file *state, size_t index, uint64_t first, uint64_t count,
                          void *data) {
  const mlc_saved *saved = &state->saved[index];
  const mlc_file_part *part;
  const mlc_file_tensor *tensor = find_tensor(state, saved->key, &part);
  if (!tensor)
    return MLC_OK;
  int32_t dtype = mlc_dtype_of_file_name(tensor->dtype);
  size_t size = (size_t)mlc_dtype_bytes(dtype), bytes = (size_t)count * size;
  uint64_t offset = part->header.data_begin + tensor->begin + first * size;
  if (dtype != saved->dtype)
    return read_converted(state, saved, part->file, dtype, offset, count, data);
  if (!mlc_read_exactly(part->file, data, bytes, offset))
    return fail_reading(state, saved);
  if (saved->dtype == MLC_I1 && !mlc_are_truths(data, bytes))
    return mlc_fail(state->model, MLC_INVALID_FILE,
                    "%s: tensor %s has a truth value other than 0 and 1", state->path, saved->key);
  return MLC_OK;
}

bool mlc_state_hyperparameter(const mlc_state_file *state, int32_t storage, double *value) {
  const char *text = find_hyperparameter(state, storage);
  char range[128];
  return text && mlc_parse_number(text, value) &&
         !mlc_check_hyperparameter(&state->descriptor->storages[storage], *value, value, range,
                                   sizeof range);
}
