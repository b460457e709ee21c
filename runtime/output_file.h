/* Files that appear whole or not at all: written beside their place, flushed to the disk, renamed.
 * Of the runtime and of the tools. */
#ifndef MLC_RUNTIME_OUTPUT_FILE_H
#define MLC_RUNTIME_OUTPUT_FILE_H

#include <stdbool.h>
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct mlc_output {
  char *target;    /* what the path names, its symbolic links followed */
  char *temporary; /* the file's name for now; null: it has none yet, and vanishes with us */
  int file;
  bool prepared;
} mlc_output;

/* Begins a file that will take the place of `path`, with the mode of what is there. Null, or why it
 * cannot be written; then there is nothing to discard. */
const char *mlc_output_open(mlc_output *output, const char *path);
/* Flushes the file and names it beside its place, so that hardly anything is left to fail at: for
 * several files that belong together. Null, or why it cannot be put there. */
const char *mlc_output_prepare(mlc_output *output);
/* Puts the file in its place, on the disk. Null, or why not. The output is over, either way. */
const char *mlc_output_commit(mlc_output *output);
/* Leaves what is at the path as it was. */
void mlc_output_discard(mlc_output *output);

/* Writes all bytes, across signals and short writes; false, with errno, where that cannot be done:
 * a full disk or a file beyond the limit of the process (no signal then). */
bool mlc_write_exactly(int file, const void *data, size_t bytes);

#ifdef __cplusplus
}
#endif
#endif
