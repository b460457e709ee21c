/* Opens files of tensors: safetensors, the index of several of them, or .npz. What the tensors are
 * to a model, state_file.c knows. */
#define _GNU_SOURCE
#include "internal.h"
#include "safetensors.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
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

bool mlc_read_exactly(int file, void *data, size_t bytes, uint64_t offset) {
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

/* Reads the header of an open file of `size` bytes. */
typedef mlc_status (*header_reader)(mlc_model *model, const char *path, int file, uint64_t size,
                                    mlc_file_header *header);

static mlc_status read_text(mlc_model *model, const char *path, int file, uint64_t offset,
                            uint64_t bytes, mlc_file_header *header) {
  header->text = malloc(bytes + 1);
  if (!header->text)
    return mlc_fail(model, MLC_OUT_OF_MEMORY, "%s: the header of %llu bytes does not fit in memory",
                    path, (unsigned long long)bytes);
  if (!mlc_read_exactly(file, header->text, bytes, offset))
    return mlc_fail(model, MLC_IO_ERROR, "%s could not be read: %m", path);
  return MLC_OK;
}

static mlc_status read_safetensors(mlc_model *model, const char *path, int file, uint64_t size,
                                   mlc_file_header *header) {
  uint8_t prefix[8];
  if (size < 8 || !mlc_read_exactly(file, prefix, 8, 0))
    return mlc_fail(model, MLC_INVALID_FILE,
                    "%s is not a safetensors file: it is shorter than 8 bytes", path);
  uint64_t bytes = 0;
  for (int i = 7; i >= 0; --i)
    bytes = bytes << 8 | prefix[i];
  if (bytes > kMaxHeaderBytes || bytes > size - 8)
    return mlc_fail(model, MLC_INVALID_FILE,
                    "%s is not a safetensors file, or truncated: its header should have %llu bytes",
                    path, (unsigned long long)bytes);
  mlc_status status = read_text(model, path, file, 8, bytes, header);
  if (status != MLC_OK)
    return status;
  header->data_begin = 8 + bytes;
  header->data_bytes = size - header->data_begin;
  const char *problem = mlc_parse_header(header, bytes);
  return problem ? mlc_fail(model, MLC_INVALID_FILE, "%s is not a valid safetensors file: %s", path,
                            problem)
                 : MLC_OK;
}

/* Opens a file and reads its header by `read`. */
static mlc_status open_header(mlc_model *model, const char *path, mlc_file_header *header,
                              int *file, header_reader read) {
  memset(header, 0, sizeof *header);
  if (!path)
    return mlc_fail(model, MLC_INVALID_ARGUMENT, "the path is null");
  int opened = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (opened < 0)
    return mlc_fail(model, MLC_IO_ERROR, "%s could not be opened: %m", path);
  struct stat info;
  mlc_status status = MLC_OK;
  if (fstat(opened, &info) != 0 || !S_ISREG(info.st_mode))
    status = mlc_fail(model, MLC_IO_ERROR, "%s is not a regular file", path);
  else
    status = read(model, path, opened, (uint64_t)info.st_size, header);
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

static bool ends_with(const char *text, const char *end) {
  size_t length = strlen(text), endLength = strlen(end);
  return length >= endLength && strcmp(text + length - endLength, end) == 0;
}

mlc_status mlc_read_header(mlc_model *model, const char *path, mlc_file_header *header, int *file) {
  bool isNpz = path && ends_with(path, ".npz");
  return open_header(model, path, header, file, isNpz ? mlc_read_npz : read_safetensors);
}

void mlc_close_files(mlc_weight_files *files) {
  for (size_t i = 0; i < files->count; ++i) {
    close(files->parts[i].file);
    mlc_free_header(&files->parts[i].header);
  }
  free(files->parts);
  memset(files, 0, sizeof *files);
}

/* {"metadata": ..., "weight_map": {"name": "file", ...}}: the map becomes the header's metadata. */
static mlc_status read_index(mlc_model *model, const char *path, int file, uint64_t size,
                             mlc_file_header *header) {
  if (size > kMaxHeaderBytes)
    return mlc_fail(model, MLC_INVALID_FILE, "%s is too long to be the index of shards", path);
  mlc_status status = read_text(model, path, file, 0, size, header);
  const char *problem = status == MLC_OK ? mlc_parse_index(header, size) : NULL;
  return problem
             ? mlc_fail(model, MLC_INVALID_FILE, "%s is not the index of shards: %s", path, problem)
             : status;
}

/* Opens the shard of a name beside the index, if none before was of that name. `names`: of those
 * that are open. */
static mlc_status open_shard(mlc_model *model, const char *index, const char *name,
                             const char **names, mlc_weight_files *files, size_t *part) {
  for (*part = 0; *part < files->count; ++*part)
    if (strcmp(names[*part], name) == 0)
      return MLC_OK;
  if (strchr(name, '/') || !name[0])
    return mlc_fail(model, MLC_INVALID_FILE, "%s names a shard \"%.128s\" that is not beside it",
                    index, name);
  const char *slash = strrchr(index, '/');
  int folder = slash ? (int)(slash - index) + 1 : 0;
  char *path;
  if (asprintf(&path, "%.*s%s", folder, index, name) < 0)
    return mlc_fail(model, MLC_OUT_OF_MEMORY, "%s: memory ran out", index);
  mlc_file_part *opened = &files->parts[files->count];
  mlc_status status = open_header(model, path, &opened->header, &opened->file, read_safetensors);
  free(path);
  if (status == MLC_OK)
    names[files->count++] = name;
  return status;
}

/* Every tensor is in the shard that the index says, and there is no other. */
static mlc_status open_shards(mlc_model *model, const char *path, const mlc_file_header *index,
                              const char **names, mlc_weight_files *files) {
  size_t part, tensors = 0;
  for (size_t i = 0; i < index->metadata_count; ++i) {
    const mlc_file_pair *entry = &index->metadata[i];
    mlc_status status = open_shard(model, path, entry->value, names, files, &part);
    if (status != MLC_OK)
      return status;
    if (!mlc_find_tensor(&files->parts[part].header, entry->key))
      return mlc_fail(model, MLC_INVALID_FILE, "%s: shard %.128s has no tensor %.128s", path,
                      entry->value, entry->key);
  }
  for (size_t i = 0; i < files->count; ++i)
    tensors += files->parts[i].header.tensor_count;
  if (tensors != index->metadata_count)
    return mlc_fail(model, MLC_INVALID_FILE, "%s: its shards have tensors that it does not name",
                    path);
  return MLC_OK;
}

mlc_status mlc_open_files(mlc_model *model, const char *path, mlc_weight_files *files) {
  mlc_file_header index = {0};
  bool isIndex = path && ends_with(path, ".json");
  memset(files, 0, sizeof *files);
  mlc_status status = isIndex ? open_header(model, path, &index, NULL, read_index) : MLC_OK;
  if (status != MLC_OK)
    return status;
  const char **names = calloc(index.metadata_count + 1, sizeof *names);
  files->parts = calloc(index.metadata_count + 1, sizeof *files->parts);
  if (!names || !files->parts)
    status = mlc_fail(model, MLC_OUT_OF_MEMORY, "%s: memory ran out", path ? path : "(null)");
  else if (isIndex)
    status = open_shards(model, path, &index, names, files);
  else
    status = mlc_read_header(model, path, &files->parts[0].header, &files->parts[0].file);
  files->count += status == MLC_OK && !isIndex;
  free(names);
  mlc_free_header(&index);
  if (status != MLC_OK)
    mlc_close_files(files);
  return status;
}
