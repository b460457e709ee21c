/* A fork-join pool: one per model, so that models never wait for each other. */
#ifndef MLC_RUNTIME_POOL_H
#define MLC_RUNTIME_POOL_H

#include "model.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct mlc_pool mlc_pool;

/* Starts `threads` - 1 workers; the caller of a launch is worker 0. A waiting worker spins for
 * `spin_microseconds` (0: not at all), then parks. Null if memory or threads ran out. */
mlc_pool *mlc_pool_create(int threads, int spin_microseconds);
void mlc_pool_destroy(mlc_pool *pool);

/* The scratch memory of the launches that follow: one slot of `stride` bytes per worker. */
void mlc_pool_set_scratch(mlc_pool *pool, void *scratch, size_t stride);

/* Runs the kernel over [0, grid) in chunks, on as many workers as are awake, and returns when all
 * tiles are done. `work` below a threshold, one tile or one thread: everything runs here. Every
 * other launch of a kernel that is repeated soon runs from the last tile to the first, if caches
 * may hold its data still. */
void mlc_pool_run(mlc_pool *pool, mlc_kernel kernel, const void *const *arguments, int64_t grid,
                  int64_t work);
/* Likewise over [begin, end). */
void mlc_pool_run_part(mlc_pool *pool, mlc_kernel kernel, const void *const *arguments,
                       int64_t begin, int64_t end, int64_t work);

/* cpu.c: on how many CPUs this thread may run, however many the machine has; 1 where unknown. */
int mlc_available_cpus(void);

/* Sets the rounding of this thread to the default (to nearest, subnormals kept) and returns what it
 * was. The bits of a result then depend neither on the caller's settings nor on the thread that
 * computed them. */
uint32_t mlc_fp_enter(void);
void mlc_fp_leave(uint32_t saved);

#ifdef __cplusplus
}
#endif
#endif
