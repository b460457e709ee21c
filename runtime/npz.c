/* The directory of an .npz: a zip archive of .npy files (PKWARE APPNOTE 6.3.3, NumPy's NEP 1), as a
 * list of tensors. What is compressed has no place in the file where a tensor could be read: it is
 * refused. */
#include "internal.h"
#include "safetensors.h"

#include <stdlib.h>
#include <string.h>

enum {
  kEndBytes = 22,
  kMostComment = 65535,
  kEntryBytes = 46,
  kLocalBytes = 30,
  kNpyBytes = 65536
};

static const char kDamaged[] = "it is truncated or damaged";

static uint64_t number(const uint8_t *at, int width) {
  uint64_t value = 0;
  while (width-- > 0)
    value = value << 8 | at[width];
  return value;
}

/* The archive while its directory is read. */
typedef struct archive {
  int file;
  uint64_t size;
  mlc_file_header *header;
} archive;

/* {'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }: the value of a key, or null. */
static const char *find_value(const char *text, const char *key) {
  const char *found = strstr(text, key);
  found = found ? strchr(found + strlen(key), ':') : NULL;
  return found ? found + 1 + strspn(found + 1, " ") : NULL;
}

/* The dtype as safetensors has it. */
static const char *file_dtype(const char *descr) {
  static const char *const kNames[][2] = {{"<f4", "F32"},  {"<f8", "F64"}, {"<f2", "F16"},
                                          {"|b1", "BOOL"}, {"|i1", "I8"},  {"|u1", "U8"},
                                          {"<i4", "I32"},  {"<i8", "I64"}, {"<u4", "U32"}};
  for (size_t i = 0; i < sizeof kNames / sizeof kNames[0]; ++i)
    if (strncmp(descr + 1, kNames[i][0], 3) == 0 && descr[4] == descr[0])
      return kNames[i][1];
  return NULL;
}

/* "(2, 3)" after the sizes of the tensors before. */
static bool read_sizes(const char *text, mlc_file_header *header, mlc_file_tensor *tensor) {
  tensor->first_size = (uint32_t)header->size_count;
  if (*text++ != '(')
    return false;
  for (text += strspn(text, " "); *text != ')'; text += strspn(text, ", ")) {
    char *end;
    if (*text < '0' || *text > '9' || tensor->rank == kMaxRank)
      return false;
    header->sizes[header->size_count++] = (int64_t)strtoull(text, &end, 10);
    ++tensor->rank;
    text = end;
  }
  return true;
}

/* The header of the .npy of `bytes` bytes at tensor->begin, behind which begin then is. */
static const char *read_npy(archive *a, mlc_file_tensor *tensor, uint64_t bytes) {
  uint8_t prefix[12];
  static const char kTooLong[] = "it has an array with a header that is too long";
  if (bytes < sizeof prefix || !mlc_read_exactly(a->file, prefix, sizeof prefix, tensor->begin) ||
      memcmp(prefix, "\x93NUMPY", 6) != 0)
    return kDamaged;
  int width = prefix[6] == 1 ? 2 : 4;
  uint64_t length = number(prefix + 8, width), start = 8 + (uint64_t)width;
  if (length >= kNpyBytes)
    return kTooLong;
  char *text = calloc(1, (size_t)length + 1);
  bool isRead = text && start + length <= bytes &&
                mlc_read_exactly(a->file, text, (size_t)length, tensor->begin + start);
  const char *descr = isRead ? find_value(text, "'descr'") : NULL,
             *order = isRead ? find_value(text, "'fortran_order'") : NULL,
             *shape = isRead ? find_value(text, "'shape'") : NULL, *problem = NULL;
  if (!descr || !order || !shape)
    problem = kDamaged;
  else if (strncmp(order, "False", 5) != 0)
    problem = "it has an array in Fortran's order; save numpy.ascontiguousarray of it";
  else if (!(tensor->dtype = file_dtype(descr)))
    problem = "it has an array of a dtype that no parameter has, or big-endian";
  else if (!read_sizes(shape, a->header, tensor))
    problem = kDamaged;
  free(text);
  tensor->end = tensor->begin + bytes;
  tensor->begin += start + length;
  return problem;
}

/* Sizes and place of an entry of the directory; with zip64, from its extra field, which has those
 * that are all ones before it, in this order. */
static bool read_places(const uint8_t *entry, uint64_t *bytes, uint64_t *packed, uint64_t *place) {
  const uint8_t *at = entry + kEntryBytes + number(entry + 28, 2),
                *end = at + number(entry + 30, 2);
  uint64_t *const values[] = {bytes, packed, place};
  *bytes = number(entry + 24, 4);
  *packed = number(entry + 20, 4);
  *place = number(entry + 42, 4);
  while (end - at >= 4) {
    const uint8_t *field = at + 4, *fieldEnd = field + number(at + 2, 2);
    if (fieldEnd > end)
      return false;
    for (int i = 0; i < 3 && number(at, 2) == 1; ++i)
      if (*values[i] == UINT32_MAX && fieldEnd - field >= 8) {
        *values[i] = number(field, 8);
        field += 8;
      }
    at = fieldEnd;
  }
  return *bytes != UINT32_MAX && *place != UINT32_MAX;
}

