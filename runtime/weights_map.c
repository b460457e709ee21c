/* Weights beside the library: a file that the compiler wrote, mapped. */
#define _GNU_SOURCE
#include "internal.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

/* The path of the file in the folder of the library, or program, that the descriptor is in; null if
 * memory ran out. */
static char *weights_path(const mlc_model_descriptor *descriptor) {
  Dl_info info;
  bool found = dladdr(descriptor, &info) && info.dli_fname;
  const char *slash = found ? strrchr(info.dli_fname, '/') : NULL;
  int folder = slash ? (int)(slash - info.dli_fname) + 1 : 0;
  char *path;
  int length =
      asprintf(&path, "%.*s%s", folder, slash ? info.dli_fname : "", descriptor->weights_file);
  return length < 0 ? NULL : path;
}

static mlc_status map_open_file(const mlc_model_descriptor *descriptor, int file, const char *path,
                                mlc_shared *shared) {
  struct stat info;
  size_t bytes = (size_t)descriptor->weights_bytes, idBytes = strlen(descriptor->weights_id);
  if (fstat(file, &info) != 0 || !S_ISREG(info.st_mode))
    return mlc_fail(NULL, MLC_IO_ERROR, "%s is not a regular file", path);
  if ((uint64_t)info.st_size != bytes)
    return mlc_fail(NULL, MLC_INVALID_FILE, "%s has %lld bytes, but the weights of %s have %zu",
                    path, (long long)info.st_size, descriptor->name, bytes);
  void *base = mmap(NULL, bytes, PROT_READ, MAP_PRIVATE, file, 0);
  if (base == MAP_FAILED)
    return mlc_fail(NULL, MLC_IO_ERROR, "%s could not be mapped: %m", path);
  shared->weights = (mlc_block){base, bytes};
  if (memcmp(base, descriptor->weights_id, idBytes) != 0)
    return mlc_fail(NULL, MLC_INVALID_FILE,
                    "%s has the weights of another model: compile %s with --weights-file again",
                    path, descriptor->name);
  return MLC_OK;
}

mlc_status mlc_map_weights(const mlc_model_descriptor *descriptor, mlc_shared *shared) {
  if (!descriptor->weights_file)
    return MLC_OK;
  char *path = weights_path(descriptor);
  if (!path)
    return mlc_fail(NULL, MLC_OUT_OF_MEMORY, "%s: memory ran out", descriptor->name);
  mlc_status status = MLC_OK;
  int file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (file < 0)
    status =
        mlc_fail(NULL, MLC_IO_ERROR,
                 "%s, the weights of %s that belong beside its library, could not be opened: %m",
                 path, descriptor->name);
  else
    status = map_open_file(descriptor, file, path, shared);
  if (file >= 0)
    close(file);
  free(path);
  return status;
}
