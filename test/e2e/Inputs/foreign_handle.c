/* @a/b_c and @a_b/c are linked as libraries: a_b_c is the first one's. The other's handle is
 * refused, never run. */
#include "second.h"

#include <stdio.h>
#include <string.h>

extern mlc_status a_create(const mlc_options *options, void **model);
extern void a_destroy(void *model);
extern const mlc_model_table *a_mlc_model_v1(void);

int main(void) {
  a_b *ours;
  void *first;
  float x[2] = {1, 2}, y[2] = {7, 7};
  const char *refusal = "the handle is another model's: a takes what its own create made";
  if (a_b_create(NULL, &ours) != MLC_OK || a_create(NULL, &first) != MLC_OK)
    return 1;
  int wrong = a_b_c(ours, x, y) != MLC_INVALID_ARGUMENT || y[0] != 7;
  wrong |= strcmp(a_mlc_model_v1()->last_error(NULL), refusal) != 0;
  wrong |= a_b_c((a_b *)first, x, y) != MLC_OK || y[0] != 2;
  /* Every function of a table knows its own. */
  const mlc_model_table *table = a_mlc_model_v1();
  mlc_tensor tensor;
  double number;
  char text[8];
  int64_t step;
  size_t bytes;
  mlc_status statuses[] = {table->call(ours, "b_c", &tensor, 1, &tensor, 1),
                           table->result_shape(ours, "b_c", NULL, 0, &step),
                           table->workspace_bytes(ours, "b_c", NULL, 1, &bytes),
                           table->cost(ours, "b_c", NULL, &number, &number),
                           table->get_parameter(ours, "w", text, 8),
                           table->set_parameter(ours, "w", text, 8),
                           table->get_hyperparameter(ours, "w", &number),
                           table->set_hyperparameter(ours, "w", 1),
                           table->save(ours, "never"),
                           table->load(ours, "never"),
                           table->save_with_metadata(ours, "never", NULL, 0),
                           table->read_metadata(ours, "never", "step", text, 8),
                           table->get_step(ours, &step),
                           table->reset(ours, 1),
                           table->get_entry_step(ours, "b_c", &step)};
  for (size_t i = 0; i < sizeof statuses / sizeof *statuses; ++i)
    wrong |= statuses[i] != MLC_INVALID_ARGUMENT;
  wrong |= strcmp(table->last_error(ours), refusal) != 0;
  table->destroy(ours); /* no more than the others */
  wrong |= a_b_mlc_model_v1()->call(first, "c", &tensor, 1, &tensor, 1) != MLC_INVALID_ARGUMENT;
  wrong |= a_b_mlc_model_v1()->get_step(ours, &step) != MLC_OK;
  a_b_destroy(ours);
  a_destroy(first);
  puts(wrong ? "wrong" : "foreign handles are refused");
  return wrong;
}
