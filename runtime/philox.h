/* Philox4x32-10 (Salmon et al. 2011, "Parallel random numbers: as easy as 1, 2, 3"). The reference
 * evaluator and the code generator compute the same function. */
#ifndef MLC_RUNTIME_PHILOX_H
#define MLC_RUNTIME_PHILOX_H

#include <stdint.h>

static inline void mlc_philox_block(const uint32_t key[2], const uint32_t counter[4],
                                    uint32_t output[4]) {
  uint32_t k0 = key[0], k1 = key[1], c0 = counter[0], c1 = counter[1], c2 = counter[2],
           c3 = counter[3];
  for (int round = 0; round < 10; ++round) {
    uint64_t p0 = (uint64_t)0xD2511F53u * c0, p1 = (uint64_t)0xCD9E8D57u * c2;
    c0 = (uint32_t)(p1 >> 32) ^ c1 ^ k0;
    c1 = (uint32_t)p1;
    c2 = (uint32_t)(p0 >> 32) ^ c3 ^ k1;
    c3 = (uint32_t)p0;
    k0 += 0x9E3779B9u;
    k1 += 0xBB67AE85u;
  }
  output[0] = c0;
  output[1] = c1;
  output[2] = c2;
  output[3] = c3;
}

/* The four words of elements 4 block .. 4 block + 3 of a stream at a step. */
static inline void mlc_philox(uint64_t seed, uint64_t stream, uint64_t step, uint64_t block,
                              uint32_t output[4]) {
  uint64_t mixed = seed ^ stream;
  uint32_t key[2] = {(uint32_t)mixed, (uint32_t)(mixed >> 32)};
  uint32_t counter[4] = {(uint32_t)block, (uint32_t)(block >> 32), (uint32_t)step,
                         (uint32_t)(step >> 32)};
  mlc_philox_block(key, counter, output);
}

/* 64-bit FNV-1a: the stream of a name. */
static inline uint64_t mlc_hash_name(const char *name) {
  uint64_t hash = 0xcbf29ce484222325u;
  for (; *name; ++name)
    hash = (hash ^ (uint8_t)*name) * 0x100000001b3u;
  return hash;
}

#endif
