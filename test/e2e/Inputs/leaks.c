/* Everything that a handle takes is given back, whatever failed on the way: run with LeakSanitizer. */
#include "simple_model.h"

#include <stdio.h>

static float x[5 * 8], target[5 * 8], loss, y[5 * 8];

static int expect(mlc_status status, mlc_status wanted) {
  if (status != wanted)
    printf("status %d, but expected %d\n", (int)status, (int)wanted);
  return status == wanted;
}

static int use(int threads, const char *good, const char *bad) {
  mlc_options options = {0};
  options.struct_size = sizeof options;
  options.threads = threads;
  simple_model *model = NULL;
  int fine = expect(simple_model_create(&options, &model), MLC_OK);
  fine &= expect(simple_model_fit(model, x, target, 8, &loss), MLC_OK);
  fine &= expect(simple_model_predict(model, x, 8, y), MLC_OK);
  fine &= expect(simple_model_save(model, good), MLC_OK);
  fine &= expect(simple_model_load(model, good), MLC_OK);
  fine &= expect(simple_model_load(model, bad), MLC_INVALID_FILE);
  fine &= expect(simple_model_load(model, "/no/such/file"), MLC_IO_ERROR);
  fine &= expect(simple_model_save(model, "/no/such/file"), MLC_IO_ERROR);
  simple_model_destroy(model);
  return fine;
}

int main(int count, char **arguments) {
  if (count != 3)
    return 2;
  int fine = 1;
  for (int threads = 1; threads <= 3; ++threads)
    fine &= use(threads, arguments[1], arguments[2]);
  mlc_options options = {0};
  simple_model *model = NULL;
  fine &= expect(simple_model_create(&options, &model), MLC_INVALID_ARGUMENT);
  options.struct_size = sizeof options;
  options.device = "abacus";
  fine &= expect(simple_model_create(&options, &model), MLC_UNSUPPORTED);
  options.device = NULL;
  options.threads = 1024;  /* more than some systems start */
  mlc_status status = simple_model_create(&options, &model);
  fine &= status == MLC_OK || status == MLC_OUT_OF_MEMORY;
  simple_model_destroy(model);
  puts(fine ? "done" : "failed");
  return !fine;
}
