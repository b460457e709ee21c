// The machine's own limits, on one thread or several: multiply-adds per second, and bytes per
// second of a loop with given streams.
#define _GNU_SOURCE
#include "harness.h"
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#if defined(__x86_64__)
#include <immintrin.h>
#include <sys/syscall.h>
#include <unistd.h>
#endif

#if defined(__AVX512F__)
enum { LANES = 16 };
#elif defined(__AVX__)
enum { LANES = 8 };
#else
enum { LANES = 4 };
#endif
typedef float vector __attribute__((vector_size(LANES * 4), aligned(4)));
enum { CHAINS = 12, STEPS = 20000, MAX_STREAMS = 8, MAX_THREADS = 64 };

/* Multiplications and additions of one run on one thread, by kind of peak. */
typedef double (*peak_kernel)(void);
static volatile float sink;

static double peak_f32(void) {
  vector sums[CHAINS], scale, shift;
  for (int lane = 0; lane < LANES; ++lane) {
    scale[lane] = 0.999f;
    shift[lane] = 0.001f;
    for (int i = 0; i < CHAINS; ++i)
      sums[i][lane] = (float)i;
  }
  for (int step = 0; step < STEPS; ++step)
    for (int i = 0; i < CHAINS; ++i)
      sums[i] = sums[i] * scale + shift;
  for (int i = 1; i < CHAINS; ++i)
    sums[0] += sums[i];
  sink = sums[0][0];
  return 2.0 * CHAINS * LANES * STEPS;
}

#if defined(__AMX_TILE__)
/* Whether the system gives AMX's registers to this process: all of 16 rows of 64 bytes then. */
static int configure_matrices(void) {
  enum { REQUEST_STATE = 0x1023, TILE_DATA = 18 };
  struct {
    unsigned char palette, start, reserved[14];
    unsigned short bytes[16];
    unsigned char rows[16];
  } config;
  if (syscall(SYS_arch_prctl, REQUEST_STATE, TILE_DATA))
    return 0;
  memset(&config, 0, sizeof config);
  config.palette = 1;
  for (int i = 0; i < 8; ++i) {
    config.bytes[i] = 64;
    config.rows[i] = 16;
  }
  _tile_loadconfig(&config);
  return 1;
}

/* Four sums of two registers times two others; `products` of a word. */
#define PEAK_OF_MATRICES(NAME, MULTIPLY, PRODUCTS)                                                 \
  static double NAME(void) {                                                                       \
    enum { MATRIX_STEPS = 2000 };                                                                  \
    if (!configure_matrices())                                                                     \
      return 0;                                                                                    \
    for (int step = 0; step < MATRIX_STEPS; ++step) {                                              \
      MULTIPLY(0, 4, 6);                                                                           \
      MULTIPLY(1, 4, 7);                                                                           \
      MULTIPLY(2, 5, 6);                                                                           \
      MULTIPLY(3, 5, 7);                                                                           \
    }                                                                                              \
    _tile_release();                                                                               \
    return 2.0 * 4 * 16 * 16 * 16 * PRODUCTS * MATRIX_STEPS;                                       \
  }
#endif

#if defined(__AMX_BF16__)
PEAK_OF_MATRICES(peak_bf16, _tile_dpbf16ps, 2)
#elif defined(__AVX512BF16__)
static double peak_bf16(void) {
  __m512 sums[CHAINS];
  __m512bh a = (__m512bh)_mm512_set1_epi16(0x3c00), b = (__m512bh)_mm512_set1_epi16(0x3c01);
  for (int i = 0; i < CHAINS; ++i)
    sums[i] = _mm512_set1_ps((float)i);
  for (int step = 0; step < STEPS; ++step)
    for (int i = 0; i < CHAINS; ++i)
      sums[i] = _mm512_dpbf16_ps(sums[i], a, b);
  for (int i = 1; i < CHAINS; ++i)
    sums[0] += sums[i];
  sink = sums[0][0];
  return 2.0 * CHAINS * 32 * STEPS;
}
#endif

#if defined(__AMX_INT8__)
PEAK_OF_MATRICES(peak_int8, _tile_dpbssd, 4)
#elif defined(__AVX512VNNI__)
static double peak_int8(void) {
  __m512i sums[CHAINS], a = _mm512_set1_epi8(3), b = _mm512_set1_epi8(-2);
  for (int i = 0; i < CHAINS; ++i)
    sums[i] = _mm512_set1_epi32(i);
  for (int step = 0; step < STEPS; ++step)
    for (int i = 0; i < CHAINS; ++i) {
      sums[i] = _mm512_dpbusd_epi32(sums[i], a, b);
      __asm__ volatile("" : "+v"(sums[i])); /* keeps the sum from becoming a product */
    }
  for (int i = 1; i < CHAINS; ++i)
    sums[0] = _mm512_add_epi32(sums[0], sums[i]);
  sink = (float)_mm512_cvtsi512_si32(sums[0]);
  return 2.0 * CHAINS * 64 * STEPS;
}
#endif

