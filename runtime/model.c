/* A model's life: create, initial values, parameters by name, destroy. */
#include "internal.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

enum { kDefaultSpinMicroseconds = 200 };

int32_t mlc_find_entry(const mlc_model *model, const char *name) {
  for (int32_t i = 0; name && i < model->descriptor->entry_count; ++i)
    if (strcmp(model->descriptor->entries[i].info->name, name) == 0)
      return i;
  return -1;
}

void *mlc_member_data(const mlc_model *model, const mlc_member *member) {
  return (uint8_t *)model->storages[member->storage] + member->byte_offset;
}

/* The options of the caller, whose struct may be an older, shorter one. */
static mlc_status read_options(const mlc_options *given, mlc_options *options) {
  memset(options, 0, sizeof *options);
  if (given) {
    if (given->struct_size < sizeof given->struct_size || given->struct_size > 4096)
      return mlc_fail(NULL, MLC_INVALID_ARGUMENT,
                      "options.struct_size is %zu; set it to sizeof(mlc_options)",
                      given->struct_size);
    memcpy(options, given,
           given->struct_size < sizeof *options ? given->struct_size : sizeof *options);
  }
  if (options->threads < 0 || options->threads > kMaxThreads)
    return mlc_fail(NULL, MLC_INVALID_ARGUMENT,
                    "options.threads is %d, but must be 0 (one per CPU) to %d", options->threads,
                    (int)kMaxThreads);
  if (options->device && strcmp(options->device, "cpu") != 0)
    return mlc_fail(NULL, MLC_UNSUPPORTED,
                    "not supported yet: device \"%.64s\"; this library runs on \"cpu\"",
                    options->device);
  if ((uintptr_t)options->workspace % kAlignment != 0)
    return mlc_fail(NULL, MLC_INVALID_ARGUMENT, "options.workspace is not aligned to %d bytes",
                    (int)kAlignment);
  return MLC_OK;
}

/* The blocks, and the hyperparameters' values. */
static bool allocate_storages(mlc_model *model) {
  const mlc_model_descriptor *descriptor = model->descriptor;
  model->storages = calloc((size_t)descriptor->storage_count + 1, sizeof(void *));
  if (!model->storages ||
      !mlc_place_storages(descriptor, &model->shared->weights, &model->shared->block, &model->state,
                          model->storages))
    return false;
  for (int32_t i = 0; i < descriptor->storage_count; ++i) {
    const mlc_storage *storage = &descriptor->storages[i];
    if (storage->kind == MLC_STORAGE_HYPERPARAMETER)
      mlc_store(model->storages[i], 0, storage->dtype, storage->initial);
  }
  return true;
}

/* Room for the dims and sizes of every entry, which its calls fill in. */
static bool allocate_checked(mlc_model *model) {
  int32_t count = model->descriptor->entry_count;
  model->checked = calloc((size_t)count + 1, sizeof *model->checked);
  for (int32_t i = 0; model->checked && i < count; ++i) {
    const mlc_entry_info *info = model->descriptor->entries[i].info;
    mlc_checked *checked = &model->checked[i];
    checked->dims = calloc((size_t)info->dim_count + 1, sizeof *checked->dims);
    checked->bytes =
        calloc((size_t)info->input_count + (size_t)info->result_count + 1, sizeof *checked->bytes);
    if (!checked->dims || !checked->bytes)
      return false;
  }
  return model->checked != NULL;
}

static void free_checked(mlc_model *model) {
  for (int32_t i = 0; model->checked && i < model->descriptor->entry_count; ++i) {
    free(model->checked[i].dims);
    free(model->checked[i].bytes);
  }
  free(model->checked);
}

/* Room for the pointers of the widest entry, so that a call over the table allocates nothing. */
static bool allocate_call_arrays(mlc_model *model) {
  int32_t inputs = 0, results = 0, dims = 0;
  for (int32_t i = 0; i < model->descriptor->entry_count; ++i) {
    const mlc_entry_info *info = model->descriptor->entries[i].info;
    inputs = info->input_count > inputs ? info->input_count : inputs;
    results = info->result_count > results ? info->result_count : results;
    dims = info->dim_count > dims ? info->dim_count : dims;
  }
  model->call_inputs = calloc((size_t)inputs + 1, sizeof(void *));
  model->call_results = calloc((size_t)results + 1, sizeof(void *));
  model->call_dims = calloc((size_t)dims + 1, sizeof(int64_t));
  model->call_ranges = calloc((size_t)inputs + (size_t)results + 1, sizeof *model->call_ranges);
  return model->call_inputs && model->call_results && model->call_dims && model->call_ranges &&
         allocate_checked(model);
}