static const char *read_entry(archive *a, const uint8_t *entry, char *name) {
  uint8_t local[kLocalBytes];
  uint64_t bytes, packed, place;
  mlc_file_tensor tensor = {.name = name};
  size_t length = strlen(name);
  if (!read_places(entry, &bytes, &packed, &place) || place > a->size ||
      !mlc_read_exactly(a->file, local, sizeof local, place) || number(local, 4) != 0x04034b50)
    return kDamaged;
  tensor.begin = place + kLocalBytes + number(local + 26, 2) + number(local + 28, 2);
  if (number(entry + 10, 2) != 0)
    return "it is compressed; write it with numpy.savez";
  if (tensor.begin > a->size || bytes > a->size - tensor.begin || bytes != packed)
    return kDamaged;
  if (length < 5 || strcmp(name + length - 4, ".npy") != 0)
    return "it has a file that is no .npy";
  name[length - 4] = 0;
  const char *problem = read_npy(a, &tensor, bytes);
  a->header->tensors[a->header->tensor_count++] = tensor;
  return problem;
}

/* `count` entries in `bytes` bytes. Names move to the front of the text that they are read from. */
static const char *read_directory(archive *a, uint64_t count, size_t bytes) {
  uint8_t *at = (uint8_t *)a->header->text, *end = at + bytes;
  a->header->tensors = calloc(count + 1, sizeof *a->header->tensors);
  a->header->sizes = calloc((count + 1) * kMaxRank, sizeof *a->header->sizes);
  if (!a->header->tensors || !a->header->sizes)
    return "it does not fit in memory";
  for (uint64_t i = 0; i < count; ++i) {
    if (end - at < kEntryBytes || number(at, 4) != 0x02014b50)
      return kDamaged;
    size_t nameBytes = number(at + 28, 2);
    uint64_t rest = nameBytes + number(at + 30, 2) + number(at + 32, 2);
    if ((uint64_t)(end - at) - kEntryBytes < rest)
      return kDamaged;
    char *name = malloc(nameBytes + 1);
    if (!name)
      return "it does not fit in memory";
    memcpy(name, at + kEntryBytes, nameBytes);
    name[nameBytes] = 0;
    const char *problem = read_entry(a, at, name);
    /* The entry has been read: its memory takes the name, which is shorter. */
    for (size_t t = i; t < a->header->tensor_count; ++t)
      a->header->tensors[t].name = memcpy(at, name, nameBytes + 1);
    free(name);
    if (problem)
      return problem;
    at += kEntryBytes + rest;
  }
  return mlc_sort_header(a->header);
}

/* The end of the directory is the last thing in the file but for a comment. */
static const char *read_archive(archive *a) {
  uint8_t tail[kEndBytes + kMostComment];
  uint64_t bytes = a->size < sizeof tail ? a->size : sizeof tail, at = bytes - kEndBytes;
  if (bytes < kEndBytes || !mlc_read_exactly(a->file, tail, bytes, a->size - bytes))
    return kDamaged;
  while (number(tail + at, 4) != 0x06054b50)
    if (at-- == 0)
      return kDamaged;
  uint64_t count = number(tail + at + 10, 2), length = number(tail + at + 12, 4),
           place = number(tail + at + 16, 4), end = a->size - bytes + at;
  uint8_t far[56];
  /* zip64: a locator of 20 bytes before it, which says where the 64-bit numbers are. */
  if (place == UINT32_MAX || count == UINT16_MAX) {
    if (at < 20 || number(tail + at - 20, 4) != 0x07064b50 ||
        !mlc_read_exactly(a->file, far, sizeof far, number(tail + at - 12, 8)) ||
        number(far, 4) != 0x06064b50)
      return kDamaged;
    count = number(far + 32, 8);
    length = number(far + 40, 8);
    place = number(far + 48, 8);
  }
  if (length > kMaxHeaderBytes || count > length / kEntryBytes || place > end ||
      length > end - place)
    return kDamaged;
  a->header->text = malloc(length + 1);
  if (!a->header->text)
    return "it does not fit in memory";
  if (!mlc_read_exactly(a->file, a->header->text, length, place))
    return kDamaged;
  return read_directory(a, count, length);
}

mlc_status mlc_read_npz(mlc_model *model, const char *path, int file, uint64_t size,
                        mlc_file_header *header) {
  archive a = {file, size, header};
  const char *problem = read_archive(&a);
  return problem ? mlc_fail(model, MLC_INVALID_FILE, "%s is not an .npz of parameters: %s", path,
                            problem)
                 : MLC_OK;
}
