/* Parameters, states and hyperparameters by name. */
#include "internal.h"
#include "number.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static const mlc_member *find_member(const mlc_model *model, const char *name) {
  for (int32_t i = 0; name && i < model->descriptor->member_count; ++i)
    if (strcmp(model->descriptor->members[i].info->name, name) == 0)
      return &model->descriptor->members[i];
  return NULL;
}

/* Finds the parameter and checks the caller's buffer; null, with the error recorded, where
 * something is wrong. */
static const void *find_parameter(mlc_model *model, const char *name, const void *data,
                                  size_t bytes, mlc_status *status) {
  const mlc_member *member = find_member(model, name);
  if (!member) {
    *status = mlc_fail(model, MLC_NOT_FOUND, "%s has no parameter \"%.128s\"",
                       model->descriptor->name, name ? name : "(null)");
    return NULL;
  }
  size_t size = (size_t)mlc_member_bytes(member);
  char shape[256];
  if (bytes == size && (data || !size))
    return mlc_member_data(model, member);
  if (bytes != size)
    *status = mlc_fail(
        model, MLC_INVALID_ARGUMENT, "parameter %s is %s %s, %zu bytes, but the buffer has %zu",
        name, mlc_dtype_name(member->info->dtype),
        mlc_shape_text(member->info->shape, member->info->rank, shape, sizeof shape), size, bytes);
  else
    *status = mlc_fail(model, MLC_INVALID_ARGUMENT, "the buffer for parameter %s is null", name);
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

static mlc_status set_member(mlc_model *model, const mlc_member *member, const void *data,
                             size_t bytes) {
  int32_t kind = model->descriptor->storages[member->storage].kind;
  if (member->info->dtype == MLC_I1 && !mlc_are_truths(data, bytes))
    return mlc_fail(model, MLC_INVALID_ARGUMENT,
                    "the buffer for parameter %s has a truth value other than 0 and 1",
                    member->info->name);
  /* States are each handle's own, but packed copies may be of states that no entry writes. */
  bool isRead = kind == MLC_STORAGE_PARAMETER || model->descriptor->refresh_entry >= 0;
  mlc_status status = isRead ? mlc_check_sole(model, "set_parameter") : MLC_OK;
  if (status != MLC_OK)
    return status;
  mlc_own_storages(model, kind);
  if (bytes)
    memcpy(mlc_member_data(model, member), data, bytes);
  model->shared->packed_is_current &= !isRead;
  return MLC_OK;
}

mlc_status mlc_rt_set_parameter(mlc_model *model, const char *name, const void *data,
                                size_t bytes) {
  mlc_status status = mlc_enter(model);
  if (status != MLC_OK)
    return status;
  if (find_parameter(model, name, data, bytes, &status))
    status = set_member(model, find_member(model, name), data, bytes);
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

const char *mlc_check_hyperparameter(const mlc_storage *storage, double value, double *kept,
                                     char *text, size_t size) {
  char least[kNumberBytes], most[kNumberBytes];
  uint64_t place = 0;
  mlc_store(&place, 0, storage->dtype, value);
  *kept = mlc_load_scalar(&place, storage->dtype);
  if (*kept >= storage->least && *kept <= storage->most)
    return NULL;
  if (!isfinite(*kept))
    snprintf(text, size, "a finite number");
  else if (*kept < storage->least)
    snprintf(text, size, "at least %s", mlc_format_number(storage->least, least));
  else
    snprintf(text, size, "from %s to %s", mlc_format_number(storage->least, least),
             mlc_format_number(storage->most, most));
  return text;
}

mlc_status mlc_rt_get_hyperparameter(mlc_model *model, const char *name, double *value) {
  mlc_status status = mlc_claim(model);
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
  mlc_status status = mlc_claim(model);
  if (status != MLC_OK)
    return status;
  int32_t index = find_hyperparameter(model, name, &status);
  if (index < 0)
    return mlc_leave(model, status);
  const mlc_storage *storage = &model->descriptor->storages[index];
  double kept;
  char text[128], number[kNumberBytes];
  const char *wanted = mlc_check_hyperparameter(storage, value, &kept, text, sizeof text);
  if (wanted)
    return mlc_leave(model, mlc_fail(model, MLC_INVALID_ARGUMENT,
                                     "hyperparameter %s is %s, but must be %s", name,
                                     mlc_format_number(value, number), wanted));
  mlc_store(model->storages[index], 0, storage->dtype, kept);
  return mlc_leave(model, MLC_OK);
}
