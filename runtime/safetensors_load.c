/* Loading: the whole file is checked and read beside the state, then copied over it at once. */
#define _GNU_SOURCE
#include "number.h"
#include "safetensors.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

bool mlc_is_hyperparameter(const mlc_storage *storage) {
  return storage->kind == MLC_STORAGE_HYPERPARAMETER;
}

const char *mlc_saved_key(const mlc_saved *saved, char *text, size_t size) {
  if (!saved->slot)
    return saved->member->info->name;
  snprintf(text, size, "%s/%s", saved->slot, saved->member->info->name);
  return text;
}

/* A slot is laid out like its parameters, element by element, whatever its dtype. */
static mlc_saved slot_of(const mlc_model *model, int32_t slot, const mlc_member *member) {
  const mlc_storage *storage = &model->descriptor->storages[slot];
  int64_t size = mlc_dtype_bytes(storage->dtype), memberSize = mlc_dtype_bytes(member->info->dtype);
  mlc_saved saved = {.slot = storage->name, .member = member, .dtype = storage->dtype};
  saved.data = (uint8_t *)model->storages[slot] + member->byte_offset / memberSize * size;
  saved.bytes = (size_t)(mlc_member_bytes(member) / memberSize * size);
  return saved;
}

mlc_saved *mlc_list_saved(const mlc_model *model, size_t *count) {
  const mlc_model_descriptor *descriptor = model->descriptor;
  size_t total = (size_t)descriptor->member_count;
  for (int32_t s = 0; s < descriptor->storage_count; ++s)
    for (int32_t i = 0; i < descriptor->member_count; ++i)
      total += descriptor->storages[s].kind == MLC_STORAGE_SLOT &&
               descriptor->storages[s].parameter_storage == descriptor->members[i].storage;
  mlc_saved *list = calloc(total + 1, sizeof *list);
  if (!list)
    return NULL;
  *count = 0;
  for (int32_t i = 0; i < descriptor->member_count; ++i) {
    const mlc_member *member = &descriptor->members[i];
    list[(*count)++] = (mlc_saved){.member = member,
                                   .dtype = member->info->dtype,
                                   .data = mlc_member_data(model, member),
                                   .bytes = (size_t)mlc_member_bytes(member)};
  }
  for (int32_t s = 0; s < descriptor->storage_count; ++s)
    for (int32_t i = 0; i < descriptor->member_count; ++i)
      if (descriptor->storages[s].kind == MLC_STORAGE_SLOT &&
          descriptor->storages[s].parameter_storage == descriptor->members[i].storage)
        list[(*count)++] = slot_of(model, s, &descriptor->members[i]);
  return list;
}

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

