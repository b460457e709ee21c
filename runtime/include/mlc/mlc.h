/* The C interface that every compiled model shares: status codes, options and the generic table.
 *
 * A generated header includes the text of this file behind the same guard, so that any number of
 * models fit in one program. Everything here is C99 and C++; no function throws, exits or prints.
 */
#ifndef MLC_MLC_H
#define MLC_MLC_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* What a call came to. Every failure also leaves a sentence in `<name>_last_error`. */
typedef enum mlc_status {
  MLC_OK = 0,
  MLC_INVALID_ARGUMENT = 1,    /* null pointer, wrong dtype or shape, sizes that do not agree */
  MLC_INDEX_OUT_OF_RANGE = 2,  /* a label or index operand outside its table; nothing was changed */
  MLC_OUT_OF_MEMORY = 3,       /* an allocation failed, or sizes are beyond what can be addressed */
  MLC_WORKSPACE_TOO_SMALL = 4, /* the caller's workspace does not hold this call */
  MLC_BUSY = 5,                /* another thread is inside a call on this handle */
  MLC_IO_ERROR = 6,            /* a file could not be read or written */
  MLC_INVALID_FILE = 7,        /* a file was read and is not what it should be */
  MLC_UNSUPPORTED_CPU = 8, /* the library was compiled for CPU features that this machine lacks */
  MLC_UNSUPPORTED = 9,     /* a device or feature that this library was built without */
  MLC_NOT_FOUND = 10,      /* no entry, parameter or hyperparameter of that name */
  MLC_NOT_FINITE = 11      /* a library that mlc --find-nan made: an op made NaN or an infinity */
} mlc_status;

/* How a model is created. Zero-initialise, set `struct_size = sizeof(mlc_options)`, then what
 * differs from the default; a null pointer in place of the struct means all defaults. */
typedef struct mlc_options {
  size_t struct_size;        /* bytes of this struct as the caller was compiled with it */
  int32_t threads;           /* threads of a call, the calling one included; 0: one per CPU */
  int32_t spin_microseconds; /* how long a waiting worker spins; 0: 200, negative: never */
  uint64_t seed;             /* seed of the initialisers and of dropout */
  const char *device;        /* "cpu" or null */
  void *workspace; /* caller's memory for transient values, 64-byte aligned; null: on demand */
  size_t workspace_bytes; /* its size; never outgrown: MLC_WORKSPACE_TOO_SMALL instead */
  /* Receives one line per notable event; may be null. */
  void (*log)(void *context, const char *message);
  void *log_context;
} mlc_options;

/* DLPack's DLTensor (https://dmlc.github.io/dlpack, since version 0.2) under names of our own: a
 * program may include dlpack.h as well, before or after. */
typedef enum mlc_type_code {
  MLC_CODE_INT = 0,
  MLC_CODE_UINT = 1,
  MLC_CODE_FLOAT = 2,
  MLC_CODE_BFLOAT = 4,
  MLC_CODE_BOOL = 6
} mlc_type_code;
typedef enum mlc_device_type { MLC_DEVICE_CPU = 1, MLC_DEVICE_CUDA = 2 } mlc_device_type;
typedef struct mlc_device {
  int32_t device_type; /* mlc_device_type */
  int32_t device_id;
} mlc_device;
typedef struct mlc_data_type {
  uint8_t code; /* mlc_type_code */
  uint8_t bits;
  uint16_t lanes;
} mlc_data_type;
typedef struct mlc_tensor {
  void *data;
  mlc_device device;
  int32_t ndim;
  mlc_data_type dtype;
  int64_t *shape;
  int64_t *strides; /* null: compact row-major */
  uint64_t byte_offset;
} mlc_tensor;

/* Element types. The values are part of the ABI. */
typedef enum mlc_dtype {
  MLC_F32 = 0,
  MLC_F64 = 1,
  MLC_BF16 = 2,
  MLC_F16 = 3,
  MLC_I1 = 4, /* one byte, 0 or 1 */
  MLC_I8 = 5,
  MLC_I32 = 6,
  MLC_I64 = 7,
  MLC_UI8 = 8,
  MLC_UI32 = 9
} mlc_dtype;

/* One argument or result of an entry, or one parameter. */
typedef struct mlc_tensor_info {
  const char *name;
  int32_t dtype; /* mlc_dtype */
  int32_t rank;
  const int64_t *shape;    /* `rank` sizes; -1: free, set by the call */
  const char *const *dims; /* `rank` dimension names; "" where unnamed */
  int32_t trainable; /* parameters only: 1 if a training entry updates it, 0 for an nn.state */
} mlc_tensor_info;