/* Back to the library's data, where the storage has any. */
static void reset_storage(mlc_model *model, int32_t index) {
  const mlc_storage *storage = &model->descriptor->storages[index];
  if (storage->kind == MLC_STORAGE_SLOT && !model->shared->slots_are_zero)
    mlc_zero_storage(model, index);
  const void *data = mlc_storage_data(model->descriptor, &model->shared->weights, index);
  if (data && model->storages[index] != data)
    memcpy(model->storages[index], data, (size_t)storage->bytes);
}

mlc_status mlc_fill_members(mlc_model *model) {
  const mlc_model_descriptor *descriptor = model->descriptor;
  const mlc_block *weights = &model->shared->weights;
  /* Parameters are placed by the threads that will work on them. */
  for (int32_t i = 0; i < descriptor->storage_count && !model->is_filled; ++i)
    if (descriptor->storages[i].kind == MLC_STORAGE_PARAMETER &&
        !mlc_storage_data(descriptor, weights, i))
      mlc_zero_storage(model, i);
  bool done = true;
  for (int32_t i = 0; i < descriptor->member_count && done; ++i) {
    const mlc_member *member = &descriptor->members[i];
    if (!mlc_storage_data(descriptor, weights, member->storage))
      done = mlc_initialize(member, mlc_member_data(model, member), model->seed, model->pool);
  }
  model->is_filled = model->is_filled || done;
  return done ? MLC_OK
              : mlc_fail(model, MLC_OUT_OF_MEMORY,
                         "%s: memory ran out in an initialiser; the parameters are partly set",
                         descriptor->name);
}

/* All but the members' initial values, which may never be needed: a file is often loaded next. */
static void start_state(mlc_model *model, uint64_t seed) {
  model->shared->packed_is_current = mlc_has_packed_data(model);
  for (int32_t i = 0; i < model->descriptor->storage_count; ++i)
    reset_storage(model, i);
  model->shared->slots_are_zero = true;
  mlc_write_counts(model, NULL, seed);
}

static mlc_status fill(mlc_model *model, const mlc_options *options) {
  model->threads = options->threads > 0 ? options->threads : mlc_available_cpus();
  model->threads = model->threads > kMaxThreads ? kMaxThreads : model->threads;
  model->workspace = options->workspace;
  model->workspace_bytes = options->workspace ? options->workspace_bytes : 0;
  model->owns_workspace = !options->workspace;
  model->log = options->log;
  model->log_context = options->log_context;
  int spin = options->spin_microseconds ? options->spin_microseconds : kDefaultSpinMicroseconds;
  model->spin_microseconds = spin < 0 ? 0 : spin;
  model->pool = mlc_pool_create(model->threads, model->spin_microseconds);
  if (!model->pool)
    return mlc_fail(NULL, MLC_OUT_OF_MEMORY, "%d threads could not be started", model->threads);
  if (!allocate_call_arrays(model))
    return mlc_fail(NULL, MLC_OUT_OF_MEMORY, "the model's handle could not be allocated");
  return MLC_OK;
}

/* Parameters and states of a handle that shares with none. */
static mlc_status fill_state(mlc_model *model, uint64_t seed) {
  const char *name = model->descriptor->name;
  model->shared = calloc(1, sizeof *model->shared);
  if (model->shared)
    model->shared->slots_are_zero = true;
  if (model->shared)
    atomic_init(&model->shared->handles, 1);
  mlc_status status = model->shared ? mlc_map_weights(model->descriptor, model->shared) : MLC_OK;
  if (status != MLC_OK)
    return status;
  if (!model->shared || !allocate_storages(model))
    return mlc_fail(NULL, MLC_OUT_OF_MEMORY,
                    "%s: %zu bytes of parameters and optimizer state could not be allocated", name,
                    mlc_state_bytes(model->descriptor));
  start_state(model, seed);
  return MLC_OK;
}

