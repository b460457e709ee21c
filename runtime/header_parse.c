/* A strict reader of exactly the JSON that a safetensors header is: no recursion, every byte
 * checked. */
#include "internal.h"
#include "safetensors.h"

#include <stdlib.h>
#include <string.h>

typedef struct reader {
  char *next, *end;
  const char *error;
} reader;

static bool fail(reader *r, const char *error) {
  if (!r->error)
    r->error = error;
  return false;
}

static void skip_space(reader *r) {
  while (r->next < r->end &&
         (*r->next == ' ' || *r->next == '\t' || *r->next == '\n' || *r->next == '\r'))
    ++r->next;
}

/* Skips spaces and then `c`, if it is next. */
static bool accept(reader *r, char c) {
  skip_space(r);
  if (r->next == r->end || *r->next != c)
    return false;
  ++r->next;
  return true;
}

static bool expect(reader *r, char c) {
  return accept(r, c) || fail(r, "its header is not well-formed JSON");
}

static bool read_hex4(reader *r, uint32_t *value) {
  *value = 0;
  if (r->end - r->next < 4)
    return fail(r, "its header ends inside a string");
  for (int i = 0; i < 4; ++i) {
    char c = *r->next++;
    uint32_t digit = c >= '0' && c <= '9'                 ? c - '0'
                     : (c | 32) >= 'a' && (c | 32) <= 'f' ? (c | 32) - 'a' + 10
                                                          : 16;
    if (digit == 16)
      return fail(r, "its header has a malformed \\u escape");
    *value = *value * 16 + digit;
  }
  return true;
}

static char *put_utf8(char *out, uint32_t code) {
  if (code < 0x80) {
    *out++ = (char)code;
  } else if (code < 0x800) {
    *out++ = (char)(0xc0 | code >> 6);
    *out++ = (char)(0x80 | (code & 0x3f));
  } else {
    if (code >= 0x10000)
      *out++ = (char)(0xf0 | code >> 18);
    *out++ = (char)(code >= 0x10000 ? 0x80 | (code >> 12 & 0x3f) : 0xe0 | code >> 12);
    *out++ = (char)(0x80 | (code >> 6 & 0x3f));
    *out++ = (char)(0x80 | (code & 0x3f));
  }
  return out;
}

/* After "\u": one code point, two escapes where it is a surrogate pair. */
static bool read_unicode(reader *r, char **out) {
  uint32_t code, low;
  if (!read_hex4(r, &code))
    return false;
  if (code >= 0xd800 && code < 0xdc00) {
    if (r->end - r->next < 2 || r->next[0] != '\\' || r->next[1] != 'u')
      return fail(r, "its header has half a surrogate pair");
    r->next += 2;
    if (!read_hex4(r, &low))
      return false;
    if (low < 0xdc00 || low > 0xdfff)
      return fail(r, "its header has half a surrogate pair");
    code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
  } else if (code >= 0xdc00 && code < 0xe000) {
    return fail(r, "its header has half a surrogate pair");
  }
  if (code == 0)
    return fail(r, "its header has a zero byte in a string");
  *out = put_utf8(*out, code);
  return true;
}

static bool read_escape(reader *r, char **out) {
  static const char kNames[] = "\"\\/bfnrt", kValues[] = "\"\\/\b\f\n\r\t";
  if (r->next == r->end)
    return fail(r, "its header ends inside a string");
  char c = *r->next++;
  if (c == 'u')
    return read_unicode(r, out);
  const char *found = c ? strchr(kNames, c) : NULL;
  if (!found)
    return fail(r, "its header has an unknown escape in a string");
  *(*out)++ = kValues[found - kNames];
  return true;
}

size_t mlc_utf8_length(const char *text, const char *end) {
  unsigned char first = (unsigned char)*text;
  size_t length = first < 0x80 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
  if (length == 1)
    return 1;
  if (first < 0xc2 || first > 0xf4 || (size_t)(end - text) < length)
    return 0;
  for (size_t i = 1; i < length; ++i)
    if (((unsigned char)text[i] & 0xc0) != 0x80)
      return 0;
  /* No longer than need be, no surrogates, nothing beyond U+10FFFF (RFC 3629, section 4). */
  unsigned char second = (unsigned char)text[1];
  bool outside = (first == 0xe0 && second < 0xa0) || (first == 0xed && second > 0x9f) ||
                 (first == 0xf0 && second < 0x90) || (first == 0xf4 && second > 0x8f);
  return outside ? 0 : length;
}

