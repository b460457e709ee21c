/* Trains simple_model for ten epochs and predicts. Numbers are printed by their bits, so that the
 * same program in another language can be compared: the other files of this folder. */
#include "simple_model.h"
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SAMPLES = 1000, BATCH = 32, WIDTH = 5, EPOCHS = 10 };

static float inputs[SAMPLES][WIDTH], targets[SAMPLES][WIDTH];

/* Every output is the mean of an input and its right neighbour, where that is positive. */
static void make_data(void) {
  uint32_t state = 1;
  for (int i = 0; i < SAMPLES; ++i) {
    for (int j = 0; j < WIDTH; ++j) {
      state = state * 1664525u + 1013904223u;
      inputs[i][j] = (float)(state >> 8) / 8388608.0f - 1.0f;
    }
    for (int j = 0; j < WIDTH; ++j) {
      float mean = 0.5f * (inputs[i][j] + inputs[i][(j + 1) % WIDTH]);
      targets[i][j] = mean > 0.0f ? mean : 0.0f;
    }
  }
}

static void check(mlc_status status, const simple_model *model) {
  if (status == MLC_OK)
    return;
  fprintf(stderr, "status %d: %s\n", (int)status, simple_model_last_error(model));
  exit(1);
}

static void print_bits(const char *name, float value) {
  uint32_t bits;
  memcpy(&bits, &value, sizeof bits);
  printf("%s %08" PRIx32 "\n", name, bits);
}

int main(void) {
  make_data();
  simple_model *model = NULL;
  check(simple_model_create(NULL, &model), NULL);
  for (int epoch = 1; epoch <= EPOCHS; ++epoch) {
    float loss = 0.0f;
    for (int first = 0; first < SAMPLES; first += BATCH) {
      int count = SAMPLES - first < BATCH ? SAMPLES - first : BATCH;
      check(simple_model_fit(model, inputs[first], targets[first], count, &loss), model);
    }
    print_bits("loss", loss);
  }
  float output[2][WIDTH];
  check(simple_model_predict(model, inputs[0], 2, output[0]), model);
  for (int i = 0; i < 2; ++i)
    for (int j = 0; j < WIDTH; ++j)
      print_bits("y", output[i][j]);
  simple_model_destroy(model);
  return 0;
}