/* A handle without storages. */
static mlc_status make_handle(const mlc_model_descriptor *descriptor, const mlc_options *options,
                              mlc_model **result) {
  mlc_model *model = calloc(1, sizeof *model);
  if (!model)
    return mlc_fail(NULL, MLC_OUT_OF_MEMORY, "the model's handle could not be allocated");
  model->descriptor = descriptor;
  atomic_flag_clear(&model->busy);
  mlc_status status = fill(model, options);
  if (status == MLC_OK)
    *result = model;
  else
    mlc_rt_destroy(model);
  return status;
}

mlc_status mlc_rt_create(const mlc_model_descriptor *descriptor, const mlc_options *given,
                         mlc_model **result) {
  if (!result)
    return mlc_fail(NULL, MLC_INVALID_ARGUMENT, "the pointer that receives the model is null");
  *result = NULL;
  if (descriptor->version != MLC_DESCRIPTOR_VERSION)
    return mlc_fail(NULL, MLC_UNSUPPORTED,
                    "the model's descriptor has version %d, but the runtime knows version %d",
                    descriptor->version, MLC_DESCRIPTOR_VERSION);
  const char *missing = mlc_missing_cpu_feature(descriptor->cpu_features);
  if (missing)
    return mlc_fail(
        NULL, MLC_UNSUPPORTED_CPU,
        "%s was compiled for \"%s\", but this CPU lacks %s; compile it with a lower --mcpu",
        descriptor->name, descriptor->target, missing);
  const char *refused = mlc_refused_cpu_feature(descriptor->cpu_features);
  if (refused)
    return mlc_fail(NULL, MLC_UNSUPPORTED_CPU,
                    "%s was compiled for \"%s\", but the system refuses the registers of %s to "
                    "this process (arch_prctl: %s): Linux 5.16 gives them to processes without "
                    "small signal stacks; or compile it with a lower --mcpu",
                    descriptor->name, descriptor->target, refused, strerror(errno));
  mlc_options options;
  mlc_status status = read_options(given, &options);
  if (status != MLC_OK)
    return status;
  mlc_model *model;
  status = make_handle(descriptor, &options, &model);
  if (status != MLC_OK)
    return status;
  uint32_t floats = mlc_fp_enter();
  status = fill_state(model, options.seed);
  mlc_fp_leave(floats);
  if (status != MLC_OK) {
    mlc_rt_destroy(model);
    return status;
  }
  mlc_log(model, "%s: created with %d threads, %zu bytes of state", descriptor->name,
          model->threads, mlc_state_bytes(descriptor));
  *result = model;
  return MLC_OK;
}

void mlc_rt_destroy(mlc_model *model) {
  if (!model)
    return;
  mlc_pool_destroy(model->pool);
  if (model->owns_workspace)
    free(model->workspace);
  free(model->call_inputs);
  free(model->call_results);
  free(model->call_dims);
  free(model->call_ranges);
  free_checked(model);
  free(model->storages);
  mlc_free_block(&model->state);
  if (model->shared && atomic_fetch_sub(&model->shared->handles, 1) == 1) {
    mlc_free_block(&model->shared->block);
    if (model->shared->weights.base)
      munmap(model->shared->weights.base, model->shared->weights.bytes);
    free(model->shared);
  }
  free(model);
}

/* States as they are, in memory of the new handle's own; parameters where they are. */
static bool share_storages(const mlc_model *from, mlc_model *to) {
  const mlc_model_descriptor *descriptor = from->descriptor;
  to->storages = calloc((size_t)descriptor->storage_count + 1, sizeof(void *));
  if (!to->storages ||
      !mlc_place_storages(descriptor, &from->shared->weights, NULL, &to->state, to->storages))
    return false;
  for (int32_t i = 0; i < descriptor->storage_count; ++i) {
    const mlc_storage *storage = &descriptor->storages[i];
    to->storages[i] = from->storages[i];
    if (mlc_is_shared(storage) || storage->kind == MLC_STORAGE_CONSTANT ||
        from->storages[i] == mlc_storage_data(descriptor, &from->shared->weights, i))
      continue;
    to->storages[i] = mlc_own_place(descriptor, NULL, &to->state, i);
    memcpy(to->storages[i], from->storages[i], (size_t)storage->bytes);
  }
  to->shared = from->shared;
  atomic_fetch_add(&to->shared->handles, 1);
  to->is_filled = true;
  to->step = from->step;
  to->seed = from->seed;
  return true;
}

