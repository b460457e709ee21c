/* Large tensors of a file are mapped where they are wanted, page by page, instead of being read: a
 * load then costs as much as it has tensors, and a page costs when it is first looked at. Changes
 * stay the handle's own (MAP_PRIVATE). The file must not be changed in place meanwhile; a save, as
 * any writer that renames, leaves the old one to whoever has it. */
#define _GNU_SOURCE
#include "internal.h"
#include "safetensors.h"

#include <sys/mman.h>
#include <unistd.h>

enum { kMostShifts = kMostPageBytes / kAlignment };

static size_t page_bytes(void) {
  long bytes = sysconf(_SC_PAGESIZE);
  return bytes > 0 ? (size_t)bytes : kMostPageBytes + 1;
}

size_t mlc_choose_shift(const mlc_state_file *state, int32_t storage, const void *place) {
  const mlc_storage *found = &state->descriptor->storages[storage];
  size_t page = page_bytes(), most = 0, shift = 0;
  uint64_t bytes[kMostShifts] = {0}, offset;
  int file;
  if (!mlc_takes_pages(found) || page > kMostPageBytes)
    return 0;
  for (size_t i = 0; i < state->count; ++i) {
    const mlc_saved *saved = &state->saved[i];
    if (saved->storage != storage || !mlc_find_bytes(state, i, &file, &offset))
      continue;
    size_t wanted = (size_t)(offset - (uint64_t)saved->offset - (uintptr_t)place) % page;
    if (wanted % kAlignment == 0)
      bytes[wanted / kAlignment] += saved->bytes;
  }
  for (size_t i = 0; i < page / kAlignment; ++i)
    if (bytes[i] > most) {
      most = bytes[i];
      shift = i * kAlignment;
    }
  return shift;
}

mlc_status mlc_map_pages(const mlc_state_file *state, size_t index, uint8_t *to, size_t *first,
                         size_t *last) {
  const mlc_saved *saved = &state->saved[index];
  size_t page = page_bytes();
  uint64_t offset;
  int file;
  *first = *last = saved->bytes;
  if (!mlc_takes_pages(&state->descriptor->storages[saved->storage]) || page > kMostPageBytes ||
      !mlc_find_bytes(state, index, &file, &offset) || (offset - (uintptr_t)to) % page != 0)
    return MLC_OK;
  size_t begin = (page - (uintptr_t)to % page) % page;
  size_t end = saved->bytes - (size_t)((uintptr_t)to + saved->bytes) % page;
  if (saved->bytes < begin + page || end <= begin)
    return MLC_OK;
  const int access = PROT_READ | PROT_WRITE;
  if (mmap(to + begin, end - begin, access, MAP_PRIVATE | MAP_FIXED | MAP_NORESERVE, file,
           (off_t)(offset + begin)) != MAP_FAILED) {
    *first = begin;
    *last = end;
    return MLC_OK;
  }
  /* A file system without maps: what was there may be gone. */
  if (mmap(to + begin, end - begin, access, MAP_PRIVATE | MAP_FIXED | MAP_ANONYMOUS | MAP_NORESERVE,
           -1, 0) != MAP_FAILED)
    return MLC_OK;
  return mlc_fail(state->model, MLC_OUT_OF_MEMORY, "%s: tensor %s could not be mapped: %m",
                  state->path, saved->key);
}
