#define _GNU_SOURCE
#include "number.h"

#include <fenv.h>
#include <locale.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

/* The plain locale and the default environment of floats, of this thread, for the time of a
 * conversion: libc's conversions follow both. */
typedef struct plain {
  locale_t locale, previous;
  fenv_t environment;
} plain;

static bool enter_plain(plain *p) {
  p->locale = newlocale(LC_ALL_MASK, "C", (locale_t)0);
  if (!p->locale)
    return false;
  p->previous = uselocale(p->locale);
  fegetenv(&p->environment);
  fesetenv(FE_DFL_ENV);
  return true;
}

static void leave_plain(plain *p) {
  fesetenv(&p->environment);
  uselocale(p->previous);
  freelocale(p->locale);
}

static const char *skip_digits(const char *text) {
  while (*text >= '0' && *text <= '9')
    ++text;
  return text;
}

/* [+-] digits [. digits] [e [+-] digits], with a digit before or after the point. */
static bool is_decimal(const char *text) {
  text += *text == '-' || *text == '+';
  const char *end = skip_digits(text);
  size_t digits = (size_t)(end - text);
  if (*end == '.') {
    const char *fraction = end + 1;
    end = skip_digits(fraction);
    digits += (size_t)(end - fraction);
  }
  if (digits && (*end == 'e' || *end == 'E')) {
    text = end + 1;
    text += *text == '-' || *text == '+';
    end = skip_digits(text);
    digits = (size_t)(end - text);
  }
  return digits && *end == 0;
}

bool mlc_parse_number(const char *text, double *value) {
  plain p;
  if (!is_decimal(text) || !enter_plain(&p))
    return false;
  *value = strtod(text, NULL);
  leave_plain(&p);
  return isfinite(*value);
}

bool mlc_parse_whole(const char *text, uint64_t *value) {
  *value = 0;
  const char *next = text;
  for (; *next; ++next)
    if (*next < '0' || *next > '9' || __builtin_mul_overflow(*value, 10, value) ||
        __builtin_add_overflow(*value, (uint64_t)(*next - '0'), value))
      return false;
  return next != text && next - text <= 20;
}

const char *mlc_format_number(double value, char *text) {
  plain p;
  text[0] = 0;
  if (!enter_plain(&p))
    return text;
  snprintf(text, kNumberBytes, (double)(float)value == value ? "%.9g" : "%.17g", value);
  leave_plain(&p);
  return text;
}
