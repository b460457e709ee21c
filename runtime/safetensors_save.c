/* Saving: written beside the target, flushed to the disk, then renamed over it. */
#define _GNU_SOURCE
#include "safetensors.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <locale.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

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

/* Nine digits tell an f32 apart, seventeen an f64; with a point, whatever the program's locale. */
static void append_number(text_buffer *buffer, const char *key, double value, int32_t dtype) {
  char text[40];
  locale_t plain = newlocale(LC_NUMERIC_MASK, "C", (locale_t)0),
           previous = plain ? uselocale(plain) : (locale_t)0;
  snprintf(text, sizeof text, dtype == MLC_F64 ? "%.17g" : "%.9g", value);
  if (plain) {
    uselocale(previous);
    freelocale(plain);
  }
  append(buffer, ",");
  append_pair(buffer, key, text);
}

static void append_metadata(text_buffer *buffer, const mlc_model *model, const char *const *pairs,
                            int32_t pairCount) {
  const mlc_model_descriptor *descriptor = model->descriptor;
  char number[32];
  append(buffer, "\"__metadata__\":{");
  append_pair(buffer, "model", descriptor->name);
  snprintf(number, sizeof number, "%lld", (long long)mlc_read_step(model));
  append(buffer, ",");
  append_pair(buffer, "step", number);
  snprintf(number, sizeof number, "%llu", (unsigned long long)model->seed);
  append(buffer, ",");
  append_pair(buffer, "seed", number);
  for (int32_t i = 0; i < descriptor->storage_count; ++i)
    if (mlc_is_hyperparameter(&descriptor->storages[i]))
      append_number(buffer, descriptor->storages[i].name,
                    mlc_load_scalar(model->storages[i], descriptor->storages[i].dtype),
                    descriptor->storages[i].dtype);
  for (int32_t i = 0; i < pairCount; ++i) {
    append(buffer, ",");
    append_pair(buffer, pairs[2 * i], pairs[2 * i + 1]);
  }
  append(buffer, "}");
}

static void append_tensor(text_buffer *buffer, const mlc_saved *saved, uint64_t begin) {
  char key[512];
  append(buffer, ",");
  append_string(buffer, mlc_saved_key(saved, key, sizeof key));
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

/* The length and the JSON, padded so that the data start at a multiple of 8. */
static text_buffer make_header(const mlc_model *model, const mlc_saved *saved, size_t count,
                               const char *const *pairs, int32_t pairCount) {
  text_buffer buffer = {0};
  append(&buffer, "........{");
  append_metadata(&buffer, model, pairs, pairCount);
  uint64_t offset = 0;
  for (size_t i = 0; i < count; offset += saved[i++].bytes)
    append_tensor(&buffer, &saved[i], offset);
  append(&buffer, "}");
  while (buffer.size % 8 && !buffer.failed)
    append(&buffer, " ");
  if (!buffer.failed)
    for (int i = 0; i < 8; ++i)
      buffer.data[i] = (char)((uint64_t)(buffer.size - 8) >> (8 * i));
  return buffer;
}

static bool write_exactly(int file, const void *data, size_t bytes) {
  const uint8_t *next = data;
  while (bytes) {
    ssize_t done = write(file, next, bytes < INT_MAX ? bytes : INT_MAX);
    if (done < 0 && errno == EINTR)
      continue;
    if (done < 0)
      return false;
    next += done;
    bytes -= (size_t)done;
  }
  return true;
}

/* Opens the temporary file, empty and locked. What a killed process left there is reused; a file
 * that another process is writing, or has just renamed, is not touched. */
static mlc_status open_temporary(mlc_model *model, const char *path, const char *temporary,
                                 int *file) {
  struct stat opened, named;
  *file = open(temporary, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0666);
  if (*file < 0)
    return mlc_fail(model, MLC_IO_ERROR, "%s could not be written: %m", temporary);
  bool ours = flock(*file, LOCK_EX | LOCK_NB) == 0 && fstat(*file, &opened) == 0 &&
              stat(temporary, &named) == 0 && opened.st_ino == named.st_ino &&
              opened.st_dev == named.st_dev;
  if (ours && ftruncate(*file, 0) == 0)
    return MLC_OK;
  close(*file);
  return mlc_fail(model, MLC_IO_ERROR, "%s is being saved by another process", path);
}

static bool write_all(int file, const text_buffer *header, const mlc_saved *saved, size_t count) {
  bool done = write_exactly(file, header->data, header->size);
  for (size_t i = 0; i < count && done; ++i)
    done = write_exactly(file, saved[i].data, saved[i].bytes);
  return done && fsync(file) == 0;
}

/* Makes the rename durable; a file system that cannot flush a directory is left alone. */
static void flush_directory(char *path) {
  char *slash = strrchr(path, '/');
  if (slash)
    slash[slash == path] = 0;
  int directory = open(slash ? path : ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (directory < 0)
    return;
  fsync(directory);
  close(directory);
}

static mlc_status write_file(mlc_model *model, const char *path, char *temporary,
                             const text_buffer *header, const mlc_saved *saved, size_t count) {
  int file;
  mlc_status status = open_temporary(model, path, temporary, &file);
  if (status != MLC_OK)
    return status;
  if (!write_all(file, header, saved, count) || rename(temporary, path) != 0) {
    status = mlc_fail(model, MLC_IO_ERROR, "%s could not be written: %m", path);
    unlink(temporary);
  }
  close(file);
  if (status == MLC_OK)
    flush_directory(temporary);
  return status;
}

static mlc_status save_claimed(mlc_model *model, const char *path, const char *const *pairs,
                               int32_t pairCount) {
  if (!path || !path[0])
    return mlc_fail(model, MLC_INVALID_ARGUMENT, "the path is null or empty");
  for (int32_t i = 0; i < 2 * pairCount; ++i)
    if (!pairs || !pairs[i])
      return mlc_fail(model, MLC_INVALID_ARGUMENT, "a metadata key or value is null");
  // The rename at the end would put a file in the place of a device or a pipe.
  struct stat info;
  if (stat(path, &info) == 0 && !S_ISREG(info.st_mode))
    return mlc_fail(model, MLC_IO_ERROR, "%s could not be written: it is not a regular file", path);
  size_t count = 0, temporaryBytes = strlen(path) + sizeof ".tmp";
  mlc_saved *saved = mlc_list_saved(model, &count);
  char *temporary = malloc(temporaryBytes);
  text_buffer header = {0};
  if (saved)
    header = make_header(model, saved, count, pairs, pairCount);
  mlc_status status;
  if (!saved || !temporary || header.failed) {
    status = mlc_fail(model, MLC_OUT_OF_MEMORY, "%s: memory for the header ran out", path);
  } else {
    snprintf(temporary, temporaryBytes, "%s.tmp", path);
    status = write_file(model, path, temporary, &header, saved, count);
  }
  if (status == MLC_OK)
    mlc_log(model, "%s: saved %s at step %lld", model->descriptor->name, path,
            (long long)mlc_read_step(model));
  free(header.data);
  free(temporary);
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
