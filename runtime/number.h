/* Numbers as text in files: the same for every locale and every rounding mode of the program. */
#ifndef MLC_RUNTIME_NUMBER_H
#define MLC_RUNTIME_NUMBER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

enum { kNumberBytes = 32 };

/* A decimal number, with or without sign, point and exponent, and nothing else; false where it is
 * none or beyond a double. To the nearest double. */
bool mlc_parse_number(const char *text, double *value);
/* A whole number of 0 to 2^64 - 1, digits only. */
bool mlc_parse_whole(const char *text, uint64_t *value);
/* Writes the number with so many digits that `mlc_parse_number` gives it back to the bit: nine
 * where it is an f32, else seventeen. Returns `text`, of kNumberBytes. */
const char *mlc_format_number(double value, char *text);

#ifdef __cplusplus
}
#endif
#endif
