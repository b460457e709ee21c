// No allocation in a second call of the same or smaller dimensions, none at all with the caller's
// workspace; where memory runs out, a status and a sentence. malloc and its relatives are replaced
// for the whole binary by ones that count, and fail on demand.
#include "TestModel.h"

#include <atomic>
#include <cstdlib>
#include <filesystem>
#include <set>
#include <unistd.h>

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define MLC_NO_INTERPOSITION
#endif
#endif

#ifndef MLC_NO_INTERPOSITION
static std::atomic<int64_t> allocations{0};
/// Allocations of this thread until one fails; negative: none does.
static thread_local int64_t untilFailure = -1;
/// Larger blocks are refused.
static thread_local size_t mostBytes = SIZE_MAX;

static bool isGranted() {
  ++allocations;
  return untilFailure < 0 || untilFailure-- > 0;
}

extern "C" {
void *__libc_malloc(size_t);
void *__libc_calloc(size_t, size_t);
void *__libc_realloc(void *, size_t);
void *__libc_memalign(size_t, size_t);

void *malloc(size_t size) { return isGranted() ? __libc_malloc(size) : nullptr; }
void *calloc(size_t count, size_t size) {
  return isGranted() ? __libc_calloc(count, size) : nullptr;
}
void *realloc(void *data, size_t size) {
  return isGranted() ? __libc_realloc(data, size) : nullptr;
}
void *aligned_alloc(size_t alignment, size_t size) {
  return isGranted() && size <= mostBytes ? __libc_memalign(alignment, size) : nullptr;
}
void *memalign(size_t alignment, size_t size) {
  return isGranted() ? __libc_memalign(alignment, size) : nullptr;
}
int posix_memalign(void **data, size_t alignment, size_t size) {
  *data = isGranted() ? __libc_memalign(alignment, size) : nullptr;
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
  mlc_tensor x = {
      (void *)rows.x.data(), {MLC_DEVICE_CPU, 0}, 2, {MLC_CODE_FLOAT, 32, 1}, xShape, nullptr, 0};
  mlc_tensor result = {y, {MLC_DEVICE_CPU, 0}, 1, {MLC_CODE_FLOAT, 32, 1}, yShape, nullptr, 0};
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

TEST(Allocation, ARefusalKeepsTheWorkspaceOfTheCallsBefore) {
  ToyModel model(2);
  Rows rows(1000);
  EXPECT_TRUE(std::isfinite(fit(model, rows, 8)));
  mostBytes = 512;
  EXPECT_FALSE(std::isfinite(fit(model, rows, 1000)));
  EXPECT_EQ(model.error(), "fit: a workspace of 1152 bytes could not be allocated");
  EXPECT_EQ(countAllocations([&] { EXPECT_TRUE(std::isfinite(fit(model, rows, 8))); }), 0);
  mostBytes = SIZE_MAX;
}

/// What is said where each allocation of `code` in turn fails; `code` returns a status.
template <typename Code> std::set<std::string> messagesOfFailures(mlc_model *model, Code code) {
  std::set<std::string> messages;
  for (int64_t n = 0;; ++n) {
    untilFailure = n;
    mlc_status status = code();
    bool failed = untilFailure < 0; // the count went past zero: one was refused
    untilFailure = -1;
    if (!failed)
      return messages;
    if (status != MLC_OK) // a failure may also be made up for
      messages.insert(mlc_rt_last_error(model));
  }
}

TEST(Allocation, WhereOneFailsASentenceSaysWhat) {
  using Messages = std::set<std::string>;
  mlc_options options = makeOptions(2);
  EXPECT_EQ(messagesOfFailures(nullptr,
                               [&] {
                                 mlc_model *model = nullptr;
                                 mlc_status status =
                                     mlc_rt_create(&toy_descriptor, &options, &model);
                                 EXPECT_EQ(model == nullptr, status != MLC_OK);
                                 mlc_rt_destroy(model);
                                 return status;
                               }),
            (Messages{"the model's handle could not be allocated",
                      "toy: 576 bytes of parameters and optimizer state could not be allocated",
                      "2 threads could not be started"}));

  ToyModel model(2);
  Rows rows(1000);
  EXPECT_EQ(messagesOfFailures(
                model,
                [&] { return std::isfinite(fit(model, rows, 1000)) ? MLC_OK : MLC_OUT_OF_MEMORY; }),
            (Messages{"fit: a workspace of 1152 bytes could not be allocated"}));

  std::string path =
      std::filesystem::temp_directory_path() / ("mlc-allocation-" + std::to_string(getpid()));
  std::vector<float> before = model.parameter("w", 4);
  EXPECT_EQ(messagesOfFailures(model, [&] { return mlc_rt_save(model, path.c_str()); }),
            (Messages{path + ": memory for the header ran out",
                      path + " could not be written: Cannot allocate memory"}));
  for (const std::string &message :
       messagesOfFailures(model, [&] { return mlc_rt_load(model, path.c_str()); }))
    EXPECT_TRUE(message.find("memory") != std::string::npos ||
                message.find("could not be allocated") != std::string::npos)
        << message;
  EXPECT_EQ(model.parameter("w", 4), before);
  std::filesystem::remove(path);
}

} // namespace
} // namespace mlc
#endif
