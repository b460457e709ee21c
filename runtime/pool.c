#define _GNU_SOURCE
#include "pool.h"

#include <linux/futex.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

/* Element operations below which a fork costs more than it saves (a fork is 0.1 us awake, 25 us
 * parked). */
enum { kInlineWork = 32768, kPausesPerClockRead = 64 };

/* Element operations of launches that read more than a small cache holds, and not much more than a
 * large one; pieces of one that runs backwards on one thread; kernels among which one is looked for
 * that a loop repeats. */
enum {
  kLeastWorkToTurn = 1 << 20,
  kMostWorkToTurn = 1 << 26,
  kBackwardPieces = 4,
  kRecentKernels = 4
};

typedef struct mlc_recent {
  mlc_kernel kernel;
  int was_backward;
} mlc_recent;

/* One cache line or two per worker. `next` to `end` are the tiles of its share that nobody has
 * claimed; `begin` is where the share begins. */
typedef struct mlc_worker {
  _Alignas(128) _Atomic int64_t next;
  int64_t begin;
  int64_t end;
  struct mlc_pool *pool;
  pthread_t handle;
  int index;
} mlc_worker;

/* `word` is odd while a job is open and changes with every opening and closing. A worker announces
 * itself in `active` and looks at `word` again before it reads the job; the launcher closes `word`,
 * then waits for `active` to become 0. So a worker that wakes late finds the job closed, and nobody
 * waits for it. */
struct mlc_pool {
  int threads;
  int started;
  int spin_microseconds;
  mlc_kernel kernel;
  const void *const *arguments;
  int is_backward; /* whether this job's shares run from their ends */
  unsigned oldest; /* of `recent`, which is a ring */
  mlc_recent recent[kRecentKernels];
  uint8_t *scratch;
  size_t scratch_stride;
  _Alignas(128) _Atomic uint32_t word;
  _Atomic uint32_t parked;
  _Atomic uint32_t stopping;
  _Alignas(128) _Atomic uint32_t active;
  _Atomic uint32_t launcher_parked;
  _Alignas(128) mlc_worker workers[];
};

uint32_t mlc_fp_enter(void) {
#if defined(__x86_64__)
  uint32_t saved = __builtin_ia32_stmxcsr();
  __builtin_ia32_ldmxcsr(0x1f80);
  return saved;
#elif defined(__aarch64__)
  uint64_t saved;
  __asm__ volatile("mrs %0, fpcr" : "=r"(saved));
  __asm__ volatile("msr fpcr, %0" : : "r"(UINT64_C(0)) : "memory");
  return (uint32_t)saved;
#else
  return 0;
#endif
}

void mlc_fp_leave(uint32_t saved) {
#if defined(__x86_64__)
  __builtin_ia32_ldmxcsr(saved);
#elif defined(__aarch64__)
  __asm__ volatile("msr fpcr, %0" : : "r"((uint64_t)saved) : "memory");
#else
  (void)saved;
#endif
}

static void cpu_pause(void) {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  __asm__ volatile("yield");
#endif
}

static int64_t now_nanoseconds(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (int64_t)time.tv_sec * 1000000000 + time.tv_nsec;
}

static void futex_wait(_Atomic uint32_t *word, uint32_t seen) {
  syscall(SYS_futex, word, FUTEX_WAIT_PRIVATE, seen, NULL, NULL, 0);
}

static void futex_wake_all(_Atomic uint32_t *word) {
  syscall(SYS_futex, word, FUTEX_WAKE_PRIVATE, 0x7fffffff, NULL, NULL, 0);
}

/* Spins until `word` differs from `seen` or the time is over; returns the value last read. */
static uint32_t spin(_Atomic uint32_t *word, uint32_t seen, int microseconds) {
  uint32_t value = atomic_load(word);
  if (value != seen || microseconds <= 0)
    return value;
  int64_t deadline = now_nanoseconds() + (int64_t)microseconds * 1000;
  do {
    for (int i = 0; i < kPausesPerClockRead; ++i) {
      value = atomic_load_explicit(word, memory_order_acquire);
      if (value != seen)
        return value;
      cpu_pause();
    }
  } while (now_nanoseconds() < deadline);
  return atomic_load(word);
}

