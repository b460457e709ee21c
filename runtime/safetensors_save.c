/* Saving: written beside the target, flushed to the disk, then renamed over it. */
#define _GNU_SOURCE
#include "internal.h"
#include "number.h"
#include "output_file.h"
#include "safetensors.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Text that grows; `failed` once memory ran out. */
typedef struct text_buffer {
  char *data;
  size_t size, capacity;
  bool failed;
} text_buffer;

static void append_bytes(text_buffer *buffer, const char *data, size_t size) {
  while (!buffer->failed && buffer->capacity - buffer->size < size) {
    size_t larger = buffer->capacity ? buffer->capacity * 2 : 4096;
    char *grown = realloc(buffer->data, larger);
    buffer->failed = !grown;
    buffer->data = grown ? grown : buffer->data;
    buffer->capacity = grown ? larger : buffer->capacity;
  }
  if (buffer->failed)
    return;
  memcpy(buffer->data + buffer->size, data, size);
  buffer->size += size;
}

static void append(text_buffer *buffer, const char *text) {
  append_bytes(buffer, text, strlen(text));
}

static void append_integer(text_buffer *buffer, uint64_t value) {
  char text[24];
  append_bytes(buffer, text,
               (size_t)snprintf(text, sizeof text, "%llu", (unsigned long long)value));
}

static void append_string(text_buffer *buffer, const char *text) {
  append(buffer, "\"");
  for (; *text; ++text) {
    unsigned char c = (unsigned char)*text;
    char escaped[8];
    if (c == '"' || c == '\\')
      append_bytes(buffer, escaped, (size_t)snprintf(escaped, sizeof escaped, "\\%c", c));
    else if (c < 0x20)
      append_bytes(buffer, escaped, (size_t)snprintf(escaped, sizeof escaped, "\\u%04x", c));
    else
      append_bytes(buffer, text, 1);
  }
  append(buffer, "\"");
}

static void append_pair(text_buffer *buffer, const char *key, const char *value) {
  append_string(buffer, key);
  append(buffer, ":");
  append_string(buffer, value);
}

static void append_step(text_buffer *buffer, const char *key, int64_t step) {
  char number[24];
  snprintf(number, sizeof number, "%lld", (long long)step);
  append(buffer, ",");
  append_pair(buffer, key, number);
}

/* The count of every training entry; of a model without one, that of the file that it has loaded.
 */
static void append_steps(text_buffer *buffer, const mlc_model *model) {
  const mlc_model_descriptor *descriptor = model->descriptor;
  bool isTrained = false;
  for (int32_t i = 0; i < descriptor->storage_count; ++i)
    if (descriptor->storages[i].kind == MLC_STORAGE_STEP) {
      isTrained = true;
      append_step(buffer, descriptor->storages[i].name, mlc_read_count(model, i));
    }
  if (!isTrained)
    append_step(buffer, "step", model->step);
}

static void append_metadata(text_buffer *buffer, const mlc_model *model, const char *const *pairs,
                            int32_t pairCount) {
  const mlc_model_descriptor *descriptor = model->descriptor;
  char number[kNumberBytes];
  append(buffer, "\"__metadata__\":{");
  append_pair(buffer, "model", descriptor->name);
  append_steps(buffer, model);
  snprintf(number, sizeof number, "%llu", (unsigned long long)model->seed);
  append(buffer, ",");
  append_pair(buffer, "seed", number);
  for (int32_t i = 0; i < descriptor->storage_count; ++i)
    if (mlc_is_hyperparameter(&descriptor->storages[i])) {
      append(buffer, ",");
      append_pair(buffer, descriptor->storages[i].name,
                  mlc_format_number(
                      mlc_load_scalar(model->storages[i], descriptor->storages[i].dtype), number));
    }
  for (int32_t i = 0; i < pairCount; ++i) {
    append(buffer, ",");
    append_pair(buffer, pairs[2 * i], pairs[2 * i + 1]);
  }
  append(buffer, "}");
}

static void append_tensor(text_buffer *buffer, const mlc_saved *saved, uint64_t begin) {
  append(buffer, ",");
  append_string(buffer, saved->key);
  append(buffer, ":{\"dtype\":\"");
  append(buffer, mlc_dtype_file_name(saved->dtype));
  append(buffer, "\",\"shape\":[");
  for (int32_t i = 0; i < saved->member->info->rank; ++i) {
    append(buffer, i ? "," : "");
    append_integer(buffer, (uint64_t)saved->member->info->shape[i]);
  }
  append(buffer, "],\"data_offsets\":[");
  append_integer(buffer, begin);
  append(buffer, ",");
  append_integer(buffer, begin + saved->bytes);
  append(buffer, "]}");
}

/* The length and the JSON, padded so that the data start where storages do. */
static text_buffer make_header(const mlc_model *model, const mlc_saved *saved, size_t count,
                               const char *const *pairs, int32_t pairCount) {
  text_buffer buffer = {0};
  append(&buffer, "........{");
  append_metadata(&buffer, model, pairs, pairCount);
  uint64_t offset = 0;
  for (size_t i = 0; i < count; offset += saved[i++].bytes)
    append_tensor(&buffer, &saved[i], offset);
  append(&buffer, "}");
  while (buffer.size % kAlignment && !buffer.failed)
    append(&buffer, " ");
  if (!buffer.failed)
    for (int i = 0; i < 8; ++i)
      buffer.data[i] = (char)((uint64_t)(buffer.size - 8) >> (8 * i));
  return buffer;
}

