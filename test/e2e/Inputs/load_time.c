/* The median time of dlopen and dlclose of a model, in microseconds. */
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec * 1e6 + time.tv_nsec * 1e-3;
}

static int compare(const void *a, const void *b) {
  return *(const double *)a > *(const double *)b ? 1 : -1;
}

int main(int count, char **arguments) {
  double times[21];
  for (int i = 0; i < 21; ++i) {
    double begin = now();
    void *library = dlopen(arguments[1], RTLD_NOW | RTLD_LOCAL);
    if (!library)
      return 1;
    times[i] = now() - begin;
    dlclose(library);
  }
  qsort(times, 21, sizeof *times, compare);
  printf("median %.0f us: %s\n", times[10], times[10] < 1000 ? "fast enough" : "too slow");
  return 0;
}
