/* Predictions follow the parameters, however they change: at create, by a step, set, load. */
#include "packed.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum { BATCH = 13, IN = 40, MID = 70, OUT = 35 };
static float x[BATCH * IN], y[BATCH * OUT], target[BATCH * OUT], w[IN * MID], v[OUT * MID];

static void check(int condition, const char *what) {
  if (condition)
    return;
  printf("failed: %s\n", what);
  exit(1);
}

/* Sums of 40 and 70 products of numbers around 1: 1e-5 is ten times their rounding error. */
static void compare(packed *model, const char *when) {
  check(packed_predict(model, x, BATCH, y) == MLC_OK, packed_last_error(model));
  check(packed_get_parameter(model, "w", w, sizeof w) == MLC_OK, "get w");
  check(packed_get_parameter(model, "v", v, sizeof v) == MLC_OK, "get v");
  for (int i = 0; i < BATCH; ++i) {
    double h[MID] = {0};
    for (int j = 0; j < MID; ++j)
      for (int k = 0; k < IN; ++k)
        h[j] += (double)x[i * IN + k] * w[k * MID + j];
    for (int o = 0; o < OUT; ++o) {
      double sum = 0;
      for (int j = 0; j < MID; ++j)
        sum += h[j] * v[o * MID + j];
      check(fabs(sum - y[i * OUT + o]) <= 1e-5 * (1 + fabs(sum)), when);
    }
  }
}

int main(void) {
  packed *model;
  for (int i = 0; i < BATCH * IN; ++i)
    x[i] = (float)(i % 7) / 7;
  check(packed_create(NULL, &model) == MLC_OK, "create");
  compare(model, "created");
  check(packed_save(model, "packed.safetensors") == MLC_OK, packed_last_error(model));
  float loss;
  check(packed_fit(model, x, target, BATCH, &loss) == MLC_OK, packed_last_error(model));
  compare(model, "trained");
  for (int i = 0; i < OUT * MID; ++i)
    v[i] = (float)(i % 11) / 11;
  check(packed_set_parameter(model, "v", v, sizeof v) == MLC_OK, packed_last_error(model));
  compare(model, "set");
  check(packed_load(model, "packed.safetensors") == MLC_OK, packed_last_error(model));
  compare(model, "loaded");
  packed_destroy(model);
  printf("every prediction follows\n");
  return 0;
}
