#include "internal.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* Errors that belong to no idle handle: a failed create (model null), or a call on a handle in use,
 * whose own text another thread may be writing. */
static _Thread_local struct {
  const void *model;
  bool set;
  char text[kErrorBytes];
} threadError;

mlc_status mlc_fail(mlc_model *model, mlc_status status, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  if (!model || status == MLC_BUSY) {
    threadError.model = model;
    threadError.set = true;
    vsnprintf(threadError.text, sizeof threadError.text, format, arguments);
  } else {
    if (threadError.model == model)
      threadError.set = false;
    vsnprintf(model->error, sizeof model->error, format, arguments);
  }
  va_end(arguments);
  return status;
}

const char *mlc_rt_last_error(const mlc_model *model) {
  if (threadError.set && threadError.model == model)
    return threadError.text;
  return model ? model->error : "";
}

mlc_status mlc_claim(mlc_model *model) {
  if (!model)
    return mlc_fail(NULL, MLC_INVALID_ARGUMENT, "the model is null");
  if (atomic_flag_test_and_set_explicit(&model->busy, memory_order_acquire))
    return mlc_fail(model, MLC_BUSY,
                    "another call on this handle is running; a handle takes one call at a time");
  model->caller_floats = mlc_fp_enter();
  return MLC_OK;
}

mlc_status mlc_enter(mlc_model *model) {
  mlc_status status = mlc_claim(model);
  if (status != MLC_OK || model->is_filled)
    return status;
  status = mlc_fill_members(model);
  return status == MLC_OK ? status : mlc_leave(model, status);
}

mlc_status mlc_rt_refuse_handle(const mlc_model_descriptor *descriptor) {
  return mlc_fail(NULL, MLC_INVALID_ARGUMENT,
                  "the handle is another model's: %s takes what its own create made",
                  descriptor->name);
}

mlc_status mlc_leave(mlc_model *model, mlc_status status) {
  mlc_fp_leave(model->caller_floats);
  atomic_flag_clear_explicit(&model->busy, memory_order_release);
  return status;
}

void mlc_log(const mlc_model *model, const char *format, ...) {
  if (!model->log)
    return;
  char text[kErrorBytes];
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(text, sizeof text, format, arguments);
  va_end(arguments);
  model->log(model->log_context, text);
}
