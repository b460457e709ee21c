/* The header's macros agree with workspace_bytes. */
#include "gpt.h"
#include <stdio.h>

static int check(gpt *model, const char *entry, int threads, size_t expected) {
  size_t bytes = 0;
  if (gpt_workspace_bytes(model, entry, NULL, threads, &bytes) == MLC_OK && bytes == expected)
    return 0;
  printf("%s, %d threads: the header says %zu, but got %zu\n", entry, threads, expected, bytes);
  return 1;
}

int main(void) {
  static unsigned char reserved[gpt_fit_WORKSPACE_BYTES(2)]; /* a constant expression */
  gpt *model = NULL;
  int wrong = gpt_create(NULL, &model) != MLC_OK || sizeof reserved != gpt_fit_WORKSPACE_BYTES(2);
  for (int threads = 1; threads <= 3; ++threads) {
    wrong += check(model, "fit", threads, gpt_fit_WORKSPACE_BYTES(threads));
    wrong += check(model, "loss", threads, gpt_loss_WORKSPACE_BYTES(threads));
  }
  gpt_destroy(model);
  return wrong;
}
