/* Calls both entries of wave.mlir; exits with 0 if the results are right. */
#include "wave.h"
#include <math.h>
#include <stdio.h>

int main(void) {
  wave *model = NULL;
  float x[35], y[35], a[3] = {1, -2, 3}, b[3];
  double c[3] = {4, 9, 16}, d[3];
  int64_t shape[2];
  if (wave_create(NULL, &model) != MLC_OK)
    return 1;
  for (int i = 0; i < 35; ++i)
    x[i] = 0.1f * (float)i - 1.5f;
  if (wave_curve(model, x, 7, y) != MLC_OK || wave_both(model, a, c, b, d) != MLC_OK) {
    puts(wave_last_error(model));
    return 2;
  }
  for (int i = 0; i < 35; ++i)
    if (fabs(y[i] - exp(tanh(x[i]))) > 1e-6)
      return 3;
  if (b[1] != 2 || d[2] != 4)
    return 4;
  if (wave_curve_shape(model, 7, 0, shape) != MLC_OK || shape[0] != 7 || shape[1] != 5)
    return 5;
  wave_destroy(model);
  return 0;
}
