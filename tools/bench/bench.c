/* Times entries of compiled models through their table and prints each as a share of the machine's
 * limit, both measured here. Every figure is the median of several runs after a warm-up; limit and
 * entry are timed in turn, so that drift hits both. */
#include "mlc/mlc.h"
#include <dlfcn.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { RUNS = 11, MAX_OPERANDS = 8 };

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static int ascending(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}
static double median(double *values, int count) {
  qsort(values, (size_t)count, sizeof *values, ascending);
  return values[count / 2];
}

static float *random_array(int64_t count) {
  float *data = aligned_alloc(64, (size_t)(count * 4 + 63) / 64 * 64);
  unsigned state = 7;
  for (int64_t i = 0; i < count; ++i) {
    state = state * 1664525u + 1013904223u;
    data[i] = (float)(state >> 8) / 8388608.0f - 1.0f;
  }
  return data;
}

#if defined(__AVX512F__)
enum { LANES = 16 };
#elif defined(__AVX__)
enum { LANES = 8 };
#else
enum { LANES = 4 };
#endif
typedef float vector __attribute__((vector_size(LANES * 4), aligned(4)));

/* Floating-point operations per second of independent fused multiply-adds on one thread. */
static double fma_rate(void) {
  enum { CHAINS = 12, STEPS = 4000000 };
  vector accumulators[CHAINS], scale, shift;
  for (int lane = 0; lane < LANES; ++lane) {
    scale[lane] = 0.999f;
    shift[lane] = 0.001f;
    for (int i = 0; i < CHAINS; ++i)
      accumulators[i][lane] = (float)i;
  }
  double start = now();
  for (int step = 0; step < STEPS; ++step) {
    for (int i = 0; i < CHAINS; ++i)
      accumulators[i] = accumulators[i] * scale + shift;
  }
  double seconds = now() - start;
  volatile float sink = 0;
  for (int i = 0; i < CHAINS; ++i)
    sink += accumulators[i][0];
  return 2.0 * CHAINS * LANES * (double)STEPS / seconds;
}

/* Seconds of a vector loop that reads `inputs` arrays and writes one. */
static double stream_seconds(float *const *operands, int inputs, int64_t count) {
  float *out = operands[inputs];
  double start = now();
  for (int64_t i = 0; i + LANES <= count; i += LANES) {
    vector sum = *(const vector *)(operands[0] + i);
    for (int k = 1; k < inputs; ++k)
      sum += *(const vector *)(operands[k] + i);
    *(vector *)(out + i) = sum;
  }
  return now() - start;
}

static void fail(const char *what, const char *why) {
  fprintf(stderr, "bench: %s: %s\n", what, why);
  exit(1);
}

static const mlc_model_table *open_table(const char *path) {
  void *library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
  if (!library)
    fail(path, dlerror());
  const mlc_model_table *(*table)(void) =
      (const mlc_model_table *(*)(void))dlsym(library, "mlc_model_v1");
  if (!table)
    fail(path, "no mlc_model_v1");
  return table();
}

static int64_t elements(const mlc_tensor_info *info) {
  int64_t count = 1;
  for (int i = 0; i < info->rank; ++i)
    count *= info->shape[i];
  return count;
}

/* Times every entry of a model of static shapes. */
static void bench_model(const char *path, int threads) {
  const mlc_model_table *table = open_table(path);
  mlc_options options = {.struct_size = sizeof options, .threads = threads};
  void *model;
  if (table->create(&options, &model) != MLC_OK)
    fail(path, table->last_error(NULL));
  for (int e = 0; e < table->entry_count; ++e) {
    const mlc_entry_info *entry = &table->entries[e];
    DLTensor tensors[MAX_OPERANDS];
    float *data[MAX_OPERANDS];
    int operands = entry->input_count + entry->result_count;
    for (int i = 0; i < operands; ++i) {
      const mlc_tensor_info *info =
          i < entry->input_count ? &entry->inputs[i] : &entry->results[i - entry->input_count];
      data[i] = random_array(elements(info));
      tensors[i] = (DLTensor){.data = data[i],
                              .device = {kDLCPU, 0},
                              .ndim = info->rank,
                              .dtype = {kDLFloat, 32, 1},
                              .shape = (int64_t *)(uintptr_t)info->shape};
    }
    double flops = 0, bytes = 0, times[RUNS], limits[RUNS];
    table->cost(model, entry->name, NULL, &flops, &bytes);
    int is_product = strncmp(table->name, "gemm", 4) == 0;
    int64_t count = elements(&entry->results[0]);
    for (int run = -2; run < RUNS; ++run) {
      double start = now();
      if (table->call(model, entry->name, tensors, entry->input_count, tensors + entry->input_count,
                      entry->result_count) != MLC_OK)
        fail(entry->name, table->last_error(model));
      double seconds = now() - start;
      double limit = is_product ? flops / (fma_rate() * threads)
                                : stream_seconds(data, entry->input_count, count);
      if (run >= 0) {
        times[run] = seconds;
        limits[run] = limit;
      }
    }
    double time = median(times, RUNS), limit = median(limits, RUNS);
    double moved = 4.0 * (double)count * operands;
    if (is_product)
      printf("%-8s %-20s %9.3f ms %8.1f GFLOP/s %6.1f %% of the FMA peak\n", table->name,
             entry->name, 1e3 * time, 1e-9 * flops / time, 100 * limit / time);
    else
      printf("%-8s %-20s %9.3f ms %8.1f GB/s    %6.1f %% of a vector loop with the same streams "
             "(one thread)\n",
             table->name, entry->name, 1e3 * time, 1e-9 * moved / time, 100 * limit / time);
    for (int i = 0; i < operands; ++i)
      free(data[i]);
  }
  table->destroy(model);
}

int main(int argc, char **argv) {
  int threads = argc == 3 && strcmp(argv[1], "--threads") == 0 ? atoi(argv[2]) : 1;
  printf("FMA peak of one thread: %.1f GFLOP/s; threads: %d\n", 1e-9 * fma_rate(), threads);
  bench_model("./gemm.so", threads);
  bench_model("./chain.so", threads);
  return 0;
}
