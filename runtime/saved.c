/* Which tensors a model saves, and under which keys. */
#include "internal.h"
#include "safetensors.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool mlc_is_hyperparameter(const mlc_storage *storage) {
  return storage->kind == MLC_STORAGE_HYPERPARAMETER;
}

static bool is_slot_of(const mlc_storage *storage, const mlc_member *member) {
  return storage->kind == MLC_STORAGE_SLOT && storage->parameter_storage == member->storage;
}

static mlc_saved saved_member(const mlc_member *member) {
  return (mlc_saved){.key = member->info->name,
                     .step = -1,
                     .member = member,
                     .dtype = member->info->dtype,
                     .storage = member->storage,
                     .offset = member->byte_offset,
                     .bytes = (size_t)mlc_member_bytes(member),
                     .element_bytes = (size_t)mlc_dtype_bytes(member->info->dtype)};
}

/* A slot is laid out like its parameters, element by element, whatever its dtype. */
static mlc_saved saved_slot(const mlc_model_descriptor *descriptor, int32_t storage,
                            const mlc_member *member, char *key) {
  const mlc_storage *slot = &descriptor->storages[storage];
  int64_t size = mlc_dtype_bytes(slot->dtype), memberSize = mlc_dtype_bytes(member->info->dtype);
  sprintf(key, "%s/%s", slot->name, member->info->name);
  return (mlc_saved){.key = key,
                     .is_slot = true,
                     .step = slot->step,
                     .member = member,
                     .dtype = slot->dtype,
                     .storage = storage,
                     .offset = member->byte_offset / memberSize * size,
                     .bytes = (size_t)(mlc_member_bytes(member) / memberSize * size),
                     .element_bytes = (size_t)size};
}

mlc_saved *mlc_list_saved(const mlc_model_descriptor *descriptor, size_t *count) {
  const mlc_member *members = descriptor->members;
  size_t total = (size_t)descriptor->member_count, keys = 0;
  for (int32_t s = 0; s < descriptor->storage_count; ++s)
    for (int32_t i = 0; i < descriptor->member_count; ++i)
      if (is_slot_of(&descriptor->storages[s], &members[i])) {
        ++total;
        keys += strlen(descriptor->storages[s].name) + strlen(members[i].info->name) + 2;
      }
  mlc_saved *list = malloc((total + 1) * sizeof *list + keys);
  if (!list)
    return NULL;
  char *key = (char *)(list + total + 1); /* the joined keys are in the same piece of memory */
  *count = 0;
  for (int32_t i = 0; i < descriptor->member_count; ++i)
    if (!members[i].is_transient)
      list[(*count)++] = saved_member(&members[i]);
  for (int32_t s = 0; s < descriptor->storage_count; ++s)
    for (int32_t i = 0; i < descriptor->member_count; ++i)
      if (is_slot_of(&descriptor->storages[s], &members[i])) {
        list[(*count)++] = saved_slot(descriptor, s, &members[i], key);
        key += strlen(key) + 1;
      }
  return list;
}
