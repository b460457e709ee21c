/* The header of a safetensors file (https://huggingface.co/docs/safetensors, version 0.4): 8 bytes
 * of length, JSON, then the tensors' bytes without gaps. */
#ifndef MLC_RUNTIME_SAFETENSORS_H
#define MLC_RUNTIME_SAFETENSORS_H

#include "internal.h"

enum { kMaxHeaderBytes = 100000000 };

typedef struct mlc_file_tensor {
  const char *name;
  const char *dtype; /* as in the file: "F32" */
  int32_t rank;
  uint32_t first_size; /* index into `sizes` */
  uint64_t begin, end; /* relative to the data */
} mlc_file_tensor;

typedef struct mlc_file_pair {
  const char *key, *value;
} mlc_file_pair;

/* A parsed header. Strings point into `text`; both lists are sorted by name. */
typedef struct mlc_file_header {
  char *text;
  uint64_t data_begin, data_bytes;
  mlc_file_tensor *tensors;
  size_t tensor_count, tensor_capacity;
  int64_t *sizes;
  size_t size_count, size_capacity;
  mlc_file_pair *metadata;
  size_t metadata_count, metadata_capacity;
} mlc_file_header;

/* Parses the JSON text (`bytes` long, followed by one writable byte). Returns null, or a sentence
 * about what is wrong. */
const char *mlc_parse_header(mlc_file_header *header, size_t bytes);

/* Opens the file and reads its header; on failure nothing stays open. `file` may be null: closed
 * again. */
mlc_status mlc_read_header(mlc_model *model, const char *path, mlc_file_header *header, int *file);
void mlc_free_header(mlc_file_header *header);
const mlc_file_tensor *mlc_find_tensor(const mlc_file_header *header, const char *name);
const char *mlc_find_metadata(const mlc_file_header *header, const char *key);

/* One tensor of the state as it is saved: a member, or its part of an optimizer slot. */
typedef struct mlc_saved {
  const char *slot; /* null: the member itself */
  const mlc_member *member;
  int32_t dtype;
  void *data;
  size_t bytes;
} mlc_saved;

/* Every saved tensor, members first, then slots; null if memory ran out. The caller frees it. */
mlc_saved *mlc_list_saved(const mlc_model *model, size_t *count);
/* The key of a saved tensor, in `text` where a slot's name must be joined. */
const char *mlc_saved_key(const mlc_saved *saved, char *text, size_t size);
bool mlc_is_hyperparameter(const mlc_storage *storage);

#endif