#if defined(__AVX2__) && !defined(__AVX512VNNI__)
static double peak_int8(void) { /* i8 widened to i16 */
  __m256i sums[CHAINS], a = _mm256_set1_epi16(3), b = _mm256_set1_epi16(-2);
  for (int i = 0; i < CHAINS; ++i)
    sums[i] = _mm256_set1_epi32(i);
  for (int step = 0; step < STEPS; ++step)
    for (int i = 0; i < CHAINS; ++i) {
      __asm__ volatile("" : "+x"(a)); /* keeps the products in the loop */
      sums[i] = _mm256_add_epi32(sums[i], _mm256_madd_epi16(a, b));
    }
  for (int i = 1; i < CHAINS; ++i)
    sums[0] = _mm256_add_epi32(sums[0], sums[i]);
  sink = (float)_mm256_extract_epi32(sums[0], 0);
  return 2.0 * CHAINS * 16 * STEPS;
}
#endif

static const peak_kernel peaks[] = {peak_f32,
#if defined(__AVX512BF16__) || defined(__AMX_BF16__)
                                    peak_bf16,
#else
                                    NULL,
#endif
#if defined(__AVX512VNNI__) || defined(__AVX2__)
                                    peak_int8
#else
                                    NULL
#endif
};

/* Does `work` on every thread. */
typedef struct {
  void (*work)(void *context, int thread);
  void *context;
  int thread;
} share;
static void *do_share(void *data) {
  const share *mine = data;
  mine->work(mine->context, mine->thread);
  return NULL;
}
static void on_threads(void (*work)(void *, int), void *context, int threads) {
  pthread_t workers[MAX_THREADS];
  share shares[MAX_THREADS];
  for (int t = 1; t < threads; ++t) {
    shares[t] = (share){work, context, t};
    pthread_create(&workers[t], NULL, do_share, &shares[t]);
  }
  work(context, 0);
  for (int t = 1; t < threads; ++t)
    pthread_join(workers[t], NULL);
}

typedef struct {
  peak_kernel kernel;
  int threads, passes;
} peak_context;
static void peak_share(void *context, int thread) {
  const peak_context *peak = context;
  (void)thread;
  for (int pass = 0; pass < peak->passes; ++pass)
    peak->kernel();
}
static void run_peak(void *context) {
  on_threads(peak_share, context, ((peak_context *)context)->threads);
}

/* kind: 0 f32, 1 bf16 dot products, 2 int8 dot products. `flops`: of one run; 0 where the CPU has
 * no such instruction. */
bench_case *bench_peak(int kind, int threads, double *flops) {
  peak_context *context = malloc(sizeof *context);
  *context = (peak_context){peaks[kind], threads, threads == 1 ? 1 : 50};
  *flops = 0;
  if (!peaks[kind])
    return NULL;
  *flops = peaks[kind]() * threads * context->passes;
  if (!*flops)
    return NULL;
  bench_case *made = malloc(sizeof *made);
  *made = (bench_case){run_peak, context};
  return made;
}

typedef struct {
  float *reads[MAX_STREAMS], *writes[MAX_STREAMS];
  int read_count, write_count, threads, passes;
  int64_t count;
} stream_context;

static inline __attribute__((always_inline)) void stream(const stream_context *s, int64_t from,
                                                         int64_t to, int reads, int writes) {
  enum { UNROLL = 4 };
  vector totals[UNROLL] = {{0}};
  for (int64_t i = from; i + UNROLL * LANES <= to; i += UNROLL * LANES)
    for (int u = 0; u < UNROLL; ++u) {
      int64_t at = i + u * LANES;
      vector sum = *(const vector *)(s->reads[0] + at);
      for (int k = 1; k < reads; ++k)
        sum += *(const vector *)(s->reads[k] + at);
      for (int k = 0; k < writes; ++k)
        *(vector *)(s->writes[k] + at) = sum;
      totals[u] += sum;
    }
  if (!writes)
    sink = totals[0][0] + totals[1][0] + totals[2][0] + totals[3][0];
}

static void stream_share(void *context, int thread) {
  const stream_context *s = context;
  int64_t part = (s->count / s->threads + LANES - 1) / LANES * LANES, from = part * thread;
  int64_t to = from + part < s->count ? from + part : s->count;
  for (int pass = 0; pass < s->passes; ++pass)
    switch (s->read_count * 4 + s->write_count) {
#define CASE(R, W)                                                                                 \
  case R * 4 + W:                                                                                  \
    stream(s, from, to, R, W);                                                                     \
    break;
      CASE(1, 0)
      CASE(2, 0)
      CASE(1, 1)
      CASE(2, 1)
      CASE(3, 1)
      CASE(4, 1)
      CASE(4, 3) CASE(1, 2) CASE(2, 2) CASE(3, 3) CASE(3, 2)
#undef CASE
          default : abort();
    }
}
static void run_stream(void *context) {
  on_threads(stream_share, context, ((stream_context *)context)->threads);
}

/* A loop over `count` floats that reads and writes this many arrays. `in_place`: the arrays written
 * are the first that are read. A run on several threads is `passes` loops. */
bench_case *bench_stream(int reads, int writes, int64_t count, int in_place, int threads,
                         int passes) {
  stream_context *context = calloc(1, sizeof *context);
  *context = (stream_context){.read_count = reads,
                              .write_count = writes,
                              .threads = threads,
                              .passes = passes,
                              .count = count};
  for (int i = 0; i < reads; ++i)
    context->reads[i] = bench_random(count);
  for (int i = 0; i < writes; ++i)
    context->writes[i] = in_place ? context->reads[i] : bench_random(count);
  bench_case *made = malloc(sizeof *made);
  *made = (bench_case){run_stream, context};
  return made;
}
