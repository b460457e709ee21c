/* Parameters, states and hyperparameters by name. */
#include "internal.h"

#include <math.h>
#include <string.h>

/* Finds the parameter and checks the caller's buffer; null, with the error recorded, where
 * something is wrong. */
static void *find_parameter(mlc_model *model, const char *name, const void *data, size_t bytes,
                            mlc_status *status) {
  const mlc_model_descriptor *descriptor = model->descriptor;
  for (int32_t i = 0; name && i < descriptor->member_count; ++i) {
    const mlc_member *member = &descriptor->members[i];
    if (strcmp(member->info->name, name) != 0)
      continue;
    size_t size = (size_t)mlc_member_bytes(member);
    char shape[256];
    if (bytes != size)
      *status = mlc_fail(
          model, MLC_INVALID_ARGUMENT, "parameter %s is %s %s, %zu bytes, but the buffer has %zu",
          name, mlc_dtype_name(member->info->dtype),
          mlc_shape_text(member->info->shape, member->info->rank, shape, sizeof shape), size,
          bytes);
    else if (!data && size)
      *status = mlc_fail(model, MLC_INVALID_ARGUMENT, "the buffer for parameter %s is null", name);
    else
      return mlc_member_data(model, member);
    return NULL;
  }
  *status = mlc_fail(model, MLC_NOT_FOUND, "%s has no parameter \"%.128s\"", descriptor->name,
                     name ? name : "(null)");
  return NULL;
}

mlc_status mlc_rt_get_parameter(mlc_model *model, const char *name, void *data, size_t bytes) {
  mlc_status status = mlc_enter(model);
  if (status != MLC_OK)
    return status;
  const void *found = find_parameter(model, name, data, bytes, &status);
  if (found && bytes)
    memcpy(data, found, bytes);
  return mlc_leave(model, status);
}

mlc_status mlc_rt_set_parameter(mlc_model *model, const char *name, const void *data,
                                size_t bytes) {
  mlc_status status = mlc_enter(model);
  if (status != MLC_OK)
    return status;
  void *found = find_parameter(model, name, data, bytes, &status);
  if (found && bytes)
    memcpy(found, data, bytes);
  model->packed_is_current &= !found;
  return mlc_leave(model, status);
}

/* The index of a hyperparameter's storage, or -1 with the error recorded. */
static int32_t find_hyperparameter(mlc_model *model, const char *name, mlc_status *status) {
  const mlc_model_descriptor *descriptor = model->descriptor;
  for (int32_t i = 0; name && i < descriptor->storage_count; ++i)
    if (descriptor->storages[i].kind == MLC_STORAGE_HYPERPARAMETER &&
        strcmp(descriptor->storages[i].name, name) == 0)
      return i;
  *status = mlc_fail(model, MLC_NOT_FOUND, "%s has no hyperparameter \"%.128s\"", descriptor->name,
                     name ? name : "(null)");
  return -1;
}

mlc_status mlc_rt_get_hyperparameter(mlc_model *model, const char *name, double *value) {
  mlc_status status = mlc_enter(model);
  if (status != MLC_OK)
    return status;
  int32_t index = find_hyperparameter(model, name, &status);
  if (index >= 0 && !value)
    status = mlc_fail(model, MLC_INVALID_ARGUMENT, "the pointer that receives %s is null", name);
  else if (index >= 0)
    *value = mlc_load_scalar(model->storages[index], model->descriptor->storages[index].dtype);
  return mlc_leave(model, status);
}

mlc_status mlc_rt_set_hyperparameter(mlc_model *model, const char *name, double value) {
  mlc_status status = mlc_enter(model);
  if (status != MLC_OK)
    return status;
  int32_t index = find_hyperparameter(model, name, &status);
  if (index >= 0 && !isfinite(value))
    status = mlc_fail(model, MLC_INVALID_ARGUMENT, "hyperparameter %s must be finite", name);
  else if (index >= 0)
    mlc_store(model->storages[index], 0, model->descriptor->storages[index].dtype, value);
  return mlc_leave(model, status);
}
