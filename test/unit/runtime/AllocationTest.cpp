// No allocation in a second call of the same or smaller dimensions, none at all with the caller's
// workspace. malloc and its relatives are replaced for the whole binary by ones that count.
#include "TestModel.h"

#include <atomic>
#include <cstdlib>

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define MLC_NO_INTERPOSITION
#endif
#endif

#ifndef MLC_NO_INTERPOSITION
static std::atomic<int64_t> allocations{0};

extern "C" {
void *__libc_malloc(size_t);
void *__libc_calloc(size_t, size_t);
void *__libc_realloc(void *, size_t);
void *__libc_memalign(size_t, size_t);

void *malloc(size_t size) { return ++allocations, __libc_malloc(size); }
void *calloc(size_t count, size_t size) { return ++allocations, __libc_calloc(count, size); }
void *realloc(void *data, size_t size) { return ++allocations, __libc_realloc(data, size); }
void *aligned_alloc(size_t alignment, size_t size) {
  return ++allocations, __libc_memalign(alignment, size);
}
void *memalign(size_t alignment, size_t size) {
  return ++allocations, __libc_memalign(alignment, size);
}
int posix_memalign(void **data, size_t alignment, size_t size) {
  ++allocations;
  *data = __libc_memalign(alignment, size);
  return *data ? 0 : 12;
}
}

namespace mlc {
namespace {

/// The allocations of a piece of code.
template <typename Code> int64_t countAllocations(Code code) {
  int64_t before = allocations;
  code();
  return allocations - before;
}

/// predict over the table, as bindings do it.
mlc_status predictByTable(mlc_model *model, const Rows &rows, int64_t count, float *y) {
  int64_t xShape[] = {count, 4}, yShape[] = {count};
  DLTensor x = {(void *)rows.x.data(), {kDLCPU, 0}, 2, {kDLFloat, 32, 1}, xShape, nullptr, 0};
  DLTensor result = {y, {kDLCPU, 0}, 1, {kDLFloat, 32, 1}, yShape, nullptr, 0};
  return mlc_model_v1()->call(model, "predict", &x, 1, &result, 1);
}

TEST(Allocation, NoneInASecondCall) {
  Rows rows(1000);
  std::vector<float> y(1000);
  for (int threads : {1, 3}) {
    ToyModel model(threads);
    EXPECT_GT(countAllocations([&] { fit(model, rows, 500); }), 0);
    int64_t later = countAllocations([&] {
      for (int64_t count : {500, 499, 1, 64, 0, 500})
        fit(model, rows, count);
      predictByTable(model, rows, 1000, y.data());
    });
    EXPECT_EQ(later, 0);
    EXPECT_GT(countAllocations([&] { fit(model, rows, 1000); }), 0)
        << "larger dimensions grow the arena once";
    EXPECT_EQ(countAllocations([&] { fit(model, rows, 1000); }), 0);
  }
}

TEST(Allocation, NoneAtAllInTheCallersWorkspace) {
  Rows rows(1000);
  alignas(64) static uint8_t workspace[1 << 16];
  for (int threads : {1, 2}) {
    mlc_options options = makeOptions(threads);
    options.workspace = workspace;
    options.workspace_bytes = sizeof workspace;
    ToyModel model(options);
    int64_t calls = countAllocations([&] {
      for (int64_t count : {1, 1000, 3})
        EXPECT_TRUE(std::isfinite(fit(model, rows, count)));
    });
    EXPECT_EQ(calls, 0);
  }
}

} // namespace
} // namespace mlc
#endif
