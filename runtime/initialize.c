/* Initial values of parameters: a pure function of (seed, parameter name, element), whatever the
 * dtype. */
#include "internal.h"
#include "philox.h"
#include "pool.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const double kTwoPi = 6.283185307179586476925286766559;
enum { kMaxRedraws = 64 };

/* Four standard normal numbers of one block, by Box and Muller: words (0, 1) and (2, 3) make a pair
 * each. */
static void normal_block(uint64_t seed, uint64_t stream, uint64_t draw, uint64_t block,
                         double out[4]) {
  uint32_t bits[4];
  mlc_philox(seed, stream, draw, block, bits);
  for (int pair = 0; pair < 4; pair += 2) {
    double radius = sqrt(-2.0 * log((bits[pair] + 1.0) * 0x1p-32));
    double angle = kTwoPi * (bits[pair + 1] * 0x1p-32);
    out[pair] = radius * cos(angle);
    out[pair + 1] = radius * sin(angle);
  }
}

/* The smallest number of the float dtype that is not below the value. */
static double smallest_from(double value, int32_t dtype) {
  return -mlc_largest_below(-nextafter(value, -INFINITY), dtype);
}

/* What the elements [begin, end) of a member are drawn from; begin is a multiple of 4, the numbers
 * of a block. */
typedef struct drawn {
  const mlc_member *member;
  void *data;
  int64_t count;
  uint64_t seed, stream;
} drawn;

static void fill_uniform(const drawn *to, int64_t begin, int64_t end) {
  const mlc_member *member = to->member;
  uint32_t bits[4];
  /* What would round to the bound is the number before it, and none rounds below the least. */
  double last = mlc_largest_below(member->b, member->info->dtype),
         first = smallest_from(member->a, member->info->dtype);
  for (int64_t i = begin; i < end; ++i) {
    if (i % 4 == 0)
      mlc_philox(to->seed, to->stream, 0, (uint64_t)i / 4, bits);
    double value = member->a + (member->b - member->a) * ((bits[i % 4] >> 8) * 0x1p-24);
    value = value < last ? value : last;
    mlc_store(to->data, i, member->info->dtype, value >= first ? value : first);
  }
}

/* A number outside the cut is drawn again from the same place of the stream at the next draw. */
static double redraw(uint64_t seed, uint64_t stream, int64_t element, double value) {
  double block[4];
  for (uint64_t draw = 1; fabs(value) > 2.0 && draw < kMaxRedraws; ++draw) {
    normal_block(seed, stream, draw, (uint64_t)element / 4, block);
    value = block[element % 4];
  }
  return fabs(value) > 2.0 ? 0.0 : value;
}

static void fill_normal(const drawn *to, int64_t begin, int64_t end) {
  const mlc_member *member = to->member;
  double block[4];
  bool truncated = member->initializer == MLC_INIT_TRUNCATED_NORMAL;
  for (int64_t i = begin; i < end; ++i) {
    if (i % 4 == 0)
      normal_block(to->seed, to->stream, 0, (uint64_t)i / 4, block);
    double value = truncated ? redraw(to->seed, to->stream, i, block[i % 4]) : block[i % 4];
    mlc_store(to->data, i, member->info->dtype, member->a + member->b * value);
  }
}

/* Every element is drawn by its number, so that any threads may draw any of them. */
enum { kDrawnTogether = 1 << 14 };

static void draw_tiles(const void *const *arguments, int64_t begin, int64_t end, void *scratch) {
  (void)scratch;
  const drawn *to = arguments[0];
  int64_t first = begin * kDrawnTogether, last = end * kDrawnTogether;
  (to->member->initializer == MLC_INIT_UNIFORM ? fill_uniform : fill_normal)(
      to, first, last < to->count ? last : to->count);
}

static void draw(const drawn *to, mlc_pool *pool) {
  enum { kWorkOfOne = 32 }; /* additions that take as long */
  const void *arguments[] = {to};
  int64_t tiles = (to->count + kDrawnTogether - 1) / kDrawnTogether;
  if (pool)
    mlc_pool_run(pool, draw_tiles, arguments, tiles, to->count * kWorkOfOne);
  else
    draw_tiles(arguments, 0, tiles, NULL);
}

/* Four partial sums in a fixed order: the same bits everywhere, and the processor is kept busy. */
static double dot(const double *x, const double *y, int64_t n) {
  double sums[4] = {0, 0, 0, 0};
  int64_t i = 0;
  for (; i + 4 <= n; i += 4)
    for (int lane = 0; lane < 4; ++lane)
      sums[lane] += x[i + lane] * y[i + lane];
  for (; i < n; ++i)
    sums[0] += x[i] * y[i];
  return (sums[0] + sums[1]) + (sums[2] + sums[3]);
}

/* Gram-Schmidt, each vector cleared of its predecessors twice ("twice is enough", Giraud et al.
 * 2005): the Q of a QR decomposition whose R has a positive diagonal. `vectors` holds `count` rows
 * of length `length`. */
static void orthonormalize(double *vectors, int64_t count, int64_t length) {
  for (int64_t i = 0; i < count; ++i) {
    double *current = vectors + i * length;
    for (int pass = 0; pass < 2; ++pass)
      for (int64_t j = 0; j < i; ++j) {
        const double *earlier = vectors + j * length;
        double along = dot(current, earlier, length);
        for (int64_t k = 0; k < length; ++k)
          current[k] -= along * earlier[k];
      }
    double norm = sqrt(dot(current, current, length));
    for (int64_t k = 0; k < length; ++k)
      current[k] = norm > 0 ? current[k] / norm : 0;
  }
}

/* Saxe et al. 2014, arXiv:1312.6120: the shorter side of the matrix becomes orthonormal vectors,
 * times the gain. */
static bool fill_orthogonal(const mlc_member *member, void *data, int64_t count, uint64_t seed,
                            uint64_t stream) {
  int64_t rows = member->info->rank > 0 ? member->info->shape[0] : 1;
  int64_t columns = rows ? count / rows : 0;
  int64_t vectors = rows < columns ? rows : columns, length = rows < columns ? columns : rows;
  double *matrix = malloc((size_t)count * sizeof(double) + 1), block[4];
  if (!matrix)
    return false;
  for (int64_t i = 0; i < count; ++i) {
    if (i % 4 == 0)
      normal_block(seed, stream, 0, (uint64_t)i / 4, block);
    matrix[i] = block[i % 4];
  }
  orthonormalize(matrix, vectors, length);
  for (int64_t r = 0; r < rows; ++r)
    for (int64_t c = 0; c < columns; ++c) {
      double value = rows < columns ? matrix[r * length + c] : matrix[c * length + r];
      mlc_store(data, r * columns + c, member->info->dtype, member->a * value);
    }
  free(matrix);
  return true;
}

bool mlc_initialize(const mlc_member *member, void *data, uint64_t seed, mlc_pool *pool) {
  int64_t count = mlc_element_count(member->info->shape, member->info->rank);
  uint64_t stream = mlc_hash_name(member->info->name);
  switch ((mlc_initializer_kind)member->initializer) {
  case MLC_INIT_CONSTANT:
    for (int64_t i = 0; i < count; ++i)
      mlc_store(data, i, member->info->dtype, member->a);
    return true;
  case MLC_INIT_UNIFORM:
  case MLC_INIT_NORMAL:
  case MLC_INIT_TRUNCATED_NORMAL:
    draw(&(drawn){member, data, count, seed, stream}, pool);
    return true;
  case MLC_INIT_ORTHOGONAL:
    return fill_orthogonal(member, data, count, seed, stream);
  }
  return true;
}
