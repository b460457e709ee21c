/* The contract between generated code and the runtime: not installed, not seen by users.
 *
 * The compiler emits one constant `mlc_model_descriptor` and, per entry, two functions. The runtime
 * does the rest. compiler/HostProgram builds these structs as LLVM constants: change both together,
 * and `kDescriptorVersion`.
 */
#ifndef MLC_RUNTIME_MODEL_H
#define MLC_RUNTIME_MODEL_H

#include "mlc/mlc.h"

#ifdef __cplusplus
extern "C" {
#endif

#define MLC_DESCRIPTOR_VERSION 7

/* One kernel over the tiles [begin, end) of its grid. `arguments`: buffer pointers, then index
 * values, each in 8 bytes. `scratch`: this worker's slot, 64-byte aligned. Tiles are independent
 * and may run in any order. */
typedef void (*mlc_kernel)(const void *const *arguments, int64_t begin, int64_t end, void *scratch);

/* A flat buffer that lives as long as the model. Members index descriptor->members. All 64-byte
 * aligned. */
typedef enum mlc_storage_kind {
  MLC_STORAGE_PARAMETER = 0, /* flat parameters of one optimizer group and dtype */
  MLC_STORAGE_SLOT =
      1, /* flat optimizer slot, laid out like its parameter storage; starts at zero */
  MLC_STORAGE_STATE = 2,          /* one nn.state */
  MLC_STORAGE_HYPERPARAMETER = 3, /* one scalar, f32, set by name */
  MLC_STORAGE_STEP = 4, /* one i64: finished steps, or another count, of a training entry */
  MLC_STORAGE_SEED = 5, /* one i64: the model's seed */
  MLC_STORAGE_CONSTANT =
      6,                 /* read-only data in the library (constants, embedded weights): `data` */
  MLC_STORAGE_PACKED = 7 /* a copy of parameters in another layout, written by the refresh entry */
} mlc_storage_kind;

typedef struct mlc_storage {
  const char *name; /* as files have it: of a hyperparameter, a slot ("m"), a state, or "step".
                       Where the model's text has several training steps, what belongs to one is
                       "fit/m", "fit/step" */
  int32_t kind;     /* mlc_storage_kind */
  int32_t dtype;    /* mlc_dtype */
  int64_t bytes;
  int32_t parameter_storage; /* slots: index of the storage that they belong to; else -1 */
  int32_t step;   /* slots, hyperparameters, what a training entry counts besides its steps: index
                     of the storage that counts those; else -1 */
  double initial; /* hyperparameters: the value at create */
  double least,
      most; /* hyperparameters: what they may be once rounded to their dtype, ends included */
  /* Constants: the bytes. Parameters and states: null, or their values at create, which are read in
   * place until something changes them. In the library, never written. */
  const void *data;
  int64_t
      place; /* of the data in the weights file, if they are there and not in the library; or -1 */
} mlc_storage;

typedef enum mlc_initializer_kind {
  MLC_INIT_CONSTANT = 0, /* a: the value */
  MLC_INIT_UNIFORM = 1,  /* [a, b) */
  MLC_INIT_NORMAL = 2,   /* mean a, standard deviation b */
  MLC_INIT_TRUNCATED_NORMAL =
      3, /* mean a, standard deviation b of the untruncated law, cut at mean +- 2 b */
  MLC_INIT_ORTHOGONAL = 4 /* a: gain; rows = shape[0], columns = the rest */
} mlc_initializer_kind;

/* One parameter or nn.state inside a storage. Its initialiser counts where the storage has no
 * data. */
typedef struct mlc_member {
  const mlc_tensor_info *info; /* static shape; element of the table's `parameters` array */
  int32_t storage;             /* index into descriptor->storages */
  int32_t initializer;         /* mlc_initializer_kind */
  int64_t byte_offset;
  double a, b; /* of the initialiser, fans already worked in */
  int32_t is_transient; /* in no file: its initial value at create and after a load */
} mlc_member;

struct mlc_pool;

/* What a running entry sees. Built by the runtime for each call. */
typedef struct mlc_frame {
  const int64_t *dims; /* free dimensions, in entry order, already checked */
  const void *const *inputs;
  void *const *results;
  void *const *storages;
  uint8_t *arena; /* arena_bytes(dims) bytes, 64-byte aligned */
  struct mlc_pool *pool;
} mlc_frame;

/* Called by generated entries: runs the kernel over `grid` tiles on the pool and returns when all
 * are done. The partition into tiles, not into threads, fixes the arithmetic. grid <= 0 runs
 * nothing. `work` is a rough count of element operations (launches too small to be worth a fork run
 * on the calling thread). */
void mlc_rt_launch(mlc_frame *frame, mlc_kernel kernel, const void *const *arguments, int64_t grid,
                   int64_t work);
/* Likewise, over the tiles [begin, end) only, which are that much work. */
void mlc_rt_launch_part(mlc_frame *frame, mlc_kernel kernel, const void *const *arguments,
                        int64_t begin, int64_t end, int64_t work);

typedef struct mlc_entry {
  const mlc_entry_info *info; /* element of the table's `entries` array */
  /* Everything that the dimensions must fulfil, none of which is negative: the other functions may
   * be called if it returns 0; else 1 + the index of what fails in descriptor->checks. */
  int32_t (*check_sizes)(const int64_t *dims);
  /* Runs the entry. Returns 0, or 1 + the index of the failed check in descriptor->checks; on
   * failure no storage has been written. */
  int32_t (*run)(mlc_frame *frame);
  int64_t (*arena_bytes)(const int64_t *dims);
  int64_t (*scratch_bytes)(const int64_t *dims); /* per worker; multiple of 64 */
  void (*result_shape)(const int64_t *dims, int32_t result, int64_t *shape);
  void (*cost)(const int64_t *dims, double *flops_and_bytes);
  /* For input i and axis j, input_dims[i][j] is the index of its free dimension, or -1 where
   * static. */
  const int32_t *const *input_dims;
  int32_t reads_packed; /* 1: the packed storages must be current when it runs */
  int32_t writes_state; /* 1: it changes states, and, if it trains, parameters */
  int32_t step;         /* training: index of the storage that counts its steps; else -1 */
  int32_t reserved;
} mlc_entry;

typedef struct mlc_check {
  const char *message; /* "labels of nn.cross_entropy (model.mlir:12:10) are outside [0, 10)" */
  int32_t status;      /* mlc_status where it fails */
  int32_t input; /* the entry's input of i32 or i64 that is wrong where an element is neither in
                    [0, size) nor `ignored`; else -1 */
  int64_t size, ignored;
} mlc_check;

typedef struct mlc_model_descriptor {
  int32_t version; /* MLC_DESCRIPTOR_VERSION */
  int32_t entry_count;
  const char *name;
  const char *compiler;
  const char *target; /* "cpu x86_64 znver4" */
  const char *const
      *cpu_features; /* as /proc/cpuinfo names them, null-terminated: "avx2", "avx512f" */
  /* entry_count entries and, if refresh_entry is entry_count and not -1, one more that is not the
   * user's: it writes every packed storage from the parameters. It has no inputs, results or dims.
   */
  const mlc_entry *entries;
  int32_t storage_count, member_count, check_count, refresh_entry;
  const mlc_storage *storages;
  const mlc_member *members; /* parameters in order of declaration, then states */
  const mlc_check *checks;
  const char *weights_file; /* beside the library; or null */
  const char *weights_id;   /* what it begins with */
  int64_t weights_bytes;
  /* Parameters and states of the model's text that the library was compiled without: files may hold
   * them. */
  const char *const *left_out;
  int64_t left_out_count;
} mlc_model_descriptor;

typedef struct mlc_model mlc_model;

/* What the generated `<name>_*` functions and the table forward to. `entry` indexes
 * descriptor->entries. */
mlc_status mlc_rt_create(const mlc_model_descriptor *descriptor, const mlc_options *options,
                         mlc_model **model);
/* A handle of its own states, hyperparameters, step and workspace over the same parameters. */
mlc_status mlc_rt_share(mlc_model *model, mlc_model **other);
void mlc_rt_destroy(mlc_model *model);
const char *mlc_rt_last_error(const mlc_model *model);
/* Records what generated functions answer to a handle whose first field is not their descriptor:
 * models that are linked directly may have functions of one name. */
mlc_status mlc_rt_refuse_handle(const mlc_model_descriptor *descriptor);
/* Runs an entry on plain pointers: `inputs` and `results` in entry order, `dims` its free
 * dimensions. */
mlc_status mlc_rt_call(mlc_model *model, int32_t entry, const void *const *inputs,
                       const int64_t *dims, void *const *results);
mlc_status mlc_rt_save(mlc_model *model, const char *path);
mlc_status mlc_rt_load(mlc_model *model, const char *path);
mlc_status mlc_rt_workspace_bytes(mlc_model *model, const char *entry, const int64_t *dims,
                                  int threads, size_t *bytes);
mlc_status mlc_rt_result_shape(mlc_model *model, int32_t entry, const int64_t *dims, int32_t result,
                               int64_t *shape);
mlc_status mlc_rt_get_parameter(mlc_model *model, const char *name, void *data, size_t bytes);
mlc_status mlc_rt_set_parameter(mlc_model *model, const char *name, const void *data, size_t bytes);
mlc_status mlc_rt_get_hyperparameter(mlc_model *model, const char *name, double *value);
mlc_status mlc_rt_set_hyperparameter(mlc_model *model, const char *name, double value);
mlc_status mlc_rt_get_step(mlc_model *model, int64_t *step);
mlc_status mlc_rt_get_entry_step(mlc_model *model, const char *entry, int64_t *step);
mlc_status mlc_rt_reset(mlc_model *model, uint64_t seed);

/* Entries of the generic table; the compiler emits the table as a constant that points at these. */
mlc_status mlc_rt_table_call(void *model, const char *entry, const void *inputs,
                             int32_t input_count, const void *results, int32_t result_count);
mlc_status mlc_rt_table_result_shape(void *model, const char *entry, const int64_t *dims,
                                     int32_t result, int64_t *shape);
mlc_status mlc_rt_table_cost(void *model, const char *entry, const int64_t *dims, double *flops,
                             double *bytes);
mlc_status mlc_rt_table_save_with_metadata(void *model, const char *path,
                                           const char *const *keys_and_values, int32_t pair_count);
mlc_status mlc_rt_table_read_metadata(void *model, const char *path, const char *key, char *value,
                                      size_t size);

#ifdef __cplusplus
}
#endif
#endif
