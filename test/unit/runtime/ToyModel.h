#ifndef MLC_TEST_TOY_MODEL_H
#define MLC_TEST_TOY_MODEL_H

#include "runtime/model.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Entries: predict(x[batch, 4]) -> y[batch]; fit(x, target[batch]) -> loss; lookup(index[?]) ->
 * w[index]; twice(x[2, 3]) -> 2 x. */
extern const mlc_model_descriptor toy_descriptor;
const mlc_model_table *mlc_model_v1(void);

#ifdef __cplusplus
}
#endif
#endif
