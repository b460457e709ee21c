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

int main(void) {
  testBadLabels();
  puts("all refused");
  return 0;
}