static uint32_t wait_for_change(mlc_pool *pool, uint32_t seen) {
  uint32_t value = spin(&pool->word, seen, pool->spin_microseconds);
  if (value != seen)
    return value;
  atomic_fetch_add(&pool->parked, 1);
  while ((value = atomic_load(&pool->word)) == seen)
    futex_wait(&pool->word, seen);
  atomic_fetch_sub(&pool->parked, 1);
  return value;
}

/* Half of what is left of a share, so that kernels can join neighbouring tiles and the last pieces
 * are small (guided self-scheduling: Polychronopoulos and Kuck, 1987). Empty: begin is end. */
static int64_t take_chunk(mlc_worker *share, int64_t *end) {
  int64_t begin = atomic_load_explicit(&share->next, memory_order_relaxed);
  do {
    int64_t left = share->end - begin;
    *end = left > 0 ? begin + (left + 1) / 2 : begin;
  } while (*end > begin && !atomic_compare_exchange_weak(&share->next, &begin, *end));
  return begin;
}

/* Works off the worker's own share first, then helps with the others'. */
static void run_chunks(mlc_pool *pool, int index) {
  uint8_t *scratch = pool->scratch ? pool->scratch + (size_t)index * pool->scratch_stride : NULL;
  for (int i = 0; i < pool->threads; ++i) {
    mlc_worker *share = &pool->workers[(index + i) % pool->threads];
    for (int64_t begin, end; (begin = take_chunk(share, &end)) < end;) {
      int64_t both = share->begin + share->end;
      if (pool->is_backward)
        pool->kernel(pool->arguments, both - end, both - begin, scratch);
      else
        pool->kernel(pool->arguments, begin, end, scratch);
    }
  }
}

static void join_job(mlc_pool *pool, int index, uint32_t job) {
  atomic_fetch_add(&pool->active, 1);
  if (atomic_load(&pool->word) == job)
    run_chunks(pool, index);
  if (atomic_fetch_sub(&pool->active, 1) == 1 && atomic_load(&pool->launcher_parked))
    futex_wake_all(&pool->active);
}

static void *worker_main(void *argument) {
  mlc_worker *worker = argument;
  mlc_pool *pool = worker->pool;
  mlc_fp_enter();
  uint32_t seen = 0;
  for (;;) {
    seen = wait_for_change(pool, seen);
    if (atomic_load(&pool->stopping))
      return NULL;
    if (seen & 1)
      join_job(pool, worker->index, seen);
  }
}

/* The workers block every signal: the program's handlers belong on its own threads. */
static int start_workers(mlc_pool *pool) {
  sigset_t all, previous;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &previous);
  for (int i = 1; i < pool->threads; ++i) {
    if (pthread_create(&pool->workers[i].handle, NULL, worker_main, &pool->workers[i]) != 0)
      break;
    pool->started = i;
  }
  pthread_sigmask(SIG_SETMASK, &previous, NULL);
  return pool->started == pool->threads - 1;
}

mlc_pool *mlc_pool_create(int threads, int spin_microseconds) {
  size_t bytes = sizeof(mlc_pool) + (size_t)threads * sizeof(mlc_worker);
  mlc_pool *pool = aligned_alloc(128, (bytes + 127) / 128 * 128);
  if (!pool)
    return NULL;
  pool->threads = threads;
  pool->started = 0;
  pool->spin_microseconds = spin_microseconds;
  pool->oldest = 0;
  memset(pool->recent, 0, sizeof pool->recent);
  mlc_pool_set_scratch(pool, NULL, 0);
  atomic_init(&pool->word, 0);
  atomic_init(&pool->parked, 0);
  atomic_init(&pool->stopping, 0);
  atomic_init(&pool->active, 0);
  atomic_init(&pool->launcher_parked, 0);
  for (int i = 0; i < threads; ++i) {
    mlc_worker *worker = &pool->workers[i];
    atomic_init(&worker->next, 0);
    worker->begin = 0;
    worker->end = 0;
    worker->pool = pool;
    worker->index = i;
  }
  if (start_workers(pool))
    return pool;
  mlc_pool_destroy(pool);
  return NULL;
}

