/* Weights are read in place until something changes them; handles that share read the same ones.
 * usage: program [WEIGHTS]: with a file, that of a library without weights, which loads them. */
#include "lexicon.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { N = 100 };
static int32_t rows[N];
static float y[N * 64], x[2048], bumped[2048];

static void check(int condition, const char *what) {
  if (condition)
    return;
  printf("failed: %s\n", what);
  exit(1);
}

static void check_table(lexicon *model, float scale, const char *what) {
  check(lexicon_lookup(model, rows, N, y) == MLC_OK, lexicon_last_error(model));
  for (int i = 0; i < N; ++i)
    for (int j = 0; j < 64; ++j)
      check(y[i * 64 + j] == scale * ((float)rows[i] + (float)j / 64), what);
}

static float bump(lexicon *model) {
  check(lexicon_bump(model, x, bumped) == MLC_OK, lexicon_last_error(model));
  return bumped[5];
}

/* The kilobytes of pages that are this process's own. */
static long own_pages(void) {
  char line[256];
  long sum = 0, value;
  FILE *file = fopen("/proc/self/smaps", "r");
  while (file && fgets(line, sizeof line, file))
    if (sscanf(line, "Anonymous: %ld", &value) == 1)
      sum += value;
  if (file)
    fclose(file);
  return sum;
}

static void check_refused(lexicon *model, mlc_status status, const char *sentence) {
  check(status == MLC_INVALID_ARGUMENT, "what changes shared parameters is refused");
  if (strcmp(lexicon_last_error(model), sentence) != 0)
    printf("%s\n", lexicon_last_error(model));
  check(strcmp(lexicon_last_error(model), sentence) == 0, "by its sentence");
}

static void test_sharing(lexicon *model) {
  static float table[4096 * 64];
  lexicon *other, *third;
  float loss;
  float before = bump(model);
  check(lexicon_share(model, NULL) == MLC_INVALID_ARGUMENT, "share needs a place");
  check(lexicon_share(model, &other) == MLC_OK, lexicon_last_error(model));
  check(bump(other) == before + 1 && bump(other) == before + 2 && bump(model) == before + 1,
        "states are copied");
  check(lexicon_share(other, &third) == MLC_OK, lexicon_last_error(other));
  check_table(third, 1, "parameters are shared");
  check_refused(model, lexicon_fit(model, rows, N, &loss),
                "fit changes parameters that 2 other handles read: destroy them first");
  lexicon_destroy(model);
  check_refused(other, lexicon_load(other, "none"),
                "load changes parameters that 1 other handle reads: destroy it first");
  check_refused(other, lexicon_set_parameter(other, "table", table, sizeof table),
                "set_parameter changes parameters that 1 other handle reads: destroy it first");
  check(lexicon_mlc_model_v1()->reset(other, 0) == MLC_INVALID_ARGUMENT, "reset is refused");
  lexicon_destroy(third);
  check_table(other, 1, "parameters outlive the first handle");
  check(lexicon_fit(other, rows, N, &loss) == MLC_OK, lexicon_last_error(other));
  lexicon_destroy(other);
}

int main(int argc, char **argv) {
  lexicon *model, *fresh;
  float loss;
  for (int i = 0; i < N; ++i)
    rows[i] = i * 37 % 4096; /* distinct */
  for (int i = 0; i < 2048; ++i)
    x[i] = 1;
  long start = own_pages();
  check(lexicon_create(NULL, &model) == MLC_OK, lexicon_last_error(NULL));
  if (argc > 1)
    check(lexicon_load(model, argv[1]) == MLC_OK, lexicon_last_error(model));
  check_table(model, 1, "the weights");
  if (argc == 1)
    check(own_pages() - start < 600, "a megabyte of weights is read in place");
  check(bump(model) == 6, "the state");

  /* loss = sum of squares: one step multiplies by 1 - 2e-3 what was looked up. */
  check(lexicon_fit(model, rows, N, &loss) == MLC_OK, lexicon_last_error(model));
  check(lexicon_lookup(model, rows, N, y) == MLC_OK && y[64] < 37 && y[64] > 36.9f,
        "training changes its handle's parameters");
  check(lexicon_create(NULL, &fresh) == MLC_OK, lexicon_last_error(NULL));
  if (argc > 1)
    check(lexicon_load(fresh, argv[1]) == MLC_OK, lexicon_last_error(fresh));
  check_table(fresh, 1, "and no other's");
  check(bump(fresh) == 6, "nor the state");
  check(lexicon_mlc_model_v1()->reset(model, 0) == MLC_OK, "reset");
  check_table(model, argc == 1 ? 1 : 0, "reset brings the initial values back");
  lexicon_destroy(model);
  test_sharing(fresh);
  puts("weights in place");
  return 0;
}
