// OpenBLAS: sgemm, and sgemv for one row.
#include "harness.h"
#include <cblas.h>
#include <stdlib.h>

typedef struct {
  int transpose_a, transpose_b, m, n, k;
  const float *a, *b;
  float *c;
} product;

static void run(void *context) {
  const product *p = context;
  if (p->m == 1)
    cblas_sgemv(CblasRowMajor, p->transpose_b ? CblasNoTrans : CblasTrans,
                p->transpose_b ? p->n : p->k, p->transpose_b ? p->k : p->n, 1, p->b,
                p->transpose_b ? p->k : p->n, p->a, 1, 0, p->c, 1);
  else
    cblas_sgemm(CblasRowMajor, p->transpose_a ? CblasTrans : CblasNoTrans,
                p->transpose_b ? CblasTrans : CblasNoTrans, p->m, p->n, p->k, 1, p->a,
                p->transpose_a ? p->m : p->k, p->b, p->transpose_b ? p->k : p->n, 0, p->c, p->n);
}

const char *peer_version(void) { return openblas_get_config(); }

bench_case *peer_product(int transpose_a, int transpose_b, int m, int n, int k, const float *a,
                         const float *b, float *c) {
  product *p = malloc(sizeof *p);
  *p = (product){transpose_a, transpose_b, m, n, k, a, b, c};
  bench_case *made = malloc(sizeof *made);
  *made = (bench_case){run, p};
  return made;
}