void mlc_pool_destroy(mlc_pool *pool) {
  if (!pool)
    return;
  atomic_store(&pool->stopping, 1);
  atomic_fetch_add(&pool->word, 2);
  futex_wake_all(&pool->word);
  for (int i = 1; i <= pool->started; ++i)
    pthread_join(pool->workers[i].handle, NULL);
  free(pool);
}

void mlc_pool_set_scratch(mlc_pool *pool, void *scratch, size_t stride) {
  pool->scratch = scratch;
  pool->scratch_stride = stride;
}

static void share_out(mlc_pool *pool, int64_t begin, int64_t tiles) {
  int64_t each = tiles / pool->threads, rest = tiles % pool->threads;
  for (int i = 0; i < pool->threads; ++i) {
    int64_t end = begin + each + (i < rest);
    atomic_store_explicit(&pool->workers[i].next, begin, memory_order_relaxed);
    pool->workers[i].begin = begin;
    pool->workers[i].end = end;
    begin = end;
  }
}

static void wait_until_idle(mlc_pool *pool) {
  for (;;) {
    uint32_t active = atomic_load(&pool->active);
    if (active == 0)
      return;
    if (spin(&pool->active, active, pool->spin_microseconds) != active)
      continue;
    atomic_store(&pool->launcher_parked, 1);
    while ((active = atomic_load(&pool->active)) != 0)
      futex_wait(&pool->active, active);
    atomic_store(&pool->launcher_parked, 0);
    return;
  }
}

void mlc_pool_run(mlc_pool *pool, mlc_kernel kernel, const void *const *arguments, int64_t grid,
                  int64_t work) {
  mlc_pool_run_part(pool, kernel, arguments, 0, grid, work);
}

/* Whether the launch runs backwards: every other one does of a kernel that was launched shortly
 * before. A loop that reads the same weights in every trip then finds those that it read last,
 * where it would find none if they are more than a cache holds and are read in the same order
 * again. */
static int turns(mlc_pool *pool, mlc_kernel kernel, int64_t work) {
  if (work < kLeastWorkToTurn || work > kMostWorkToTurn)
    return 0;
  for (int i = 0; i < kRecentKernels; ++i)
    if (pool->recent[i].kernel == kernel)
      return pool->recent[i].was_backward = !pool->recent[i].was_backward;
  pool->recent[pool->oldest++ % kRecentKernels] = (mlc_recent){kernel, 0};
  return 0;
}

static void run_here(mlc_pool *pool, mlc_kernel kernel, const void *const *arguments, int64_t begin,
                     int64_t end, int is_backward) {
  int64_t piece = is_backward ? (end - begin + kBackwardPieces - 1) / kBackwardPieces : end - begin;
  while (end > begin) {
    int64_t low = end - begin > piece ? end - piece : begin;
    kernel(arguments, low, end, pool->scratch);
    end = low;
  }
}

void mlc_pool_run_part(mlc_pool *pool, mlc_kernel kernel, const void *const *arguments,
                       int64_t begin, int64_t end, int64_t work) {
  if (end <= begin)
    return;
  int is_backward = turns(pool, kernel, work);
  if (pool->threads == 1 || end - begin == 1 || work < kInlineWork) {
    run_here(pool, kernel, arguments, begin, end, is_backward);
    return;
  }
  pool->is_backward = is_backward;
  pool->kernel = kernel;
  pool->arguments = arguments;
  share_out(pool, begin, end - begin);
  atomic_fetch_add(&pool->word, 1);
  if (atomic_load(&pool->parked))
    futex_wake_all(&pool->word);
  run_chunks(pool, 0);
  atomic_fetch_add(&pool->word, 1);
  wait_until_idle(pool);
}
