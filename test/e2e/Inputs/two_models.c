/* Two models in one program: each has its own types, table and runtime. dlpack.h may come before or
 * after, and its tensors are what a table takes. */
#ifdef DLPACK_FIRST
#include <dlpack/dlpack.h>
#endif
#include "mlp.h"
#include "simple_model.h"
#include <dlpack/dlpack.h>

#include <stdio.h>
#include <string.h>

static int predictsOverItsTable(simple_model *model, float *x, float *y) {
  int64_t shape[] = {1, 5};
  DLTensor input = {x, {kDLCPU, 0}, 2, {kDLFloat, 32, 1}, shape, NULL, 0};
  DLTensor result = {y, {kDLCPU, 0}, 2, {kDLFloat, 32, 1}, shape, NULL, 0};
  mlc_tensor same;
  memcpy(&same, &input, sizeof input);
  return sizeof same == sizeof input && same.dtype.code == MLC_CODE_FLOAT &&
         simple_model_mlc_model_v1()->call(model, "predict", &input, 1, &result, 1) == MLC_OK;
}

int main(void) {
  simple_model *first;
  mlp *second;
  static float x[784], y[5], again[5], logits[10];
  if (strcmp(simple_model_mlc_model_v1()->name, "simple_model") != 0 ||
      strcmp(mlp_mlc_model_v1()->name, "mlp") != 0)
    return 1;
  if (simple_model_create(NULL, &first) != MLC_OK || mlp_create(NULL, &second) != MLC_OK)
    return 1;
  for (int i = 0; i < 784; ++i)
    x[i] = 0.5f;
  if (simple_model_predict(first, x, 1, y) != MLC_OK || mlp_predict(second, x, 1, logits) != MLC_OK)
    return 1;
  if (!predictsOverItsTable(first, x, again) || memcmp(y, again, sizeof y) != 0)
    return 1;
  if (simple_model_load(first, "/nonexistent") != MLC_IO_ERROR || mlp_last_error(second)[0] != 0)
    return 1;
  simple_model_destroy(first);
  mlp_destroy(second);
  puts("both work");
  return 0;
}
