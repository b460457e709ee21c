// What the measured kernels have in common. Every one is a case: a function and its operands.
// Python makes cases through ctypes and hands them to bench_in_turn.
#ifndef MLC_BENCH_HARNESS_H
#define MLC_BENCH_HARNESS_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct bench_case {
  void (*run)(void *context);
  void *context;
} bench_case;

/* Median seconds of one run of every case. A round runs each case for about `slice` seconds, one
 * after the other, so that a change of the clock hits all. CPU time of this thread for one thread,
 * wall time for several. */
void bench_in_turn(bench_case **cases, int count, int rounds, double slice, int threads,
                   double *medians);

/* An array of random floats in [-1, 1), 64-byte aligned, never freed. */
float *bench_random(int64_t count);

/* Calls `function`, which returns 0, with pointers and 64-bit integers. */
bench_case *bench_call(void *function, const uintptr_t *arguments, int count);

/* One after the other, as one case. */
bench_case *bench_both(bench_case *first, bench_case *second);

#ifdef __cplusplus
}
#endif
#endif
