#include "runtime/pool.h"

#include <gtest/gtest.h>

#include <atomic>
#include <cerrno>
#include <chrono>
#include <sched.h>
#include <sys/syscall.h>
#include <thread>
#include <unistd.h>
#include <vector>

/// The CPUs of a machine that the tests make up; 0: the real ones.
static size_t madeUpCpus = 0;

/// As the kernel: a set smaller than the machine's is refused.
extern "C" int sched_getaffinity(pid_t process, size_t bytes, cpu_set_t *set) noexcept {
  if (!madeUpCpus)
    return int(syscall(SYS_sched_getaffinity, process, bytes, set)) < 0 ? -1 : 0;
  if (bytes * 8 < madeUpCpus) {
    errno = EINVAL;
    return -1;
  }
  CPU_ZERO_S(bytes, set);
  for (size_t cpu = 0; cpu < madeUpCpus; ++cpu)
    CPU_SET_S(cpu, bytes, set);
  return 0;
}

namespace {

constexpr int64_t kLargeWork = 1 << 30, kWorkInCaches = 1 << 20;

/// arguments[0]: one counter per tile.
void countTiles(const void *const *arguments, int64_t begin, int64_t end, void *) {
  auto *counters = (std::atomic<int> *)arguments[0];
  for (int64_t i = begin; i < end; ++i)
    counters[i].fetch_add(1, std::memory_order_relaxed);
}

/// Runs the grid once and expects every tile to have run exactly once.
void expectEachTileOnce(mlc_pool *pool, int64_t grid, int64_t work) {
  std::vector<std::atomic<int>> counters(grid);
  const void *arguments[] = {counters.data()};
  mlc_pool_run(pool, countTiles, arguments, grid, work);
  for (int64_t i = 0; i < grid; ++i)
    ASSERT_EQ(counters[i].load(), 1) << "tile " << i << " of " << grid;
}

TEST(Pool, RunsEveryTileOnce) {
  for (int threads : {1, 2, 3, 8}) {
    mlc_pool *pool = mlc_pool_create(threads, 50);
    ASSERT_NE(pool, nullptr);
    for (int64_t grid : {1, 2, 3, 7, 64, 1000, 4097})
      for (int64_t work : {int64_t(0), kLargeWork, kWorkInCaches, kWorkInCaches})
        expectEachTileOnce(pool, grid, work);
    mlc_pool_destroy(pool);
  }
}

TEST(Pool, RunsNothingOnAnEmptyGrid) {
  mlc_pool *pool = mlc_pool_create(2, 0);
  const void *arguments[] = {nullptr};
  mlc_pool_run(pool, countTiles, arguments, 0, kLargeWork);
  mlc_pool_run(pool, countTiles, arguments, -5, kLargeWork);
  mlc_pool_destroy(pool);
}

TEST(Pool, SurvivesManyLaunchesAwakeAndParked) {
  for (int spin : {0, 20, 1000}) {
    mlc_pool *pool = mlc_pool_create(3, spin);
    for (int i = 0; i < 3000; ++i)
      expectEachTileOnce(pool, 1 + i % 40, kLargeWork);
    for (int i = 0; i < 20; ++i) {
      std::this_thread::sleep_for(std::chrono::milliseconds(2));
      expectEachTileOnce(pool, 100, kLargeWork);
    }
    mlc_pool_destroy(pool);
  }
}

/// arguments[0]: the tiles in the order in which they ran, of one thread.
template <int> void noteTiles(const void *const *arguments, int64_t begin, int64_t end, void *) {
  for (int64_t i = begin; i < end; ++i)
    ((std::vector<int64_t> *)arguments[0])->push_back(i);
}

int64_t firstTileOf80(mlc_pool *pool, mlc_kernel kernel, int64_t work) {
  std::vector<int64_t> order;
  const void *arguments[] = {&order};
  mlc_pool_run(pool, kernel, arguments, 80, work);
  EXPECT_EQ(order.size(), size_t(80));
  return order.front();
}

/// The launches of a kernel in a loop go forwards and backwards in turn, each from where the one
/// before ended; those of much or little work do not, nor those with many kernels between them.
TEST(Pool, TurnsEveryOtherLaunch) {
  mlc_pool *pool = mlc_pool_create(1, 0);
  for (int trip = 0; trip < 4; ++trip) {
    EXPECT_EQ(firstTileOf80(pool, noteTiles<0>, kWorkInCaches), trip % 2 ? 60 : 0);
    EXPECT_EQ(firstTileOf80(pool, noteTiles<1>, kWorkInCaches), trip % 2 ? 60 : 0);
    EXPECT_EQ(firstTileOf80(pool, noteTiles<0>, kLargeWork), 0);
    EXPECT_EQ(firstTileOf80(pool, noteTiles<0>, 1000), 0);
  }
  mlc_kernel others[] = {noteTiles<2>, noteTiles<3>, noteTiles<4>, noteTiles<5>};
  for (int trip = 0; trip < 3; ++trip) {
    EXPECT_EQ(firstTileOf80(pool, noteTiles<1>, kWorkInCaches), 0);
    for (mlc_kernel other : others)
      EXPECT_EQ(firstTileOf80(pool, other, kWorkInCaches), 0);
  }
  mlc_pool_destroy(pool);
}

/// arguments[0]: a counter per scratch slot. A slot in use by two workers at once would be seen.
void useScratch(const void *const *, int64_t begin, int64_t end, void *scratch) {
  auto *slot = (std::atomic<int64_t> *)scratch;
  for (int64_t i = begin; i < end; ++i) {
    int64_t before = slot->fetch_add(1);
    for (int spin = 0; spin < 200; ++spin)
      if (slot->load() != before + 1)
        slot[1].fetch_add(1);
  }
}

TEST(Pool, GivesEachWorkerItsOwnScratch) {
  alignas(64) std::atomic<int64_t> slots[3 * 8] = {};
  mlc_pool *pool = mlc_pool_create(3, 100);
  mlc_pool_set_scratch(pool, slots, 64);
  for (int i = 0; i < 200; ++i)
    mlc_pool_run(pool, useScratch, nullptr, 60, kLargeWork);
  mlc_pool_destroy(pool);
  EXPECT_EQ(slots[0] + slots[8] + slots[16], 200 * 60);
  EXPECT_EQ(slots[1] + slots[9] + slots[17], 0);
}

TEST(Pool, CountsTheCpusOfLargeMachines) {
  EXPECT_GE(mlc_available_cpus(), 1);
  for (size_t cpus : {1, 1000, 1024, 1025, 1536, 5000, 100000}) {
    madeUpCpus = cpus;
    EXPECT_EQ(mlc_available_cpus(), int(cpus));
  }
  madeUpCpus = 0;
}

TEST(Pool, ModelsDoNotDisturbEachOther) {
  std::vector<std::thread> users;
  for (int user = 0; user < 3; ++user)
    users.emplace_back([] {
      mlc_pool *pool = mlc_pool_create(2, 20);
      for (int i = 0; i < 500; ++i)
        expectEachTileOnce(pool, 33, kLargeWork);
      mlc_pool_destroy(pool);
    });
  for (std::thread &user : users)
    user.join();
}

} // namespace
