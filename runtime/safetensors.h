/* The header of a safetensors file (https://huggingface.co/docs/safetensors, version 0.4): 8 bytes
 * of length, JSON, then the tensors' bytes without gaps. And what a model makes of such a file: its
 * state. Of the runtime and of the compiler, which embeds weights. */
#ifndef MLC_RUNTIME_SAFETENSORS_H
#define MLC_RUNTIME_SAFETENSORS_H

#include "model.h"

#include <stdbool.h>

#ifdef __cplusplus
extern "C" {
#endif

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
/* Sorts both lists by name; null, or a sentence where one has a name twice. */
const char *mlc_sort_header(mlc_file_header *header);
/* The same for the index of shards, whose weight_map becomes the metadata. */
const char *mlc_parse_index(mlc_file_header *header, size_t bytes);
/* The bytes of the UTF-8 character at `text`, 1 to 4; 0 where it is none or `end` cuts it. */
size_t mlc_utf8_length(const char *text, const char *end);

/* Opens the file and reads its header; on failure nothing stays open. `file` may be null: closed
 * again. */
mlc_status mlc_read_header(mlc_model *model, const char *path, mlc_file_header *header, int *file);
void mlc_free_header(mlc_file_header *header);
/* All of the bytes, or false and errno. */
bool mlc_read_exactly(int file, void *data, size_t bytes, uint64_t offset);
/* npz.c: the tensors of an open archive of .npy files, as if they were safetensors. */
mlc_status mlc_read_npz(mlc_model *model, const char *path, int file, uint64_t size,
                        mlc_file_header *header);
const mlc_file_tensor *mlc_find_tensor(const mlc_file_header *header, const char *name);
const char *mlc_find_metadata(const mlc_file_header *header, const char *key);

typedef struct mlc_file_part {
  mlc_file_header header;
  int file;
} mlc_file_part;

/* One file, or the shards of an index. */
typedef struct mlc_weight_files {
  mlc_file_part *parts;
  size_t count;
} mlc_weight_files;

/* Opens a .safetensors, an index of shards (.json) or an .npz, and checks all but whose tensors
 * they are; on failure nothing stays open. */
mlc_status mlc_open_files(mlc_model *model, const char *path, mlc_weight_files *files);
void mlc_close_files(mlc_weight_files *files);

/* One tensor of the state as it is saved: a member, or its part of an optimizer slot. */
typedef struct mlc_saved {
  const char *key;
  bool is_slot;
  int32_t step; /* of a slot: the index of the storage that counts its entry's steps; else -1 */
  const mlc_member *member;
  int32_t dtype;
  int32_t storage; /* where it is: the storage, and the place of its first byte in it */
  int64_t offset;
  size_t bytes, element_bytes;
} mlc_saved;

/* Every saved tensor, members first, then slots; null if memory ran out. The caller frees the list.
 */
mlc_saved *mlc_list_saved(const mlc_model_descriptor *descriptor, size_t *count);
bool mlc_is_hyperparameter(const mlc_storage *storage);

/* A file that fits the model: nothing of it has been refused. */
typedef struct mlc_state_file {
  mlc_model *model; /* whose error is set; null: the thread's */
  const mlc_model_descriptor *descriptor;
  const char *path;
  mlc_weight_files files;
  mlc_saved *saved; /* as mlc_list_saved */
  size_t count;
  size_t converted; /* tensors of another float dtype in the file than in the model */
  bool has_slots;   /* of some training entry */
  bool has_seed;
  uint64_t seed;
} mlc_state_file;

/* Opens a file and checks all of it but the tensors' bytes; on failure nothing is left to close. */
mlc_status mlc_open_state(mlc_state_file *state, mlc_model *model,
                          const mlc_model_descriptor *descriptor, const char *path);
/* Reads elements [first, first + count) of the tensor of `saved[index]` to `data`, in the model's
 * dtype, and leaves `data` alone if it is a slot that the file has not. */
mlc_status mlc_read_saved(const mlc_state_file *state, size_t index, uint64_t first, uint64_t count,
                          void *data);
/* Whether a file has the tensor of `saved[index]` byte for byte as the model keeps it, and where.
 */
bool mlc_find_bytes(const mlc_state_file *state, size_t index, int *file, uint64_t *offset);
/* file_pages.c: how far a storage should lie behind `place`, less than a page, so that most of its
 * bytes can be mapped. */
size_t mlc_choose_shift(const mlc_state_file *state, int32_t storage, const void *place);
/* Maps the pages that are the tensor's of `saved[index]` alone, if it can be mapped to `to`: its
 * bytes [first, last), both its length where nothing is mapped. What is left is to be read. */
mlc_status mlc_map_pages(const mlc_state_file *state, size_t index, uint8_t *to, size_t *first,
                         size_t *last);
/* The file's count of steps under a key; 0 where it is not in the file. */
int64_t mlc_state_step(const mlc_state_file *state, const char *key);
/* The file's value of a hyperparameter, as it is kept; false where it is not in the file. */
bool mlc_state_hyperparameter(const mlc_state_file *state, int32_t storage, double *value);
void mlc_close_state(mlc_state_file *state);

#ifdef __cplusplus
}
#endif
#endif