/* The rest of a character whose first byte has been read. */
static bool copy_character(reader *r, char **out) {
  size_t length = mlc_utf8_length(r->next - 1, r->end);
  if (!length)
    return fail(r, "its header has a string that is not UTF-8");
  memmove(*out, r->next - 1, length);
  *out += length;
  r->next += length - 1;
  return true;
}

/* Decodes in place (a decoded string is never longer) and ends it with a zero byte. */
static bool read_string(reader *r, const char **string) {
  if (!expect(r, '"'))
    return false;
  char *out = r->next;
  *string = out;
  while (r->next < r->end) {
    char c = *r->next++;
    if (c == '"') {
      *out = 0;
      return true;
    }
    if ((unsigned char)c < 0x20)
      return fail(r, "its header has a control character in a string");
    if (c == '\\' ? !read_escape(r, &out) : !copy_character(r, &out))
      return false;
  }
  return fail(r, "its header ends inside a string");
}

/* A whole number without sign, fraction or exponent, at most 2^53. */
static bool read_integer(reader *r, uint64_t *value) {
  skip_space(r);
  char *first = r->next;
  *value = 0;
  while (r->next < r->end && *r->next >= '0' && *r->next <= '9' && *value <= (UINT64_C(1) << 53))
    *value = *value * 10 + (uint64_t)(*r->next++ - '0');
  if (r->next == first || *value > (UINT64_C(1) << 53) || (*first == '0' && r->next - first > 1))
    return fail(r, "its header has a size or offset that is not a whole number up to 2^53");
  return true;
}

/* Makes room for one more element. */
static bool reserve(reader *r, void **list, size_t count, size_t *capacity, size_t elementBytes) {
  if (count < *capacity)
    return true;
  size_t larger = *capacity ? *capacity * 2 : 16;
  void *grown = realloc(*list, larger * elementBytes);
  if (!grown)
    return fail(r, "its header does not fit in memory");
  *list = grown;
  *capacity = larger;
  return true;
}

static bool read_shape(reader *r, mlc_file_header *header, mlc_file_tensor *tensor) {
  tensor->first_size = (uint32_t)header->size_count;
  tensor->rank = 0;
  if (!expect(r, '['))
    return false;
  if (accept(r, ']'))
    return true;
  do {
    uint64_t size;
    if (tensor->rank == kMaxRank)
      return fail(r, "its header has a tensor of more than 32 dimensions");
    if (!read_integer(r, &size) || !reserve(r, (void **)&header->sizes, header->size_count,
                                            &header->size_capacity, sizeof(int64_t)))
      return false;
    header->sizes[header->size_count++] = (int64_t)size;
    ++tensor->rank;
  } while (accept(r, ','));
  return expect(r, ']');
}

static bool read_offsets(reader *r, mlc_file_tensor *tensor) {
  return expect(r, '[') && read_integer(r, &tensor->begin) && expect(r, ',') &&
         read_integer(r, &tensor->end) && expect(r, ']');
}

/* {"dtype": ..., "shape": [...], "data_offsets": [begin, end]}, in any order, each once. */
static bool read_tensor(reader *r, mlc_file_header *header, const char *name) {
  mlc_file_tensor tensor = {.name = name};
  unsigned seen = 0;
  if (!expect(r, '{'))
    return false;
  do {
    const char *field;
    if (!read_string(r, &field) || !expect(r, ':'))
      return false;
    unsigned bit = strcmp(field, "dtype") == 0 ? 1 : strcmp(field, "shape") == 0 ? 2 : 4;
    if (bit == 4 && strcmp(field, "data_offsets") != 0)
      return fail(r, "its header has a tensor with an unknown field");
    if (seen & bit)
      return fail(r, "its header has a tensor with a field given twice");
    seen |= bit;
    if (!(bit == 1   ? read_string(r, &tensor.dtype)
          : bit == 2 ? read_shape(r, header, &tensor)
                     : read_offsets(r, &tensor)))
      return false;
  } while (accept(r, ','));
  if (!expect(r, '}'))
    return false;
  if (seen != 7)
    return fail(r, "its header has a tensor without dtype, shape or data_offsets");
  if (!reserve(r, (void **)&header->tensors, header->tensor_count, &header->tensor_capacity,
               sizeof tensor))
    return false;
  header->tensors[header->tensor_count++] = tensor;
  return true;
}

static bool read_metadata(reader *r, mlc_file_header *header) {
  if (header->metadata_count)
    return fail(r, "its header has __metadata__ twice");
  if (!expect(r, '{'))
    return false;
  if (accept(r, '}'))
    return true;
  do {
    mlc_file_pair pair;
    if (!read_string(r, &pair.key) || !expect(r, ':') || !read_string(r, &pair.value) ||
        !reserve(r, (void **)&header->metadata, header->metadata_count, &header->metadata_capacity,
                 sizeof pair))
      return false;
    header->metadata[header->metadata_count++] = pair;
  } while (accept(r, ','));
  return expect(r, '}');
}