/* As they lie in memory, but first those that leave the next one aligned: between tensors of a file
 * there are no gaps, and what lies there as here can be mapped by a load. */
static int compare_place(const void *left, const void *right) {
  const mlc_saved *a = left, *b = right;
  int odd = (a->bytes % kAlignment != 0) - (b->bytes % kAlignment != 0);
  if (odd)
    return odd;
  if (a->storage != b->storage)
    return a->storage < b->storage ? -1 : 1;
  return (a->offset > b->offset) - (a->offset < b->offset);
}

/* Null, or why the file could not be written. */
static const char *write_file(const char *path, const text_buffer *header, const mlc_saved *saved,
                              size_t count, void *const *storages) {
  mlc_output output;
  const char *problem = mlc_output_open(&output, path);
  if (problem)
    return problem;
  bool done = mlc_write_exactly(output.file, header->data, header->size);
  for (size_t i = 0; i < count && done; ++i)
    done = mlc_write_exactly(output.file, (uint8_t *)storages[saved[i].storage] + saved[i].offset,
                             saved[i].bytes);
  if (done)
    return mlc_output_commit(&output);
  problem = strerror(errno);
  mlc_output_discard(&output);
  return problem;
}

static bool is_utf8(const char *text) {
  for (const char *end = text + strlen(text); text != end;) {
    size_t length = mlc_utf8_length(text, end);
    if (!length)
      return false;
    text += length;
  }
  return true;
}

/* Whether the file has the key without the caller's pairs. */
static bool is_own_key(const mlc_model_descriptor *descriptor, const char *key) {
  if (strcmp(key, "model") == 0 || strcmp(key, "step") == 0 || strcmp(key, "seed") == 0)
    return true;
  for (int32_t i = 0; i < descriptor->storage_count; ++i) {
    const mlc_storage *storage = &descriptor->storages[i];
    bool isInMetadata = mlc_is_hyperparameter(storage) || storage->kind == MLC_STORAGE_STEP;
    if (isInMetadata && strcmp(key, storage->name) == 0)
      return true;
  }
  return false;
}

/* Nothing that would make a file which no reader takes. */
static mlc_status check_pairs(mlc_model *model, const char *const *pairs, int32_t count) {
  for (int32_t i = 0; i < 2 * count; ++i) {
    if (!pairs || !pairs[i])
      return mlc_fail(model, MLC_INVALID_ARGUMENT, "a metadata key or value is null");
    if (!is_utf8(pairs[i]))
      return mlc_fail(model, MLC_INVALID_ARGUMENT, "a metadata key or value is not UTF-8");
  }
  for (int32_t i = 0; i < count; ++i) {
    bool taken = is_own_key(model->descriptor, pairs[2 * i]);
    for (int32_t j = 0; j < i && !taken; ++j)
      taken = strcmp(pairs[2 * i], pairs[2 * j]) == 0;
    if (taken)
      return mlc_fail(model, MLC_INVALID_ARGUMENT, "metadata key \"%.128s\" is given twice%s",
                      pairs[2 * i],
                      is_own_key(model->descriptor, pairs[2 * i]) ? ": save writes it itself" : "");
  }
  return MLC_OK;
}

static mlc_status save_claimed(mlc_model *model, const char *path, const char *const *pairs,
                               int32_t pairCount) {
  if (!path || !path[0])
    return mlc_fail(model, MLC_INVALID_ARGUMENT, "the path is null or empty");
  mlc_status status = check_pairs(model, pairs, pairCount);
  if (status != MLC_OK)
    return status;
  size_t count = 0;
  mlc_saved *saved = mlc_list_saved(model->descriptor, &count);
  text_buffer header = {0};
  if (saved)
    qsort(saved, count, sizeof *saved, compare_place);
  if (saved)
    header = make_header(model, saved, count, pairs, pairCount);
  const char *problem = NULL;
  if (!saved || header.failed)
    status = mlc_fail(model, MLC_OUT_OF_MEMORY, "%s: memory for the header ran out", path);
  else
    problem = write_file(path, &header, saved, count, model->storages);
  if (problem)
    status = mlc_fail(model, MLC_IO_ERROR, "%s could not be written: %s", path, problem);
  if (status == MLC_OK)
    mlc_log(model, "%s: saved %s at step %lld", model->descriptor->name, path,
            (long long)mlc_read_step(model));
  free(header.data);
  free(saved);
  return status;
}

mlc_status mlc_rt_table_save_with_metadata(void *handle, const char *path, const char *const *pairs,
                                           int32_t pairCount) {
  mlc_model *model = handle;
  mlc_status status = mlc_enter(model);
  if (status != MLC_OK)
    return status;
  return mlc_leave(model, save_claimed(model, path, pairs, pairCount > 0 ? pairCount : 0));
}

mlc_status mlc_rt_save(mlc_model *model, const char *path) {
  return mlc_rt_table_save_with_metadata(model, path, NULL, 0);
}
