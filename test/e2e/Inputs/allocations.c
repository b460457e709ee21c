/* Counts allocations in calls of the compiled mlp: the first may allocate, none of the same or
 * smaller dimensions may; with the caller's workspace, none at all. */
#include "mlp.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void *__libc_malloc(size_t);
void *__libc_calloc(size_t, size_t);
void *__libc_realloc(void *, size_t);
void *__libc_memalign(size_t, size_t);
static int allocations;
void *malloc(size_t size) { return __atomic_fetch_add(&allocations, 1, 5), __libc_malloc(size); }
void *calloc(size_t count, size_t size) {
  return __atomic_fetch_add(&allocations, 1, 5), __libc_calloc(count, size);
}
void *realloc(void *data, size_t size) {
  return __atomic_fetch_add(&allocations, 1, 5), __libc_realloc(data, size);
}
void *aligned_alloc(size_t alignment, size_t size) {
  return __atomic_fetch_add(&allocations, 1, 5), __libc_memalign(alignment, size);
}

enum { BATCH = 64 };
static float x[BATCH * 784], logits[BATCH * 10];
static int32_t label[BATCH];

static void check(int condition, const char *what) {
  if (condition)
    return;
  printf("failed: %s\n", what);
  exit(1);
}

static void use(mlp *model, int64_t batch) {
  float loss;
  check(mlp_fit(model, x, label, batch, &loss) == MLC_OK, mlp_last_error(model));
  check(mlp_predict(model, x, batch, logits) == MLC_OK, mlp_last_error(model));
  check(loss > 0, "the loss is positive");
}

static void testOwnArena(int threads) {
  mlp *model;
  mlc_options options = {.struct_size = sizeof options, .threads = threads};
  check(mlp_create(&options, &model) == MLC_OK, "create");
  int before = allocations;
  use(model, BATCH);
  check(allocations > before, "the first call allocates the arena");
  before = allocations;
  use(model, BATCH);
  use(model, BATCH - 1);
  use(model, 1);
  use(model, BATCH);
  check(allocations == before, "no allocation in later calls");
  mlp_destroy(model);
}

static void testWorkspace(int threads) {
  mlp *probe, *model;
  size_t bytes, more;
  int64_t batch = BATCH;
  check(mlp_create(NULL, &probe) == MLC_OK, "create");
  check(mlp_workspace_bytes(probe, "fit", &batch, threads, &bytes) == MLC_OK, "workspace of fit");
  check(mlp_workspace_bytes(probe, "predict", &batch, threads, &more) == MLC_OK,
        "workspace of predict");
  bytes = bytes > more ? bytes : more;
  void *workspace = aligned_alloc(64, (bytes + 63) / 64 * 64);
  memset(workspace, 0xff, bytes); /* NaN: nothing may be read before it is written */
  mlc_options options = {.struct_size = sizeof options,
                         .threads = threads,
                         .workspace = workspace,
                         .workspace_bytes = bytes};
  check(mlp_create(&options, &model) == MLC_OK, "create with a workspace");
  int before = allocations;
  use(model, BATCH);
  use(model, 7);
  check(allocations == before, "no allocation at all in the caller's workspace");
  mlp_destroy(model);
  options.workspace_bytes = bytes - 1;
  check(mlp_create(&options, &model) == MLC_OK, "create with a small workspace");
  float loss;
  check(mlp_fit(model, x, label, BATCH, &loss) == MLC_WORKSPACE_TOO_SMALL,
        "a workspace too small is refused");
  check(strstr(mlp_last_error(model), "needs a workspace of") != NULL, "with a sentence");
  mlp_destroy(model);
  mlp_destroy(probe);
  free(workspace);
}

int main(void) {
  for (int i = 0; i < BATCH * 784; ++i)
    x[i] = (float)(i * 37 % 101) / 101;
  for (int i = 0; i < BATCH; ++i)
    label[i] = i % 10;
  for (int threads = 1; threads <= 3; ++threads) {
    testOwnArena(threads);
    testWorkspace(threads);
  }
  puts("no allocations");
  return 0;
}
