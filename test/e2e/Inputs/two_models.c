/* Two models in one program: each has its own types, table and runtime. */
#include "mlp.h"
#include "simple_model.h"

#include <stdio.h>
#include <string.h>

int main(void) {
  simple_model *first;
  mlp *second;
  static float x[784], y[5], logits[10];
  if (simple_model_create(NULL, &first) != MLC_OK || mlp_create(NULL, &second) != MLC_OK)
    return 1;
  for (int i = 0; i < 784; ++i)
    x[i] = 0.5f;
  if (simple_model_predict(first, x, 1, y) != MLC_OK || mlp_predict(second, x, 1, logits) != MLC_OK)
    return 1;
  if (simple_model_load(first, "/nonexistent") != MLC_IO_ERROR || mlp_last_error(second)[0] != 0)
    return 1;
  simple_model_destroy(first);
  mlp_destroy(second);
  puts("both work");
  return 0;
}