const mlc_file_tensor *mlc_find_tensor(const mlc_file_header *header, const char *name) {
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

/* What a load found out before it changes anything. */
typedef struct load {
  mlc_model *model;
  const char *path;
  mlc_file_header header;
  int file;
  mlc_saved *saved;
  size_t count;
  bool has_slots;
  uint8_t *staged; /* the tensors one after the other, in the order of `saved` */
  int64_t step;
  uint64_t seed;
} load;

static mlc_status check_tensor(load *l, const mlc_saved *saved, const char *key,
                               const mlc_file_tensor *tensor) {
  const mlc_tensor_info *info = saved->member->info;
  const int64_t *sizes = l->header.sizes ? l->header.sizes + tensor->first_size : NULL;
  char wanted[256], given[256];
  bool same =
      strcmp(tensor->dtype, mlc_dtype_file_name(saved->dtype)) == 0 && tensor->rank == info->rank;
  for (int32_t i = 0; same && i < info->rank; ++i)
    same = sizes[i] == info->shape[i];
  if (!same)
    return mlc_fail(l->model, MLC_INVALID_FILE,
                    "%s: tensor %s is %.16s %s, but the model expects %s %s", l->path, key,
                    tensor->dtype, mlc_shape_text(sizes, tensor->rank, given, sizeof given),
                    mlc_dtype_file_name(saved->dtype),
                    mlc_shape_text(info->shape, info->rank, wanted, sizeof wanted));
  if (tensor->end - tensor->begin != saved->bytes)
    return mlc_fail(l->model, MLC_INVALID_FILE,
                    "%s: tensor %s has %llu bytes, but its shape needs %zu", l->path, key,
                    (unsigned long long)(tensor->end - tensor->begin), saved->bytes);
  return MLC_OK;
}

/* All parameters and states must be there; of the slots, all or none (plain weights: they start at
 * zero). */
static mlc_status check_presence(load *l) {
  char text[512];
  size_t slots = 0, found = 0;
  const char *missingSlot = NULL;
  for (size_t i = 0; i < l->count; ++i) {
    const mlc_saved *saved = &l->saved[i];
    const char *key = mlc_saved_key(saved, text, sizeof text);
    const mlc_file_tensor *tensor = mlc_find_tensor(&l->header, key);
    slots += saved->slot != NULL;
    found += saved->slot && tensor;
    if (!tensor && !saved->slot)
      return mlc_fail(l->model, MLC_INVALID_FILE, "%s has no tensor %s, which the model needs",
                      l->path, key);
    if (!tensor)
      missingSlot = missingSlot ? missingSlot : saved->member->info->name;
    mlc_status status = tensor ? check_tensor(l, saved, key, tensor) : MLC_OK;
    if (status != MLC_OK)
      return status;
  }
  if (found && found != slots)
    return mlc_fail(l->model, MLC_INVALID_FILE,
                    "%s holds the optimizer's state of some parameters, but not all of %s", l->path,
                    missingSlot);
  l->has_slots = found > 0;
  return MLC_OK;
}

/* A tensor that the model does not know is a mistake, unless it is a slot of a known parameter
 * (another optimizer's). */
static mlc_status check_extras(load *l) {
  const mlc_model_descriptor *descriptor = l->model->descriptor;
  for (size_t t = 0; t < l->header.tensor_count; ++t) {
    const char *name = l->header.tensors[t].name, *slash = strchr(name, '/');
    bool known = false;
    for (int32_t i = 0; i < descriptor->member_count && !known; ++i) {
      const char *member = descriptor->members[i].info->name;
      known = strcmp(name, member) == 0 || (slash && strcmp(slash + 1, member) == 0);
    }
    if (!known)
      return mlc_fail(l->model, MLC_INVALID_FILE,
                      "%s has a tensor %.128s, which the model does not have", l->path, name);
  }
  return MLC_OK;
}

/* What the file says of storage `i`; null where it is no hyperparameter or not in the file. */
static const char *find_hyperparameter(const load *l, int32_t i) {
  const mlc_storage *storage = &l->model->descriptor->storages[i];
  return mlc_is_hyperparameter(storage) ? mlc_find_metadata(&l->header, storage->name) : NULL;
}

static mlc_status check_metadata(load *l) {
  const mlc_model_descriptor *descriptor = l->model->descriptor;
  const char *step = mlc_find_metadata(&l->header, "step"),
             *seed = mlc_find_metadata(&l->header, "seed");
  uint64_t steps = 0;
  double value;
  char range[128];
  if (l->has_slots && !step)
    return mlc_fail(l->model, MLC_INVALID_FILE,
                    "%s holds the optimizer's state, but its metadata lack the step", l->path);
  if (step && (!mlc_parse_whole(step, &steps) || steps > INT64_MAX))
    return mlc_fail(l->model, MLC_INVALID_FILE, "%s: step is \"%.32s\", but must be a whole number",
                    l->path, step);
  l->step = (int64_t)steps;
  l->seed = l->model->seed;
  if (seed && !mlc_parse_whole(seed, &l->seed))
    return mlc_fail(l->model, MLC_INVALID_FILE, "%s: seed is \"%.32s\", but must be a whole number",
                    l->path, seed);
  for (int32_t i = 0; i < descriptor->storage_count; ++i) {
    const mlc_storage *storage = &descriptor->storages[i];
    const char *text = find_hyperparameter(l, i), *wanted = "a finite number";
    if (text && mlc_parse_number(text, &value))
      wanted = mlc_check_hyperparameter(storage, value, &value, range, sizeof range);
    if (text && wanted)
      return mlc_fail(l->model, MLC_INVALID_FILE,
                      "%s: hyperparameter %s is \"%.32s\", but must be %s", l->path, storage->name,
                      text, wanted);
  }
  return MLC_OK;
}

static mlc_status stage_tensors(load *l) {
  size_t total = 0;
  char text[512];
  for (size_t i = 0; i < l->count; ++i)
    total += l->saved[i].bytes;
  l->staged = calloc(total + 1, 1);
  if (!l->staged)
    return mlc_fail(l->model, MLC_OUT_OF_MEMORY,
                    "%s: %zu bytes to read it into could not be allocated", l->path, total);
  uint8_t *next = l->staged;
  for (size_t i = 0; i < l->count; next += l->saved[i++].bytes) {
    const mlc_saved *saved = &l->saved[i];
    const char *key = mlc_saved_key(saved, text, sizeof text);
    const mlc_file_tensor *tensor = mlc_find_tensor(&l->header, key);
    if (tensor && !read_exactly(l->file, next, saved->bytes, l->header.data_begin + tensor->begin))
      return mlc_fail(l->model, MLC_IO_ERROR, "%s: tensor %s could not be read", l->path, key);
    if (saved->dtype == MLC_I1 && !mlc_are_truths(next, saved->bytes))
      return mlc_fail(l->model, MLC_INVALID_FILE,
                      "%s: tensor %s has a truth value other than 0 and 1", l->path, key);
  }
  return MLC_OK;
}

/* From here on nothing can fail. */
static void commit(load *l) {
  const mlc_model_descriptor *descriptor = l->model->descriptor;
  const uint8_t *next = l->staged;
  for (size_t i = 0; i < l->count; next += l->saved[i++].bytes)
    memcpy(l->saved[i].data, next, l->saved[i].bytes);
  for (int32_t i = 0; i < descriptor->storage_count; ++i) {
    double value;
    const char *text = find_hyperparameter(l, i);
    if (text && mlc_parse_number(text, &value))
      mlc_store(l->model->storages[i], 0, descriptor->storages[i].dtype, value);
  }
  l->model->packed_is_current = false;
  mlc_write_step(l->model, l->step, l->seed);
  mlc_log(l->model, "%s: loaded %s at step %lld", descriptor->name, l->path, (long long)l->step);
}

mlc_status mlc_rt_load(mlc_model *model, const char *path) {
  mlc_status status = mlc_enter(model);
  if (status != MLC_OK)
    return status;
  load l = {.model = model, .path = path};
  status = mlc_read_header(model, path, &l.header, &l.file);
  if (status != MLC_OK)
    return mlc_leave(model, status);
  l.saved = mlc_list_saved(model, &l.count);
  if (!l.saved)
    status = mlc_fail(model, MLC_OUT_OF_MEMORY, "%s: memory ran out", path);
  mlc_status (*const steps[])(load *) = {check_presence, check_extras, check_metadata,
                                         stage_tensors};
  for (int i = 0; i < 4 && status == MLC_OK; ++i)
    status = steps[i](&l);
  if (status == MLC_OK)
    commit(&l);
  close(l.file);
  free(l.staged);
  free(l.saved);
  mlc_free_header(&l.header);
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