typedef enum mlc_entry_kind {
  MLC_INFERENCE = 0,
  MLC_TRAINING = 1,
  MLC_GRADIENT = 2,
  MLC_DECODE = 3 /* one step of a decoder; no entry is of this kind yet */
} mlc_entry_kind;

typedef struct mlc_entry_info {
  const char *name;
  int32_t kind; /* mlc_entry_kind */
  int32_t input_count;
  int32_t result_count;
  int32_t dim_count; /* free dimensions, in the order of the C arguments */
  const mlc_tensor_info *inputs;
  const mlc_tensor_info *results;
  const char *const *dim_names;
  double flops; /* of one call where static, else 0: see the entry_cost function */
} mlc_entry_info;

/* The generic form of a compiled model: what `mlc-run` and language bindings use. A program that
 * links the model gets it from `<name>_mlc_model_v1`; one that loads a shared library by dlopen
 * from `mlc_model_v1`, which every such library has. Append-only: `struct_size` tells how much of
 * it the library has. A `void *model` is what `create` returned. */
typedef struct mlc_model_table {
  size_t struct_size;
  int32_t version; /* 1 */
  const char *name;
  const char *compiler; /* "mlc X.Y.Z" */
  int32_t target_count;
  const char *const *targets; /* "cpu x86_64 znver4" */
  int32_t entry_count;
  const mlc_entry_info *entries;
  int32_t parameter_count; /* parameters, then nn.state tensors */
  const mlc_tensor_info *parameters;
  int32_t hyperparameter_count;
  const char *const *hyperparameters;

  mlc_status (*create)(const mlc_options *options, void **model);
  void (*destroy)(void *model);
  const char *(*last_error)(
      const void *model); /* null model: of the last failed `create` on this thread */
  /* Runs `entry`. `inputs` and `results` are arrays of mlc_tensor or DLTensor, which are the same
   * in memory: compact row-major tensors on the CPU. Result shapes are checked. */
  mlc_status (*call)(void *model, const char *entry, const void *inputs, int32_t input_count,
                     const void *results, int32_t result_count);
  /* Writes the sizes of result `result` into shape[0..rank) for the given free dimensions. */
  mlc_status (*result_shape)(void *model, const char *entry, const int64_t *dims, int32_t result,
                             int64_t *shape);
  mlc_status (*workspace_bytes)(void *model, const char *entry, const int64_t *dims,
                                int32_t threads, size_t *bytes);
  /* Floating-point operations and bytes moved of one call at the given dimensions. */
  mlc_status (*cost)(void *model, const char *entry, const int64_t *dims, double *flops,
                     double *bytes);
  /* Copies a parameter (or nn.state) out or in; `bytes` must be its size. */
  mlc_status (*get_parameter)(void *model, const char *name, void *data, size_t bytes);
  mlc_status (*set_parameter)(void *model, const char *name, const void *data, size_t bytes);
  /* By the name in `hyperparameters`: "learning_rate", or "fit/learning_rate" where the model has
   * several training steps. Kept in f32; set refuses what is outside of the range once rounded, as
   * the compiler does. */
  mlc_status (*get_hyperparameter)(void *model, const char *name, double *value);
  mlc_status (*set_hyperparameter)(void *model, const char *name, double value);
  /* Whole or not at all, to where a link leads, with the mode of what is there; a load that fails
   * changes nothing. */
  mlc_status (*save)(void *model, const char *safetensors_path);
  mlc_status (*load)(void *model, const char *safetensors_path);
  /* Save with extra string metadata (key, value pairs of UTF-8, keys distinct and none of save's
   * own), and read one key back; value is truncated to `size`. */
  mlc_status (*save_with_metadata)(void *model, const char *safetensors_path,
                                   const char *const *keys_and_values, int32_t pair_count);
  mlc_status (*read_metadata)(void *model, const char *safetensors_path, const char *key,
                              char *value, size_t size);
  mlc_status (*get_step)(void *model, int64_t *step); /* of all training entries together */
  mlc_status (*reset)(void *model,
                      uint64_t seed); /* initialises parameters, slots, step and seed anew */
  /* Makes a handle with states, hyperparameters, step, threads and an arena of its own over the
   * same parameters, for inference from several threads. While there is more than one, nothing that
   * changes parameters is done. Since struct_size 240. */
  mlc_status (*share)(void *model, void **other);
  /* The finished steps of one training entry. Since struct_size 248. */
  mlc_status (*get_entry_step)(void *model, const char *entry, int64_t *step);
  /* How many of the parameters `create` fills with random numbers, since the library has no weights
   * for them: without a load, what they predict means nothing. Since struct_size 256. */
  int32_t random_parameter_count;
} mlc_model_table;

#ifdef __cplusplus
}
#endif
#endif /* MLC_MLC_H */