static mlc_status share_claimed(mlc_model *model, mlc_model **result) {
  mlc_status status = mlc_refresh_packed(model);
  mlc_options options = {.threads = model->threads,
                         .spin_microseconds =
                             model->spin_microseconds ? model->spin_microseconds : -1,
                         .log = model->log,
                         .log_context = model->log_context};
  mlc_model *other;
  if (status != MLC_OK)
    return status;
  status = make_handle(model->descriptor, &options, &other);
  if (status != MLC_OK)
    return mlc_fail(model, status, "%s", mlc_rt_last_error(NULL));
  if (share_storages(model, other)) {
    *result = other;
    return MLC_OK;
  }
  mlc_rt_destroy(other);
  return mlc_fail(model, MLC_OUT_OF_MEMORY,
                  "%s: the states of another handle could not be allocated",
                  model->descriptor->name);
}

mlc_status mlc_rt_share(mlc_model *model, mlc_model **other) {
  mlc_status status = mlc_enter(model);
  if (status != MLC_OK)
    return status;
  if (!other)
    return mlc_leave(model, mlc_fail(model, MLC_INVALID_ARGUMENT,
                                     "the pointer that receives the handle is null"));
  *other = NULL;
  return mlc_leave(model, share_claimed(model, other));
}

void mlc_write_counts(mlc_model *model, const mlc_state_file *state, uint64_t seed) {
  model->step = state ? mlc_state_step(state, "step") : 0;
  model->seed = seed;
  for (int32_t i = 0; i < model->descriptor->storage_count; ++i) {
    const mlc_storage *storage = &model->descriptor->storages[i];
    int64_t step = state ? mlc_state_step(state, storage->name) : 0;
    if (storage->kind == MLC_STORAGE_STEP)
      memcpy(model->storages[i], &step, sizeof step);
    else if (storage->kind == MLC_STORAGE_SEED)
      memcpy(model->storages[i], &seed, sizeof seed);
  }
}

int64_t mlc_read_count(const mlc_model *model, int32_t storage) {
  int64_t step;
  memcpy(&step, model->storages[storage], sizeof step);
  return step;
}

int64_t mlc_read_step(const mlc_model *model) {
  int64_t sum = 0;
  bool isTrained = false;
  for (int32_t i = 0; i < model->descriptor->storage_count; ++i)
    if (model->descriptor->storages[i].kind == MLC_STORAGE_STEP &&
        model->descriptor->storages[i].step < 0) {
      isTrained = true;
      sum += mlc_read_count(model, i);
    }
  return isTrained ? sum : model->step;
}

mlc_status mlc_rt_reset(mlc_model *model, uint64_t seed) {
  mlc_status status = mlc_claim(model);
  if (status != MLC_OK)
    return status;
  status = mlc_check_sole(model, "reset");
  if (status != MLC_OK)
    return mlc_leave(model, status);
  start_state(model, seed);
  return mlc_leave(model, mlc_fill_members(model));
}

mlc_status mlc_rt_get_step(mlc_model *model, int64_t *step) {
  mlc_status status = mlc_claim(model);
  if (status != MLC_OK)
    return status;
  if (step)
    *step = mlc_read_step(model);
  else
    status = mlc_fail(model, MLC_INVALID_ARGUMENT, "the pointer that receives the step is null");
  return mlc_leave(model, status);
}

mlc_status mlc_rt_get_entry_step(mlc_model *model, const char *name, int64_t *step) {
  mlc_status status = mlc_claim(model);
  if (status != MLC_OK)
    return status;
  int32_t index = mlc_find_entry(model, name);
  int32_t storage = index < 0 ? -1 : model->descriptor->entries[index].step;
  if (storage < 0)
    status = mlc_fail(model, MLC_NOT_FOUND, "%s has no training entry \"%.128s\"",
                      model->descriptor->name, name ? name : "(null)");
  else if (step)
    *step = mlc_read_count(model, storage);
  else
    status = mlc_fail(model, MLC_INVALID_ARGUMENT, "the pointer that receives the step is null");
  return mlc_leave(model, status);
}
