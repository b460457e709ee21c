/* Trains the compiled simple_model for ten epochs on a rule that it can learn, saves it, loads it
 * into a second handle, and predicts. README.md says how it is built. */
#include "simple_model.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum { SAMPLES = 1000, BATCH = 32, WIDTH = 5, EPOCHS = 10 };

static float inputs[SAMPLES][WIDTH], targets[SAMPLES][WIDTH];

static void check(mlc_status status, const simple_model *model, const char *what) {
  if (status == MLC_OK)
    return;
  fprintf(stderr, "%s: status %d: %s\n", what, (int)status, simple_model_last_error(model));
  exit(1);
}

/* The rule: every output is the mean of an input and its right neighbour, where that is positive.
 */
static void make_data(void) {
  unsigned state = 1;
  for (int i = 0; i < SAMPLES; ++i) {
    for (int j = 0; j < WIDTH; ++j) {
      state = state * 1664525u + 1013904223u;
      inputs[i][j] = (float)(state >> 8) / 8388608.0f - 1.0f;
    }
    for (int j = 0; j < WIDTH; ++j)
      targets[i][j] = fmaxf(0.0f, 0.5f * (inputs[i][j] + inputs[i][(j + 1) % WIDTH]));
  }
}

int main(void) {
  make_data();
  /* From some seeds, a unit is below zero for every sample, where its ReLU lets no gradient pass
   * and it stays; from this one, none is. */
  mlc_options options = {.struct_size = sizeof options, .seed = 5};
  simple_model *model = NULL;
  check(simple_model_create(&options, &model), NULL, "create");

  for (int epoch = 1; epoch <= EPOCHS; ++epoch) {
    double total = 0.0;
    for (int first = 0; first < SAMPLES; first += BATCH) {
      int count = SAMPLES - first < BATCH ? SAMPLES - first : BATCH; /* the last batch is smaller */
      float loss;
      check(simple_model_fit(model, inputs[first], targets[first], count, &loss), model, "fit");
      total += (double)loss * count;
    }
    printf("epoch %2d  loss %.6f\n", epoch, total / SAMPLES);
  }

  check(simple_model_save(model, "simple_model.safetensors"), model, "save");
  simple_model *copy = NULL;
  check(simple_model_create(NULL, &copy), NULL, "create");
  check(simple_model_load(copy, "simple_model.safetensors"), copy, "load");

  float output[2][WIDTH];
  check(simple_model_predict(copy, inputs[0], 2, output[0]), copy, "predict");
  for (int i = 0; i < 2; ++i) {
    printf("sample %d:", i);
    for (int j = 0; j < WIDTH; ++j)
      printf("  %.3f (%.3f)", output[i][j], targets[i][j]);
    printf("\n");
  }
  simple_model_destroy(copy);
  simple_model_destroy(model);
  return 0;
}
