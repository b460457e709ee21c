#define _GNU_SOURCE
#include "output_file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { kMostLinks = 40, kMostNames = 100, kTemporaryBytes = 32 };

static bool write_all(int file, const void *data, size_t bytes) {
  const uint8_t *next = data;
  while (bytes) {
    ssize_t done = write(file, next, bytes < INT_MAX ? bytes : INT_MAX);
    if (done < 0 && errno == EINTR)
      continue;
    if (done < 0)
      return false;
    next += done;
    bytes -= (size_t)done;
  }
  return true;
}

/* A write beyond RLIMIT_FSIZE raises SIGXFSZ on this thread, which would end the program: it is
 * blocked meanwhile, and one of ours is taken off again. */
bool mlc_write_exactly(int file, const void *data, size_t bytes) {
  sigset_t limit, previous, before;
  sigemptyset(&limit);
  sigaddset(&limit, SIGXFSZ);
  pthread_sigmask(SIG_BLOCK, &limit, &previous);
  sigpending(&before);
  bool done = write_all(file, data, bytes);
  int error = errno;
  const struct timespec now = {0, 0};
  if (!done && error == EFBIG && !sigismember(&before, SIGXFSZ))
    sigtimedwait(&limit, NULL, &now);
  pthread_sigmask(SIG_SETMASK, &previous, NULL);
  errno = error;
  return done;
}

/* `name` in the folder of `path`, in memory of its own; null, with errno, where that ran out. */
static char *beside(const char *path, const char *name) {
  const char *slash = name[0] == '/' ? NULL : strrchr(path, '/');
  size_t folder = slash ? (size_t)(slash - path) + 1 : 0, bytes = strlen(name) + 1;
  char *joined = malloc(folder + bytes);
  errno = ENOMEM;
  if (!joined)
    return NULL;
  memcpy(joined, path, folder);
  memcpy(joined + folder, name, bytes);
  return joined;
}

/* What the path names at last, there or not. Null, with errno, where memory ran out or the links
 * have no end. */
static char *follow_links(const char *path) {
  char *current = beside("", path), link[PATH_MAX];
  for (int links = 0; current; ++links) {
    ssize_t length = readlink(current, link, sizeof link - 1);
    if (length < 0)
      return current;
    link[length] = 0;
    char *next = links < kMostLinks ? beside(current, link) : NULL;
    int error = links < kMostLinks ? errno : ELOOP;
    free(current);
    errno = error;
    current = next;
  }
  return NULL;
}

/* Root may write what nobody may: read-only is what says so. */
static bool is_read_only(const char *path, const struct stat *info) {
  return (info->st_mode & (S_IWUSR | S_IWGRP | S_IWOTH)) == 0 || access(path, W_OK) != 0;
}

/* Why nothing may take the place of `path`, or null; `old` is what is there, its mode 0 for
 * nothing. */
static const char *check_place(const char *path, const char *target, struct stat *old) {
  struct stat end;
  memset(old, 0, sizeof *old);
  if (stat(path, old) != 0)
    return errno == ENOENT ? NULL : strerror(errno);
  if (!S_ISREG(old->st_mode))
    return "it is not a regular file";
  if (stat(target, &end) != 0)
    return "it is a file without a name"; /* such as /dev/stdout where that was deleted */
  return is_read_only(target, old) ? "it is read-only" : NULL;
}

/* Gives the file a name beside its target that no other file has, by opening or by linking it. */
static bool name_temporary(mlc_output *output, mode_t mode) {
  char name[kTemporaryBytes], self[32];
  snprintf(self, sizeof self, "/proc/self/fd/%d", output->file);
  for (int i = 0; i < kMostNames; ++i) {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    snprintf(name, sizeof name, ".%08x%08x.tmp", (unsigned)getpid(),
             (unsigned)now.tv_nsec + (unsigned)i);
    char *temporary = beside(output->target, name);
    bool linked = output->file >= 0;
    int file = !temporary ? -1
               : linked
                   ? linkat(AT_FDCWD, self, AT_FDCWD, temporary, AT_SYMLINK_FOLLOW)
                   : open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode);
    if (file >= 0) {
      output->temporary = temporary;
      output->file = linked ? output->file : file;
      return true;
    }
    int error = errno;
    free(temporary);
    errno = error;
    if (error != EEXIST)
      return false;
  }
  return false;
}

/* A file without a name where the file system has them: a killed process then leaves nothing. */
static bool open_temporary(mlc_output *output, mode_t mode) {
  char *folder = beside(output->target, ".");
  if (!folder)
    return false;
  if (access("/proc/self/fd", X_OK) == 0)
    output->file = open(folder, O_WRONLY | O_TMPFILE | O_CLOEXEC, mode);
  free(folder);
  return output->file >= 0 || name_temporary(output, mode);
}

/* Owner and mode of what was there; another owner's where the system lets us. */
static bool take_over(int file, const struct stat *old) {
  if (fchown(file, old->st_uid, old->st_gid) != 0 && fchown(file, (uid_t)-1, old->st_gid) != 0)
    errno = 0; /* it becomes ours */
  return fchmod(file, old->st_mode & 07777) == 0;
}

const char *mlc_output_open(mlc_output *output, const char *path) {
  struct stat old;
  *output = (mlc_output){.file = -1};
  output->target = follow_links(path);
  const char *problem = output->target ? check_place(path, output->target, &old) : strerror(errno);
  if (!problem && (!open_temporary(output, old.st_mode ? 0600 : 0666) ||
                   (old.st_mode && !take_over(output->file, &old))))
    problem = strerror(errno);
  if (problem)
    mlc_output_discard(output);
  return problem;
}

/* Makes the rename durable; a file system that cannot flush a folder is left alone. */
static void flush_folder(const char *target) {
  char *folder = beside(target, ".");
  int file = folder ? open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
  free(folder);
  if (file < 0)
    return;
  fsync(file);
  close(file);
}

static bool flush(int file) {
  int status;
  do
    status = fsync(file);
  while (status != 0 && errno == EINTR);
  return status == 0;
}

const char *mlc_output_prepare(mlc_output *output) {
  output->prepared =
      output->prepared || (flush(output->file) && (output->temporary || name_temporary(output, 0)));
  return output->prepared ? NULL : strerror(errno);
}

const char *mlc_output_commit(mlc_output *output) {
  const char *problem = mlc_output_prepare(output);
  if (!problem && rename(output->temporary, output->target) != 0)
    problem = strerror(errno);
  if (!problem) {
    free(output->temporary);
    output->temporary = NULL;
    flush_folder(output->target);
  }
  mlc_output_discard(output);
  return problem;
}

void mlc_output_discard(mlc_output *output) {
  if (output->temporary)
    unlink(output->temporary);
  if (output->file >= 0)
    close(output->file);
  free(output->temporary);
  free(output->target);
  *output = (mlc_output){.file = -1};
}
