/* The memory of a handle's storages: one block for what handles share, one for what is each one's
 * own. Address space is reserved for all of it; memory is taken by what is written. */
#define _GNU_SOURCE
#include "internal.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

enum { kPieceBytes = 4096, kSmallBytes = 1 << 16 };

static size_t padded(int64_t bytes) {
  return ((size_t)bytes + kAlignment - 1) / kAlignment * kAlignment;
}

bool mlc_is_shared(const mlc_storage *storage) {
  return storage->kind == MLC_STORAGE_PARAMETER || storage->kind == MLC_STORAGE_SLOT ||
         storage->kind == MLC_STORAGE_PACKED;
}

/* Small blocks of zeros from the heap; of large ones, pages that are zeros until they are written.
 */
static bool allocate_block(mlc_block *block, size_t bytes) {
  size_t whole = bytes + kAlignment; /* no block is empty */
  block->bytes = bytes;
  if (bytes <= kSmallBytes) {
    block->base = aligned_alloc(kAlignment, whole);
    if (block->base)
      memset(block->base, 0, whole);
  } else {
    block->base = mmap(NULL, whole, PROT_READ | PROT_WRITE,
                       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (block->base == MAP_FAILED)
      block->base = NULL;
  }
  return block->base != NULL;
}

/* Whether the system would give so much memory: a reservation of address space alone says nothing
 * of it. */
static bool is_available(size_t bytes) {
  if (bytes <= kSmallBytes)
    return true;
  void *probe = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  return probe != MAP_FAILED && munmap(probe, bytes) == 0;
}

void mlc_free_block(mlc_block *block) {
  if (block->base && block->bytes > kSmallBytes)
    munmap(block->base, block->bytes + kAlignment);
  else
    free(block->base);
  *block = (mlc_block){0};
}

static bool is_in_block(const mlc_storage *storage, bool shared) {
  return storage->kind != MLC_STORAGE_CONSTANT && mlc_is_shared(storage) == shared;
}

/* Where storages of one block follow each other: the bytes before storage `index`. A large one has
 * room to lie anywhere in its first page, so that pages of a file can take its place. */
static size_t offset_in_block(const mlc_model_descriptor *descriptor, bool shared, int32_t index) {
  size_t offset = 0;
  for (int32_t i = 0; i < index; ++i)
    if (is_in_block(&descriptor->storages[i], shared))
      offset += padded(descriptor->storages[i].bytes) +
                (mlc_takes_pages(&descriptor->storages[i]) ? kMostPageBytes : 0);
  return offset;
}

size_t mlc_state_bytes(const mlc_model_descriptor *descriptor) {
  size_t bytes = 0;
  for (int32_t i = 0; i < descriptor->storage_count; ++i)
    if (descriptor->storages[i].kind != MLC_STORAGE_CONSTANT)
      bytes += padded(descriptor->storages[i].bytes);
  return bytes;
}

/* What create writes: not what is read in place, nor slots and packed copies. */
static size_t written_bytes(const mlc_model_descriptor *descriptor, const mlc_block *weights) {
  size_t bytes = 0;
  for (int32_t i = 0; i < descriptor->storage_count; ++i) {
    int32_t kind = descriptor->storages[i].kind;
    if (kind != MLC_STORAGE_SLOT && kind != MLC_STORAGE_PACKED &&
        !mlc_storage_data(descriptor, weights, i))
      bytes += padded(descriptor->storages[i].bytes);
  }
  return bytes;
}

bool mlc_place_storages(const mlc_model_descriptor *descriptor, const mlc_block *weights,
                        mlc_block *shared, mlc_block *state, void **storages) {
  int32_t count = descriptor->storage_count;
  if (!allocate_block(state, offset_in_block(descriptor, false, count)) ||
      (shared && !allocate_block(shared, offset_in_block(descriptor, true, count))))
    return false;
  if (shared && !is_available(written_bytes(descriptor, weights)))
    return false;
  const mlc_block none = {0};
  for (int32_t i = 0; i < count; ++i) {
    const void *data = mlc_storage_data(descriptor, weights, i);
    bool isPlaced = shared || !mlc_is_shared(&descriptor->storages[i]);
    storages[i] = data       ? (void *)(uintptr_t)data
                  : isPlaced ? mlc_own_place(descriptor, shared ? shared : &none, state, i)
                             : NULL;
  }
  return true;
}

void *mlc_own_place(const mlc_model_descriptor *descriptor, const mlc_block *shared,
                    const mlc_block *state, int32_t index) {
  bool isShared = mlc_is_shared(&descriptor->storages[index]);
  return (isShared ? shared : state)->base + offset_in_block(descriptor, isShared, index);
}

/* A storage in pieces that the pool shares out as it does the tiles of kernels over flat storages,
 * so that pages are in the memory of the node whose thread will work on them (the workspace is
 * first written by the kernels themselves). Arguments: to, from or null for zeros, bytes. */
static void fill_pieces(const void *const *arguments, int64_t begin, int64_t end, void *scratch) {
  (void)scratch;
  uint8_t *to = (uint8_t *)(uintptr_t)arguments[0];
  const uint8_t *from = arguments[1];
  size_t bytes = *(const size_t *)arguments[2];
  size_t low = (size_t)begin * kPieceBytes, high = (size_t)end * kPieceBytes;
  high = high < bytes ? high : bytes;
  if (from)
    memcpy(to + low, from + low, high - low);
  else
    memset(to + low, 0, high - low);
}

static void fill_storage(mlc_model *model, void *to, const void *from, size_t bytes) {
  const void *arguments[] = {to, from, &bytes};
  int64_t pieces = (int64_t)((bytes + kPieceBytes - 1) / kPieceBytes);
  mlc_pool_run(model->pool, fill_pieces, arguments, pieces, (int64_t)(bytes / sizeof(float)));
}

bool mlc_has_packed_data(const mlc_model *model) {
  const mlc_model_descriptor *descriptor = model->descriptor;
  for (int32_t i = 0; i < descriptor->storage_count; ++i)
    if (descriptor->storages[i].kind == MLC_STORAGE_PACKED &&
        !mlc_storage_data(descriptor, &model->shared->weights, i))
      return false;
  return true;
}

void mlc_zero_storage(mlc_model *model, int32_t index) {
  fill_storage(model, model->storages[index], NULL,
               (size_t)model->descriptor->storages[index].bytes);
}

bool mlc_can_write_slots(const mlc_model *model) {
  const mlc_model_descriptor *descriptor = model->descriptor;
  size_t bytes = 0;
  for (int32_t i = 0; i < descriptor->storage_count; ++i) {
    int32_t kind = descriptor->storages[i].kind;
    const void *data = mlc_storage_data(descriptor, &model->shared->weights, i);
    if (kind == MLC_STORAGE_SLOT ||
        (kind == MLC_STORAGE_PARAMETER && data && model->storages[i] == data))
      bytes += padded(descriptor->storages[i].bytes);
  }
  return is_available(bytes);
}

void mlc_own_storages(mlc_model *model, int32_t kind) {
  for (int32_t i = 0; i < model->descriptor->storage_count; ++i) {
    const mlc_storage *storage = &model->descriptor->storages[i];
    const void *data = mlc_storage_data(model->descriptor, &model->shared->weights, i);
    if (storage->kind != kind || model->storages[i] != data)
      continue;
    model->storages[i] = mlc_own_place(model->descriptor, &model->shared->block, &model->state, i);
    fill_storage(model, model->storages[i], data, (size_t)storage->bytes);
  }
}

mlc_status mlc_check_sole(mlc_model *model, const char *what) {
  int others = atomic_load(&model->shared->handles) - 1;
  if (!others)
    return MLC_OK;
  return mlc_fail(model, MLC_INVALID_ARGUMENT,
                  "%s changes parameters that %d other handle%s: destroy %s first", what, others,
                  others == 1 ? " reads" : "s read", others == 1 ? "it" : "them");
}