static bool read_header(reader *r, mlc_file_header *header) {
  if (!expect(r, '{'))
    return false;
  if (!accept(r, '}')) {
    do {
      const char *name;
      if (!read_string(r, &name) || !expect(r, ':'))
        return false;
      if (!(strcmp(name, "__metadata__") == 0 ? read_metadata(r, header)
                                              : read_tensor(r, header, name)))
        return false;
    } while (accept(r, ','));
    if (!expect(r, '}'))
      return false;
  }
  skip_space(r);
  return r->next == r->end || fail(r, "its header has text after the JSON");
}

static int by_offset(const void *left, const void *right) {
  const mlc_file_tensor *a = left, *b = right;
  if (a->begin != b->begin)
    return a->begin < b->begin ? -1 : 1;
  return a->end < b->end ? -1 : a->end > b->end;
}

static int by_name(const void *left, const void *right) {
  return strcmp(((const mlc_file_tensor *)left)->name, ((const mlc_file_tensor *)right)->name);
}

static int by_key(const void *left, const void *right) {
  return strcmp(((const mlc_file_pair *)left)->key, ((const mlc_file_pair *)right)->key);
}

/* The tensors must fill the data exactly, without overlap; names and keys must be unique. */
static const char *check_lists(mlc_file_header *header) {
  uint64_t next = 0;
  if (header->tensor_count)
    qsort(header->tensors, header->tensor_count, sizeof *header->tensors, by_offset);
  for (size_t i = 0; i < header->tensor_count; ++i) {
    const mlc_file_tensor *tensor = &header->tensors[i];
    if (tensor->begin != next || tensor->end < tensor->begin || tensor->end > header->data_bytes)
      return "its tensors do not fill its data without gaps and overlaps; it is truncated or "
             "damaged";
    next = tensor->end;
  }
  if (next != header->data_bytes)
    return "it holds more bytes than its tensors need; it is damaged";
  return mlc_sort_header(header);
}

const char *mlc_sort_header(mlc_file_header *header) {
  if (header->tensor_count)
    qsort(header->tensors, header->tensor_count, sizeof *header->tensors, by_name);
  if (header->metadata_count)
    qsort(header->metadata, header->metadata_count, sizeof *header->metadata, by_key);
  for (size_t i = 1; i < header->tensor_count; ++i)
    if (by_name(&header->tensors[i - 1], &header->tensors[i]) == 0)
      return "its header names a tensor twice";
  for (size_t i = 1; i < header->metadata_count; ++i)
    if (by_key(&header->metadata[i - 1], &header->metadata[i]) == 0)
      return "its metadata have a key twice";
  return NULL;
}

/* A flat value of no interest. */
static bool skip_value(reader *r) {
  const char *text;
  skip_space(r);
  if (r->next < r->end && *r->next == '"')
    return read_string(r, &text);
  const char *first = r->next;
  while (r->next < r->end && *r->next && strchr("+-.0123456789Eaeflnrstu", *r->next))
    ++r->next;
  return r->next > first || fail(r, "it is not well-formed JSON");
}

static bool skip_object(reader *r) {
  const char *key;
  if (!expect(r, '{'))
    return false;
  if (accept(r, '}'))
    return true;
  do {
    if (!read_string(r, &key) || !expect(r, ':') || !skip_value(r))
      return false;
  } while (accept(r, ','));
  return expect(r, '}');
}

static bool read_index(reader *r, mlc_file_header *header) {
  const char *key;
  if (!expect(r, '{'))
    return false;
  do {
    if (!read_string(r, &key) || !expect(r, ':'))
      return false;
    bool isMap = strcmp(key, "weight_map") == 0;
    if (!(isMap ? read_metadata(r, header) : skip_object(r)))
      return false;
  } while (accept(r, ','));
  if (!expect(r, '}'))
    return false;
  skip_space(r);
  return (r->next == r->end && header->metadata_count) || fail(r, "it has no weight_map");
}

const char *mlc_parse_index(mlc_file_header *header, size_t bytes) {
  reader r = {header->text, header->text + bytes, NULL};
  return read_index(&r, header) ? check_lists(header) : r.error;
}

const char *mlc_parse_header(mlc_file_header *header, size_t bytes) {
  reader r = {header->text, header->text + bytes, NULL};
  if (!read_header(&r, header))
    return r.error;
  return check_lists(header);
}
