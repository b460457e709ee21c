/* 24 inputs and as many results: any result on any other tensor is refused, inputs may coincide. */
#include "many.h"

#include <stdio.h>

enum { COUNT = 24, BYTES = 16 };

int main(void) {
  static float memory[2 * COUNT + 1][BYTES / sizeof(float)];
  const mlc_model_table *table = many_mlc_model_v1();
  mlc_tensor inputs[COUNT], results[COUNT];
  int64_t shape[] = {BYTES / sizeof(float)};
  many *model;
  int wrong = many_create(NULL, &model) != MLC_OK;
  for (int i = 0; i < COUNT; ++i) {
    inputs[i] = (mlc_tensor){memory[i], {1, 0}, 1, {2, 32, 1}, shape, NULL, 0};
    results[i] = inputs[i];
    results[i].data = memory[2 * COUNT - 1 - i];
  }
  wrong |= table->call(model, "f", inputs, COUNT, results, COUNT) != MLC_OK;
  for (int i = 0; i < COUNT; ++i)
    for (int j = 0; j < 2 * COUNT; ++j) {
      void *own = results[i].data;
      if (memory[j] == own)
        continue;
      results[i].data = memory[j] + (j % 2 ? 1 : 0);
      wrong |= table->call(model, "f", inputs, COUNT, results, COUNT) != MLC_INVALID_ARGUMENT;
      results[i].data = own;
    }
  for (int i = 1; i < COUNT; ++i)
    inputs[i].data = memory[0];
  wrong |= table->call(model, "f", inputs, COUNT, results, COUNT) != MLC_OK;
  many_destroy(model);
  puts(wrong ? "wrong" : "every overlap is refused");
  return wrong;
}
