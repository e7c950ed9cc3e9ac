/* What the parts of the shim share: which calls count, and what becomes of the one that was asked for. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

/* The C library's own function, under the name `real`. */
#define REAL(name) static __typeof__(&name) real; if (!real) real = (__typeof__(&name))dlsym(RTLD_NEXT, #name)
#define PATHS 4096

/* Classes of calls. Out: to a provider; in: from whoever called us. */
enum call { WRITE, SYNC, OUT, IN, CLASSES };
/* What a file descriptor is; the rest is none of ours. */
enum what { OTHER, HOUSE, PROVIDER, CALLER };
/* What shall become of a call. */
enum fate { GO_ON, THEN_KILL, HALF_THEN_CUT, FAIL };

extern char house[PATHS];

/* Counts a call and meets the fault, if it is the one; `grows` when it needs room on the disk. */
enum fate meet(enum call call, int grows);
enum what what_is(int fd);
void it_is(int fd, enum what what, const char *path);
const char *path_of(int fd);
int is_watching(void);
void die(void) __attribute__((noreturn));
/* The power goes: what was not synced is gone, or half of it. */
void cut_power(int torn) __attribute__((noreturn));
int chance(void);
ssize_t say(int fd, const struct iovec *parts, int count, int flags);
