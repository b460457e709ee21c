#define _GNU_SOURCE
#include "harness.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* Threads that wake may share a CPU until the kernel has balanced them. */
static const double kSettleSeconds = 0.03;

static double now(int threads) {
  struct timespec t;
  clock_gettime(threads == 1 ? CLOCK_THREAD_CPUTIME_ID : CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static int ascending(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

static double run_times(const bench_case *measured, long times, int threads) {
  double start = now(threads);
  for (long i = 0; i < times; ++i)
    measured->run(measured->context);
  return now(threads) - start;
}

/* Runs that take `slice` seconds; warms up on the way. */
static long runs_per_slice(const bench_case *measured, double slice, int threads) {
  run_times(measured, 2, threads);
  for (long times = 1;; times *= 2) {
    double seconds = run_times(measured, times, threads);
    if (seconds >= slice)
      return times;
    if (seconds >= slice / 4)
      return (long)((double)times * slice / seconds) + 1;
  }
}

void bench_in_turn(bench_case **cases, int count, int rounds, double slice, int threads,
                   double *medians) {
  long *times = calloc((size_t)count, sizeof *times);
  double *seconds = calloc((size_t)(count * rounds), sizeof *seconds);
  struct timespec pause = {.tv_nsec = 3000000}; /* lets the workers of the last library sleep */
  for (int c = 0; c < count; ++c)
    times[c] = runs_per_slice(cases[c], slice, threads);
  for (int round = 0; round < rounds; ++round)
    for (int c = 0; c < count; ++c) {
      if (threads > 1)
        nanosleep(&pause, NULL);
      /* Others had the caches: a turn of one run was not enough for whoever came after the peak. */
      double begin = now(threads), settle = threads > 1 ? kSettleSeconds : slice;
      do
        run_times(cases[c], 1, threads);
      while (now(threads) - begin < settle);
      seconds[c * rounds + round] = run_times(cases[c], times[c], threads) / (double)times[c];
    }
  for (int c = 0; c < count; ++c) {
    qsort(seconds + c * rounds, (size_t)rounds, sizeof *seconds, ascending);
    medians[c] = seconds[c * rounds + rounds / 2];
  }
  free(times);
  free(seconds);
}

float *bench_random(int64_t count) {
  float *data = aligned_alloc(64, (size_t)(count * 4 + 63) / 64 * 64);
  unsigned state = 7;
  for (int64_t i = 0; i < count; ++i) {
    state = state * 1664525u + 1013904223u;
    data[i] = (float)(state >> 8) / 8388608.0f - 1.0f;
  }
  return data;
}

enum { MAX_ARGUMENTS = 16 };
typedef struct {
  int (*function)();
  uintptr_t a[MAX_ARGUMENTS];
} call_context;

/* Integers and pointers are passed alike; arguments that a function does not take are ignored. */
static void run_call(void *context) {
  typedef int (*any)(uintptr_t, uintptr_t, uintptr_t, uintptr_t, uintptr_t, uintptr_t, uintptr_t,
                     uintptr_t, uintptr_t, uintptr_t, uintptr_t, uintptr_t);
  const call_context *call = context;
  const uintptr_t *a = call->a;
  if (((any)call->function)(a[0], a[1], a[2], a[3], a[4], a[5], a[6], a[7], a[8], a[9], a[10],
                            a[11]) != 0) {
    fprintf(stderr, "bench: a measured call failed\n");
    exit(1);
  }
}

bench_case *bench_call(void *function, const uintptr_t *arguments, int count) {
  call_context *call = calloc(1, sizeof *call);
  call->function = (int (*)())function;
  memcpy(call->a, arguments, (size_t)count * sizeof *arguments);
  bench_case *made = malloc(sizeof *made);
  *made = (bench_case){run_call, call};
  return made;
}

static void run_both(void *context) {
  bench_case **cases = context;
  cases[0]->run(cases[0]->context);
  cases[1]->run(cases[1]->context);
}

bench_case *bench_both(bench_case *first, bench_case *second) {
  bench_case **cases = malloc(2 * sizeof *cases);
  cases[0] = first;
  cases[1] = second;
  bench_case *made = malloc(sizeof *made);
  *made = (bench_case){run_both, cases};
  return made;
}
