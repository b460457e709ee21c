/* The one reader of state in files: opens a file and checks it against the model, before anybody
 * changes anything. */
#define _GNU_SOURCE
#include "internal.h"
#include "number.h"
#include "safetensors.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

void mlc_free_header(mlc_file_header *header) {
  free(header->text);
  free(header->tensors);
  free(header->sizes);
  free(header->metadata);
  memset(header, 0, sizeof *header);
}

static bool read_exactly(int file, void *data, size_t bytes, uint64_t offset) {
  uint8_t *next = data;
  while (bytes) {
    ssize_t got = pread(file, next, bytes < INT_MAX ? bytes : INT_MAX, (off_t)offset);
    if (got < 0 && errno == EINTR)
      continue;
    if (got == 0)
      errno = ENODATA; /* it has become shorter meanwhile */
    if (got <= 0)
      return false;
    next += got;
    offset += (uint64_t)got;
    bytes -= (size_t)got;
  }
  return true;
}

static mlc_status read_open_header(mlc_model *model, const char *path, int file,
                                   mlc_file_header *header) {
  struct stat info;
  if (fstat(file, &info) != 0 || !S_ISREG(info.st_mode))
    return mlc_fail(model, MLC_IO_ERROR, "%s is not a regular file", path);
  uint8_t prefix[8];
  if (info.st_size < 8 || !read_exactly(file, prefix, 8, 0))
    return mlc_fail(model, MLC_INVALID_FILE,
                    "%s is not a safetensors file: it is shorter than 8 bytes", path);
  uint64_t bytes = 0;
  for (int i = 7; i >= 0; --i)
    bytes = bytes << 8 | prefix[i];
  if (bytes > kMaxHeaderBytes || bytes > (uint64_t)info.st_size - 8)
    return mlc_fail(model, MLC_INVALID_FILE,
                    "%s is not a safetensors file, or truncated: its header should have %llu bytes",
                    path, (unsigned long long)bytes);
  header->text = malloc(bytes + 1);
  if (!header->text)
    return mlc_fail(model, MLC_OUT_OF_MEMORY, "%s: the header of %llu bytes does not fit in memory",
                    path, (unsigned long long)bytes);
  if (!read_exactly(file, header->text, bytes, 8))
    return mlc_fail(model, MLC_IO_ERROR, "%s could not be read: %m", path);
  header->data_begin = 8 + bytes;
  header->data_bytes = (uint64_t)info.st_size - header->data_begin;
  const char *problem = mlc_parse_header(header, bytes);
  return problem ? mlc_fail(model, MLC_INVALID_FILE, "%s is not a valid safetensors file: %s", path,
                            problem)
                 : MLC_OK;
}

mlc_status mlc_read_header(mlc_model *model, const char *path, mlc_file_header *header, int *file) {
  memset(header, 0, sizeof *header);
  if (!path)
    return mlc_fail(model, MLC_INVALID_ARGUMENT, "the path is null");
  int opened = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (opened < 0)
    return mlc_fail(model, MLC_IO_ERROR, "%s could not be opened: %m", path);
  mlc_status status = read_open_header(model, path, opened, header);
  if (status != MLC_OK)
    mlc_free_header(header);
  if (status != MLC_OK || !file)
    close(opened);
  else
    *file = opened;
  return status;
}

static int compare_tensor(const void *name, const void *tensor) {
  return strcmp(name, ((const mlc_file_tensor *)tensor)->name);
}

static int compare_pair(const void *key, const void *pair) {
  return strcmp(key, ((const mlc_file_pair *)pair)->key);
}

static const mlc_file_tensor *find_tensor(const mlc_file_header *header, const char *name) {
  if (!header->tensor_count)
    return NULL;
  return bsearch(name, header->tensors, header->tensor_count, sizeof *header->tensors,
                 compare_tensor);
}

const char *mlc_find_metadata(const mlc_file_header *header, const char *key) {
  const mlc_file_pair *pair = header->metadata_count
                                  ? bsearch(key, header->metadata, header->metadata_count,
                                            sizeof *header->metadata, compare_pair)
                                  : NULL;
  return pair ? pair->value : NULL;
}

