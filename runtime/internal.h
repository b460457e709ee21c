/* What the files of the runtime share. Everything here is hidden in the finished library. */
#ifndef MLC_RUNTIME_INTERNAL_H
#define MLC_RUNTIME_INTERNAL_H

#include "model.h"
#include "pool.h"
#include "safetensors.h"

#include <stdatomic.h>
#include <stdbool.h>

enum {
  kAlignment = 64,
  kErrorBytes = 512,
  kMaxThreads = 1024,
  kMaxRank = 32,
  kMostPageBytes = 1 << 16, /* of any system that this runs on */
  kMappedBytes = 1 << 20    /* of a storage that is mapped from a file rather than read */
};

/* The bytes of one input or result of a call, by its number: inputs first, then results. */
typedef struct mlc_range {
  uintptr_t begin, end;
  int32_t number;
} mlc_range;

/* Bytes of a workspace: without the scratch of the workers, of one of them, and with it. */
typedef struct mlc_workspace_size {
  size_t arena, scratch, total;
} mlc_workspace_size;

/* What the last checked call of an entry found out from its dims: a call with the same ones need
 * not again. */
typedef struct mlc_checked {
  bool valid;
  mlc_workspace_size size;
  int64_t *dims;
  uintptr_t *bytes; /* of inputs, then results */
} mlc_checked;

/* One block for the storages that handles share, or for those that are each handle's own. Pages of
 * it take memory once they are written. */
typedef struct mlc_block {
  uint8_t *base;
  size_t bytes;
} mlc_block;

/* What handles that share have in common: parameters, slots and packed copies. Changed only while
 * there is one handle. */
typedef struct mlc_shared {
  atomic_int handles;
  mlc_block block;
  mlc_block weights;      /* the weights file, mapped, if the model has one */
  bool slots_are_zero;    /* no training call has written them yet */
  bool packed_is_current; /* false once parameters have changed */
} mlc_shared;

struct mlc_model {
  const mlc_model_descriptor *descriptor; /* first: generated functions know their handles by it */
  atomic_flag busy;
  uint32_t caller_floats; /* the rounding of the thread inside a call, as it came */
  mlc_pool *pool;
  int threads, spin_microseconds;
  mlc_shared *shared;
  mlc_block state;  /* every other storage but the constants */
  bool owns_states; /* none is read in place */
  bool is_filled;   /* members without data have had their initial values, or a file's */
  void **storages;  /* by index; what the library holds until it is changed included */
  uint8_t *workspace;
  size_t workspace_bytes;
  bool owns_workspace;
  const void **call_inputs; /* room for the pointers of one call over the table */
  void **call_results;
  int64_t *call_dims;
  mlc_range *call_ranges; /* of any call, one for every input and result */
  mlc_checked *checked;   /* by entry */
  int64_t step;           /* of a file that a model without training has loaded */
  uint64_t seed;
  void (*log)(void *context, const char *message);
  void *log_context;
  char error[kErrorBytes];
};

/* error.c: records the sentence and returns `status`. A null model: the text of the calling thread.
 */
__attribute__((format(printf, 3, 4))) mlc_status mlc_fail(mlc_model *model, mlc_status status,
                                                          const char *format, ...);
/* Claims the handle for one call and gives its thread the default rounding; MLC_BUSY, noted for the
 * calling thread alone, where another call runs. */
mlc_status mlc_claim(mlc_model *model);
/* The same for calls that read parameters or states, or change some of them: they have their
 * initial values then. */
mlc_status mlc_enter(mlc_model *model);
mlc_status mlc_leave(mlc_model *model, mlc_status status);
__attribute__((format(printf, 2, 3))) void mlc_log(const mlc_model *model, const char *format, ...);

/* types.c */
static inline int64_t mlc_dtype_bytes(int32_t dtype) {           /* 0: unknown */
  static const int8_t kBytes[] = {4, 8, 2, 2, 1, 1, 4, 8, 1, 4}; /* in the order of mlc_dtype */
  return dtype >= 0 && dtype < (int32_t)sizeof kBytes ? kBytes[dtype] : 0;
}
const char *mlc_dtype_name(int32_t dtype);
const char *mlc_dtype_file_name(int32_t dtype); /* as safetensors writes it: "F32" */
/* The elements of a shape, or -1 where a size is negative or the product of those that are not
 * 0 exceeds 2^44. */
int64_t mlc_element_count(const int64_t *shape, int32_t rank);
int64_t mlc_member_bytes(const mlc_member *member);
/* Writes "[2, ?, 3]" into `text` and returns it. */
const char *mlc_shape_text(const int64_t *shape, int32_t rank, char *text, size_t size);
/* Whether numbers of one dtype are read as the other's: all floats as any float. */
bool mlc_converts(int32_t from, int32_t to);
/* Converts numbers of one float dtype to another, rounded to nearest even; false where a finite one
 * is beyond the other's range. */
