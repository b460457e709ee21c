/* Wrong calls of the compiled mlp: a status and a sentence, the state unchanged, and the handle
 * goes on. */
#include "mlp.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BATCH = 64 };
static float x[BATCH * 784];
static int32_t label[BATCH];

static void check(int condition, const char *what) {
  if (condition)
    return;
  printf("failed: %s\n", what);
  exit(1);
}

static void testBadLabels(void) {
  static float before[784 * 256], after[784 * 256];
  mlp *model;
  float loss = -1;
  check(mlp_create(NULL, &model) == MLC_OK, "create");
  check(mlp_get_parameter(model, "w1", before, sizeof before) == MLC_OK, "read w1");
  label[BATCH - 1] = 10;
  check(mlp_fit(model, x, label, BATCH, &loss) == MLC_INDEX_OUT_OF_RANGE,
        "a label out of range is refused");
  check(strstr(mlp_last_error(model), "label") != NULL, mlp_last_error(model));
  check(mlp_get_parameter(model, "w1", after, sizeof after) == MLC_OK, "read w1 again");
  check(memcmp(before, after, sizeof before) == 0, "and changes nothing");
  check(mlp_fit(model, x, label, -1, &loss) == MLC_INVALID_ARGUMENT, "a negative batch is refused");
  check(mlp_fit(model, NULL, label, 1, &loss) == MLC_INVALID_ARGUMENT, "a null pointer is refused");
  label[BATCH - 1] = 0;
  check(mlp_fit(model, x, label, BATCH, &loss) == MLC_OK, "and the handle goes on");
  mlp_destroy(model);
}

/* Results that share memory with anything would be wrong: the same refusal for few tensors and for
 * many, for plain pointers and over the table. */
static void testOverlaps(void) {
  static _Alignas(64) unsigned char workspace[1 << 20];
  static float logits[BATCH * 10];
  mlc_options options = {
      .struct_size = sizeof options, .workspace = workspace, .workspace_bytes = sizeof workspace};
  mlp *model;
  check(mlp_create(&options, &model) == MLC_OK, "create");
  check(mlp_predict(model, x, 2, logits) == MLC_OK, "apart");
  check(mlp_predict(model, x, 2, x) == MLC_INVALID_ARGUMENT, "a result on its input is refused");
  check(strstr(mlp_last_error(model), "overlaps") != NULL, mlp_last_error(model));
  check(mlp_predict(model, x, 2, x + 2 * 784 - 1) == MLC_INVALID_ARGUMENT, "the last element");
  check(mlp_predict(model, x, 2, x + 2 * 784) == MLC_OK, "right behind");
  check(mlp_predict(model, x, 2, (float *)(void *)workspace) == MLC_INVALID_ARGUMENT,
        "a result in the workspace is refused");
  check(mlp_predict(model, (float *)(void *)((char *)logits + 2), 0, logits) == MLC_OK,
        "nothing to read");
  check(mlp_predict(model, (float *)(void *)((char *)x + 2), 1, logits) == MLC_INVALID_ARGUMENT,
        "a pointer that is not aligned is refused");
  int64_t shapes[][2] = {{2, 784}, {2, 10}};
  mlc_tensor input = {.data = x, .device = {1, 0}, .ndim = 2, .dtype = {2, 32, 1}}, result = input;
  input.shape = shapes[0];
  result.shape = shapes[1];
  check(mlp_mlc_model_v1()->call(model, "predict", &input, 1, &result, 1) == MLC_INVALID_ARGUMENT,
        "over the table too");
  result.data = logits;
  check(mlp_mlc_model_v1()->call(model, "predict", &input, 1, &result, 1) == MLC_OK, "apart again");
  mlp_destroy(model);
}

int main(void) {
  testBadLabels();
  testOverlaps();
  puts("all refused");
  return 0;
}
