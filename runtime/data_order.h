/* The order in which a training loop sees its data: the same in mlc-run and in the Python package.
 */
#ifndef MLC_RUNTIME_DATA_ORDER_H
#define MLC_RUNTIME_DATA_ORDER_H

#include "runtime/philox.h"

/* A permutation of 0 .. samples - 1, a pure function of (seed, epoch): Fisher-Yates, each draw 64
 * random bits scaled to its range. */
static inline void mlc_data_order(uint64_t seed, uint64_t epoch, int64_t samples, int64_t *order) {
  uint64_t stream = mlc_hash_name("mlc-run data order");
  for (int64_t i = 0; i < samples; ++i)
    order[i] = i;
  for (int64_t i = samples - 1; i > 0; --i) {
    uint32_t words[4];
    mlc_philox(seed, stream, epoch, (uint64_t)i, words);
    uint64_t bits = (uint64_t)words[1] << 32 | words[0];
    int64_t j = (int64_t)((unsigned __int128)bits * (uint64_t)(i + 1) >> 64), kept = order[i];
    order[i] = order[j];
    order[j] = kept;
  }
}

#endif
