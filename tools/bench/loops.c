// The loops that one would write in C, for `clang -O3 -ffast-math -fveclib=libmvec`. They return 0.
#include <float.h>
#include <math.h>
#include <stdint.h>

int loop_softmax(const float *x, int64_t rows, int64_t columns, float *y) {
  for (int64_t r = 0; r < rows; ++r, x += columns, y += columns) {
    float largest = -FLT_MAX, sum = 0;
    for (int64_t c = 0; c < columns; ++c)
      largest = x[c] > largest ? x[c] : largest;
    for (int64_t c = 0; c < columns; ++c)
      sum += y[c] = expf(x[c] - largest);
    for (int64_t c = 0; c < columns; ++c)
      y[c] *= 1 / sum;
  }
  return 0;
}

int loop_layer_norm(const float *x, const float *scale, const float *shift, int64_t rows,
                    int64_t columns, float *y) {
  for (int64_t r = 0; r < rows; ++r, x += columns, y += columns) {
    float sum = 0, squares = 0;
    for (int64_t c = 0; c < columns; ++c)
      sum += x[c];
    float mean = sum / (float)columns;
    for (int64_t c = 0; c < columns; ++c)
      squares += (x[c] - mean) * (x[c] - mean);
    float rate = 1 / sqrtf(squares / (float)columns + 1e-5f);
    for (int64_t c = 0; c < columns; ++c)
      y[c] = (x[c] - mean) * rate * scale[c] + shift[c];
  }
  return 0;
}

int loop_gelu_tanh(const float *x, int64_t count, float *y) {
  for (int64_t i = 0; i < count; ++i) {
    float u = 0.7978845608f * (x[i] + 0.044715f * x[i] * x[i] * x[i]);
    y[i] = x[i] / (1 + expf(-2 * u));
  }
  return 0;
}

/* The mean loss, and its gradient by the logits. */
int loop_cross_entropy(const float *logits, const int32_t *labels, int64_t rows, int64_t classes,
                       float *loss, float *gradient) {
  float total = 0;
  for (int64_t r = 0; r < rows; ++r, logits += classes, gradient += classes) {
    float largest = -FLT_MAX, sum = 0;
    for (int64_t c = 0; c < classes; ++c)
      largest = logits[c] > largest ? logits[c] : largest;
    for (int64_t c = 0; c < classes; ++c)
      sum += gradient[c] = expf(logits[c] - largest);
    float scale = 1 / (sum * (float)rows);
    for (int64_t c = 0; c < classes; ++c)
      gradient[c] *= scale;
    gradient[labels[r]] -= 1 / (float)rows;
    total += logf(sum) + largest - logits[labels[r]];
  }
  *loss = total / (float)rows;
  return 0;
}