static mlc_status check_tensor(mlc_state_file *state, const mlc_saved *saved,
                               const mlc_file_tensor *tensor) {
  const mlc_tensor_info *info = saved->member->info;
  const int64_t *sizes = state->header.sizes ? state->header.sizes + tensor->first_size : NULL;
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

/* All parameters and states must be there; of the slots, all or none (plain weights: they start at
 * zero). */
static mlc_status check_presence(mlc_state_file *state) {
  size_t slots = 0, found = 0;
  const char *missingSlot = NULL;
  for (size_t i = 0; i < state->count; ++i) {
    const mlc_saved *saved = &state->saved[i];
    const mlc_file_tensor *tensor = find_tensor(&state->header, saved->key);
    slots += saved->is_slot;
    found += saved->is_slot && tensor;
    if (!tensor && !saved->is_slot)
      return mlc_fail(state->model, MLC_INVALID_FILE, "%s has no tensor %s, which the model needs",
                      state->path, saved->key);
    if (!tensor)
      missingSlot = missingSlot ? missingSlot : saved->member->info->name;
    mlc_status status = tensor ? check_tensor(state, saved, tensor) : MLC_OK;
    if (status != MLC_OK)
      return status;
  }
  if (found && found != slots)
    return mlc_fail(state->model, MLC_INVALID_FILE,
                    "%s holds the optimizer's state of some parameters, but not all of %s",
                    state->path, missingSlot);
  state->has_slots = found > 0;
  return MLC_OK;
}

/* A tensor that the model does not know is a mistake, unless it is a slot of a known parameter
 * (another optimizer's). */
static mlc_status check_extras(mlc_state_file *state) {
  const mlc_model_descriptor *descriptor = state->descriptor;
  for (size_t t = 0; t < state->header.tensor_count; ++t) {
    const char *name = state->header.tensors[t].name, *slash = strchr(name, '/');
    bool known = false;
    for (int32_t i = 0; i < descriptor->member_count && !known; ++i) {
      const char *member = descriptor->members[i].info->name;
      known = strcmp(name, member) == 0 || (slash && strcmp(slash + 1, member) == 0);
    }
    if (!known)
      return mlc_fail(state->model, MLC_INVALID_FILE,
                      "%s has a tensor %.128s, which the model does not have", state->path, name);
  }
  return MLC_OK;
}

/* What the file says of storage `i`; null where it is no hyperparameter or not in the file. */
static const char *find_hyperparameter(const mlc_state_file *state, int32_t i) {
  const mlc_storage *storage = &state->descriptor->storages[i];
  return mlc_is_hyperparameter(storage) ? mlc_find_metadata(&state->header, storage->name) : NULL;
}

static mlc_status check_metadata(mlc_state_file *state) {
  const mlc_model_descriptor *descriptor = state->descriptor;
  const char *step = mlc_find_metadata(&state->header, "step"),
             *seed = mlc_find_metadata(&state->header, "seed");
  uint64_t steps = 0;
  double value;
  char range[128];
  if (state->has_slots && !step)
    return mlc_fail(state->model, MLC_INVALID_FILE,
                    "%s holds the optimizer's state, but its metadata lack the step", state->path);
  if (step && (!mlc_parse_whole(step, &steps) || steps > INT64_MAX))
    return mlc_fail(state->model, MLC_INVALID_FILE,
                    "%s: step is \"%.32s\", but must be a whole number", state->path, step);
  state->step = (int64_t)steps;
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
  mlc_status status = mlc_read_header(model, path, &state->header, &state->file);
  if (status != MLC_OK)
    return status;
  state->saved = mlc_list_saved(descriptor, &state->count);
  if (!state->saved)
    status = mlc_fail(model, MLC_OUT_OF_MEMORY, "%s: memory ran out", path);
  mlc_status (*const steps[])(mlc_state_file *) = {check_presence, check_extras, check_metadata};
  for (int i = 0; i < 3 && status == MLC_OK; ++i)
    status = steps[i](state);
  if (status != MLC_OK)
    mlc_close_state(state);
  return status;
}

void mlc_close_state(mlc_state_file *state) {
  close(state->file);
  free(state->saved);
  mlc_free_header(&state->header);
}

static mlc_status fail_reading(const mlc_state_file *state, const mlc_saved *saved) {
  return mlc_fail(state->model, MLC_IO_ERROR, "%s: tensor %s could not be read: %m", state->path,
                  saved->key);
}

/* Elements of another dtype, a piece at a time. */
static mlc_status read_converted(const mlc_state_file *state, const mlc_saved *saved, int32_t dtype,
                                 uint64_t offset, uint64_t count, uint8_t *data) {
  uint64_t pieces[1024]; /* aligned for any dtype */
  size_t from = (size_t)mlc_dtype_bytes(dtype), to = saved->element_bytes;
  for (uint64_t most = sizeof pieces / from; count;) {
    size_t now = (size_t)(count < most ? count : most);
    if (!read_exactly(state->file, pieces, now * from, offset))
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

mlc_status mlc_read_saved(const mlc_state_file *state, size_t index, uint64_t first, uint64_t count,
                          void *data) {
  const mlc_saved *saved = &state->saved[index];
  const mlc_file_tensor *tensor = find_tensor(&state->header, saved->key);
  if (!tensor)
    return MLC_OK;
  int32_t dtype = mlc_dtype_of_file_name(tensor->dtype);
  size_t size = (size_t)mlc_dtype_bytes(dtype), bytes = (size_t)count * size;
  uint64_t offset = state->header.data_begin + tensor->begin + first * size;
  if (dtype != saved->dtype)
    return read_converted(state, saved, dtype, offset, count, data);
  if (!read_exactly(state->file, data, bytes, offset))
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
