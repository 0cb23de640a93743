/*
 * What a disk holds when the power goes, at the worst: only what somebody has synced. Loaded before the C library by
 * LD_PRELOAD, this passes fsync and fdatasync on, and then copies the whole file from the folder FAULT_LIVE to the folder
 * FAULT_IMAGE. A file that was removed stays in the image until its folder is synced, as an unlinked journal does.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void copy_file(int fd, const char *name, const char *image) {
  static char buffer[1 << 20];
  char to[4096], part[4096];
  snprintf(to, sizeof to, "%s/%s", image, name);
  snprintf(part, sizeof part, "%s/.%s", image, name);
  int out = open(part, O_WRONLY | O_CREAT | O_TRUNC, 0600);
  if (out < 0) abort();
  off_t at = 0;
  for (ssize_t size; (size = pread(fd, buffer, sizeof buffer, at)) > 0; at += size)
    if (write(out, buffer, size) != size) abort();
  close(out);
  /* All at once: the process may be killed at any instant. */
  if (rename(part, to) != 0) abort();
}

static void forget_removed(const char *live, const char *image) {
  char path[4096];
  DIR *folder = opendir(image);
  if (!folder) abort();
  for (struct dirent *entry; (entry = readdir(folder));) {
    struct stat found;
    if (entry->d_name[0] == '.') continue;
    snprintf(path, sizeof path, "%s/%s", live, entry->d_name);
    if (stat(path, &found) == 0) continue;
    snprintf(path, sizeof path, "%s/%s", image, entry->d_name);
    unlink(path);
  }
  closedir(folder);
}

static void synced(int fd) {
  const char *live = getenv("FAULT_LIVE"), *image = getenv("FAULT_IMAGE");
  char link[64], path[4096];
  if (!live || !image) return;
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  ssize_t length = readlink(link, path, sizeof path - 1);
  if (length < 0) return;
  path[length] = 0;
  size_t prefix = strlen(live);
  if (strncmp(path, live, prefix) != 0) return;
  if (path[prefix] == 0) forget_removed(live, image);
  else if (path[prefix] == '/' && !strchr(path + prefix + 1, '/')) copy_file(fd, path + prefix + 1, image);
}

static int pass_on(const char *name, int fd) {
  int (*real)(int) = (int (*)(int))dlsym(RTLD_NEXT, name);
  int result = real(fd);
  int before = errno;
  if (result == 0) synced(fd);
  errno = before;
  return result;
}

int fsync(int fd) { return pass_on("fsync", fd); }
int fdatasync(int fd) { return pass_on("fdatasync", fd); }
