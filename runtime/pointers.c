/* What a call's pointers must be: there, aligned, and the results apart from all else. */
#include "internal.h"

/* Beyond this many pairs, sorting is cheaper than comparing each with each. */
enum { kFewPairs = 64 };

static bool overlap(const mlc_range *a, const mlc_range *b) {
  return a->begin < b->end && b->begin < a->end;
}

static const char *tensor_name(const mlc_entry_info *info, int32_t number) {
  return number < info->input_count ? info->inputs[number].name
                                    : info->results[number - info->input_count].name;
}

static mlc_status fail_overlap(mlc_model *model, const mlc_entry_info *info, int32_t a, int32_t b) {
  int32_t result = a > b ? a : b, other = a > b ? b : a; /* results have the larger numbers */
  return mlc_fail(model, MLC_INVALID_ARGUMENT,
                  "%s: the memory of result %s overlaps that of %s %s; give every result its own",
                  info->name, tensor_name(info, result),
                  other < info->input_count ? "input" : "result", tensor_name(info, other));
}

/* By their first byte: shell sort, which needs no memory. */
static void sort_ranges(mlc_range *ranges, int32_t count) {
  int32_t gap = 1;
  while (gap < count / 3)
    gap = 3 * gap + 1;
  for (; gap > 0; gap /= 3)
    for (int32_t i = gap; i < count; ++i) {
      mlc_range moved = ranges[i];
      int32_t place = i;
      for (; place >= gap && ranges[place - gap].begin > moved.begin; place -= gap)
        ranges[place] = ranges[place - gap];
      ranges[place] = moved;
    }
}

/* In the order of their first bytes, a range overlaps an earlier one if it begins before the
 * furthest end. */
static mlc_status check_sorted(mlc_model *model, const mlc_entry_info *info, mlc_range *ranges,
                               int32_t count) {
  const mlc_range *furthest = NULL, *furthestResult = NULL;
  sort_ranges(ranges, count);
  for (int32_t i = 0; i < count; ++i) {
    bool isResult = ranges[i].number >= info->input_count;
    const mlc_range *other = isResult ? furthest : furthestResult;
    if (other && overlap(other, &ranges[i]))
      return fail_overlap(model, info, other->number, ranges[i].number);
    if (!furthest || ranges[i].end > furthest->end)
      furthest = &ranges[i];
    if (isResult && (!furthestResult || ranges[i].end > furthestResult->end))
      furthestResult = &ranges[i];
  }
  return MLC_OK;
}

/* No result may share a byte with an input or another result; inputs may with each other. They come
 * first in `ranges`. */
static mlc_status check_overlaps(mlc_model *model, const mlc_entry_info *info, mlc_range *ranges,
                                 int32_t inputs, int32_t count) {
  if ((int64_t)(count - inputs) * count > kFewPairs)
    return check_sorted(model, info, ranges, count);
  for (int32_t i = inputs; i < count; ++i)
    for (int32_t j = 0; j < i; ++j)
      if (overlap(&ranges[i], &ranges[j]))
        return fail_overlap(model, info, ranges[i].number, ranges[j].number);
  return MLC_OK;
}

static inline int overlaps_block(const mlc_range *range, const void *base, size_t bytes) {
  return (int)(range->begin - (uintptr_t)base < bytes) |
         (int)((uintptr_t)base - range->begin < range->end - range->begin);
}

/* The model's own memory, and the caller's workspace, change while an entry runs. */
static inline mlc_status check_blocks(mlc_model *model, const mlc_entry_info *info,
                                      const mlc_range *range) {
  int inWorkspace = overlaps_block(range, model->workspace, model->workspace_bytes);
  int inState = overlaps_block(range, model->shared->block.base, model->shared->block.bytes) |
                overlaps_block(range, model->state.base, model->state.bytes);
  if (__builtin_expect(!(inWorkspace | inState), 1))
    return MLC_OK;
  return mlc_fail(model, MLC_INVALID_ARGUMENT, "%s: the memory of %s overlaps %s", info->name,
                  tensor_name(info, range->number),
                  inWorkspace ? "the workspace" : "the model's parameters");
}

/* Why a pointer to elements of `size` bytes cannot be read or written. */
static const char *problem_of(uintptr_t begin, uintptr_t size) {
  if (!begin)
    return "is null";
  if ((begin & (size - 1)) != 0)
    return "is not aligned to the size of its elements";
  return "leads out of memory";
}

/* Checks one pointer to the bytes of `range`; a null pointer is fine where there is nothing to read
 * or write. */
static inline mlc_status check_pointer(mlc_model *model, const mlc_entry_info *info,
                                       const mlc_tensor_info *tensor, mlc_range *range,
                                       uintptr_t bytes, const void *pointer) {
  uintptr_t begin = (uintptr_t)pointer, size = (uintptr_t)mlc_dtype_bytes(tensor->dtype);
  range->begin = range->end = 0;
  if (bytes == 0)
    return MLC_OK;
  if (!begin || (begin & (size - 1)) != 0 || begin + bytes < begin)
    return mlc_fail(model, MLC_INVALID_ARGUMENT, "%s: the pointer to %s %s", info->name,
                    tensor->name, problem_of(begin, size));
  range->begin = begin;
  range->end = begin + bytes;
  return check_blocks(model, info, range);
}

mlc_status mlc_check_pointers(mlc_model *model, const mlc_entry *entry, const uintptr_t *bytes,
                              const void *const *inputs, void *const *results) {
  const mlc_entry_info *info = entry->info;
  int32_t inputCount = info->input_count, count = inputCount + info->result_count;
  mlc_range *ranges = model->call_ranges;
  mlc_status status = MLC_OK;
  if ((inputCount && !inputs) || (info->result_count && !results))
    return mlc_fail(model, MLC_INVALID_ARGUMENT, "%s: the pointer to %s is null", info->name,
                    tensor_name(info, inputCount && !inputs ? 0 : inputCount));
  for (int32_t i = 0; i < count; ++i)
    ranges[i].number = i;
  for (int32_t i = 0; i < inputCount && status == MLC_OK; ++i)
    status = check_pointer(model, info, &info->inputs[i], &ranges[i], bytes[i], inputs[i]);
  for (int32_t i = inputCount; i < count && status == MLC_OK; ++i)
    status = check_pointer(model, info, &info->results[i - inputCount], &ranges[i], bytes[i],
                           results[i - inputCount]);
  return status == MLC_OK ? check_overlaps(model, info, ranges, inputCount, count) : status;
}