bool mlc_convert(const void *from, int32_t from_dtype, void *to, int32_t to_dtype, size_t count);
int32_t mlc_dtype_of_file_name(const char *name); /* -1: unknown */
/* Stores `value` as element `index` of a buffer, rounded to nearest even. */
void mlc_store(void *buffer, int64_t index, int32_t dtype, double value);
/* Whether every byte is 0 or 1, as i1 is kept. */
bool mlc_are_truths(const void *data, size_t bytes);
double mlc_load_scalar(const void *buffer, int32_t dtype);
/* The largest number of the float dtype below a finite value. */
double mlc_largest_below(double value, int32_t dtype);

/* parameters.c: the value as a hyperparameter keeps it, in `kept`; null, or what it must be. */
const char *mlc_check_hyperparameter(const mlc_storage *storage, double value, double *kept,
                                     char *text, size_t size);

/* cpu.c: the first feature of the list that this machine lacks, or null. */
const char *mlc_missing_cpu_feature(const char *const *features);
/* Asks the system for what features need of it: the registers of AMX are saved only in processes
 * that have asked. The first feature that is refused, or null; for all threads of the process. */
const char *mlc_refused_cpu_feature(const char *const *features);

/* initialize.c: sets a member to what its initialiser says, on the pool's threads where there is
 * one; false if memory ran out. */
bool mlc_initialize(const mlc_member *member, void *data, uint64_t seed, mlc_pool *pool);

/* storages.c: allocates both blocks and points every storage into them, or at the library's data.
 * On failure what was allocated is left in the blocks. */
bool mlc_place_storages(const mlc_model_descriptor *descriptor, const mlc_block *weights,
                        mlc_block *shared, mlc_block *state, void **storages);
/* Where the data of a storage are that is read in place, or null. */
static inline const void *mlc_storage_data(const mlc_model_descriptor *descriptor,
                                           const mlc_block *weights, int32_t storage) {
  const mlc_storage *found = &descriptor->storages[storage];
  return found->data || found->place < 0 ? found->data : weights->base + found->place;
}
/* weights_map.c: maps the weights file, if the model has one. */
mlc_status mlc_map_weights(const mlc_model_descriptor *descriptor, mlc_shared *shared);
bool mlc_is_shared(const mlc_storage *storage);
static inline bool mlc_takes_pages(const mlc_storage *storage) {
  return storage->bytes >= kMappedBytes;
}
/* The bytes of every storage but the constants. */
size_t mlc_state_bytes(const mlc_model_descriptor *descriptor);
void mlc_free_block(mlc_block *block);
/* Where the handle keeps a storage once it is no longer read in place. */
void *mlc_own_place(const mlc_model_descriptor *descriptor, const mlc_block *shared,
                    const mlc_block *state, int32_t storage);
/* Whether there is memory for what the first training call writes. */
bool mlc_can_write_slots(const mlc_model *model);
/* Copies storages of a kind that are read in place to where they may be changed. */
void mlc_own_storages(mlc_model *model, int32_t kind);
/* Whether the library has every packed copy of its weights. */
bool mlc_has_packed_data(const mlc_model *model);
/* Zeroes a storage by all threads of the model. */
void mlc_zero_storage(mlc_model *model, int32_t storage);
/* Refuses to change parameters that other handles read. */
mlc_status mlc_check_sole(mlc_model *model, const char *what);

/* model.c: gives the members that the library has no data of their initial values, of model->seed.
 */
mlc_status mlc_fill_members(mlc_model *model);
int32_t mlc_find_entry(const mlc_model *model, const char *name); /* -1: none */
/* Sets the seed, and the counts of steps to those of the file; without a file to 0. */
void mlc_write_counts(mlc_model *model, const mlc_state_file *state, uint64_t seed);
int64_t mlc_read_count(const mlc_model *model, int32_t storage); /* of one training entry */
int64_t mlc_read_step(const mlc_model *model); /* of all training entries together */
void *mlc_member_data(const mlc_model *model, const mlc_member *member);

/* call.c: writes the packed storages, if there are any, where parameters have changed since. */
mlc_status mlc_refresh_packed(mlc_model *model);
/* As mlc_rt_call, on a handle already claimed. */
mlc_status mlc_call_claimed(mlc_model *model, int32_t entry, const void *const *inputs,
                            const int64_t *dims, void *const *results);
/* The name of a free dimension for a sentence: "batch", or "dimension 1" where it has none. */
const char *mlc_dim_text(const mlc_entry_info *info, int32_t dim, char *text, size_t size);
mlc_status mlc_check_dims(mlc_model *model, const mlc_entry *entry, const int64_t *dims);

/* pointers.c: refuses pointers that are null or not aligned, and results that overlap anything.
 * `bytes`: of inputs, then results. */
mlc_status mlc_check_pointers(mlc_model *model, const mlc_entry *entry, const uintptr_t *bytes,
                              const void *const *inputs, void *const *results);

#endif
