/* Calls to files of the house. Notes what each write and each change of a name would need to be undone, until it is synced. */
#include "point.h"
#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/stat.h>

/* Bytes of a file as they were; or a name that came (`from` is the old one, or empty) or went (`saved` has the file). */
struct undo {
    struct undo *earlier;
    char *path, *from, *saved, *old;
    off_t offset, size;
    size_t had, length;
};

static struct undo *unsynced;
static pthread_mutex_t lock = PTHREAD_RECURSIVE_MUTEX_INITIALIZER_NP;

static struct undo *note(const char *path) {
    struct undo *u = calloc(1, sizeof *u);
    if (!u) _exit(97);
    u->path = strdup(path), u->earlier = unsynced;
    return unsynced = u;
}

/* SQLite's index of its log lives in memory; after a crash it is made anew. */
static int is_memory(const char *path) {
    size_t n = strlen(path);
    return n > 4 && !strcmp(path + n - 4, "-shm");
}

static int plainly_open(const char *path, int flags) {
    REAL(open);
    return real(path, flags | O_CLOEXEC);
}

/* What stands where somebody is about to write. Never closes a file that SQLite has open: that would drop its locks. */
static void remember(int fd, const char *path, off_t offset, size_t length) {
    struct stat now;
    if (is_memory(path)) return;
    struct undo *u = note(path);
    if (!(u->old = calloc(1, length + 1))) _exit(97);
    int readable = (fcntl(fd, F_GETFL) & O_ACCMODE) != O_WRONLY, from = readable ? fd : plainly_open(path, O_RDONLY);
    if (fstat(from, &now)) _exit(97);
    ssize_t had = pread(from, u->old, length, offset);
    u->offset = offset, u->length = length, u->size = now.st_size, u->had = had < 0 ? 0 : (size_t)had;
    if (!readable) close(from);
}

/* What was synced stays: the bytes of a file, or the names in a folder. */
static void forget(const char *path) {
    REAL(unlink);
    size_t n = strlen(path);
    for (struct undo **u = &unsynced; *u;) {
        struct undo *this = *u;
        int name_here = this->from && !strncmp(this->path, path, n) && this->path[n] == '/' && !strchr(this->path + n + 1, '/');
        if (!name_here && (this->from || strcmp(this->path, path))) { u = &this->earlier; continue; }
        if (this->saved) real(this->saved);
        *u = this->earlier;
        free(this->path), free(this->from), free(this->saved), free(this->old), free(this);
    }
}

static void put_name_back(const struct undo *u) {
    static __typeof__(&unlink) remove_name;
    if (!remove_name) remove_name = (__typeof__(&unlink))dlsym(RTLD_NEXT, "unlink");
    REAL(rename);
    if (*u->from) real(u->path, u->from);
    else if (!u->saved) remove_name(u->path);
    if (u->saved) real(u->saved, u->path);
}

static void put_bytes_back(const struct undo *u, int torn) {
    REAL(pwrite64);
    static __typeof__(&ftruncate64) cut_off;
    if (!cut_off) cut_off = (__typeof__(&ftruncate64))dlsym(RTLD_NEXT, "ftruncate64");
    int fd = plainly_open(u->path, O_WRONLY);
    if (fd < 0) return;
    /* Torn: the file may have grown, and have nothing but zeros there. */
    if (real(fd, u->old, torn ? u->length : u->had, u->offset) < 0 || (!torn && cut_off(fd, u->size))) _exit(97);
}

void cut_power(int torn) {
    pthread_mutex_lock(&lock);
    for (const struct undo *u = unsynced; u; u = u->earlier) {
        if (u->from && !torn) put_name_back(u);
        if (!u->from && (!torn || chance())) put_bytes_back(u, torn);
    }
    die();
}

/* The end of a call: what it gives, unless it was the last. */
static ssize_t ended(enum fate met, ssize_t done) {
    int why = errno;
    if (met == HALF_THEN_CUT) cut_power(1);
    if (met == THEN_KILL) die();
    pthread_mutex_unlock(&lock);
    errno = why;
    return done;
}

static enum fate began(enum call call, int grows) {
    pthread_mutex_lock(&lock);
    return meet(call, grows);
}

/* Where a path leads that may not exist yet; whether that is in the house. */
static int is_here(const char *path, char whole[PATHS]) {
    char copy[PATHS], folder[PATHS];
    if (!is_watching() || snprintf(copy, PATHS, "%s", path) >= PATHS) return 0;
    char *slash = strrchr(copy, '/');
    if (slash) *slash = 0;
    if (!realpath(slash ? (*copy ? copy : "/") : ".", folder) || strncmp(folder, house, strlen(house))) return 0;
    return snprintf(whole, PATHS, "%s/%s", folder, slash ? slash + 1 : copy) < PATHS;
}

/* A file whose name goes is kept under another one. */
static char *keep(const char *path) {
    static int kept;
    char *saved = NULL;
    if (is_memory(path) || asprintf(&saved, "%s/.power-%d", house, kept++) < 0) return NULL;
    return link(path, saved) ? NULL : saved;
}

static int open_here(int (*call)(const char *, int, ...), const char *path, int flags, int mode) {
    char whole[PATHS];
    struct stat there;
    int here = (is_watching() && realpath(path, whole) && !strcmp(whole, house)) || is_here(path, whole);
    if (!here) {
        int fd = call(path, flags, mode);
        if (is_watching()) it_is(fd, OTHER, NULL);
        return fd;
    }
    int fresh = (flags & O_CREAT) && stat(whole, &there), emptied = (flags & O_TRUNC) && !fresh;
    enum fate met = GO_ON;
    pthread_mutex_lock(&lock);
    if (fresh || emptied) met = meet(WRITE, fresh);
    int fd = met == FAIL ? -1 : call(path, emptied ? flags & ~O_TRUNC : flags, mode);
    it_is(fd, HOUSE, whole);
    if (fd >= 0 && fresh && !is_memory(whole)) note(whole)->from = strdup("");
    if (fd >= 0 && emptied) {
        REAL(ftruncate64);
        remember(fd, whole, 0, (size_t)there.st_size);
        real(fd, 0);
    }
    return (int)ended(met, fd);
}

#define MODE() va_list more; va_start(more, flags); int mode = flags & O_CREAT ? va_arg(more, int) : 0; va_end(more)
int open(const char *path, int flags, ...) { MODE(); REAL(open); return open_here(real, path, flags, mode); }
int open64(const char *path, int flags, ...) { MODE(); REAL(open64); return open_here(real, path, flags, mode); }

int close(int fd) {
    REAL(close);
    if (is_watching()) it_is(fd, OTHER, NULL);
    return real(fd);
}

static ssize_t put(int fd, const void *bytes, size_t n, off_t offset, int placed) {
    static __typeof__(&write) plain;
    if (!plain) plain = (__typeof__(&write))dlsym(RTLD_NEXT, "write");
    REAL(pwrite64);
    enum fate met = began(WRITE, 1);
    if (met == FAIL) return ended(met, -1);
    struct stat now;
    if (!placed) offset = fcntl(fd, F_GETFL) & O_APPEND && !fstat(fd, &now) ? now.st_size : lseek(fd, 0, SEEK_CUR);
    remember(fd, path_of(fd), offset, n);
    if (met == HALF_THEN_CUT && n > 1) n /= 2;
    return ended(met, placed ? real(fd, bytes, n, offset) : plain(fd, bytes, n));
}

ssize_t pwrite64(int fd, const void *bytes, size_t n, off_t offset) {
    REAL(pwrite64);
    return what_is(fd) == HOUSE ? put(fd, bytes, n, offset, 1) : real(fd, bytes, n, offset);
}

ssize_t write(int fd, const void *bytes, size_t n) {
    REAL(write);
    struct iovec all = {(void *)bytes, n};
    enum what what = what_is(fd);
    return what == HOUSE ? put(fd, bytes, n, 0, 0) : what == OTHER ? real(fd, bytes, n) : say(fd, &all, 1, 0);
}

int ftruncate64(int fd, off_t size) {
    REAL(ftruncate64);
    struct stat now;
    if (what_is(fd) != HOUSE || fstat(fd, &now)) return real(fd, size);
    int grows = size > now.st_size;
    enum fate met = began(WRITE, grows);
    if (met == FAIL) return (int)ended(met, -1);
    remember(fd, path_of(fd), grows ? now.st_size : size, grows ? 0 : (size_t)(now.st_size - size));
    return (int)ended(met, real(fd, size));
}

static int sync_here(int fd, int (*call)(int)) {
    if (what_is(fd) != HOUSE) return call(fd);
    enum fate met = began(SYNC, 0);
    if (met == HALF_THEN_CUT) cut_power(1);
    int done = met == FAIL ? -1 : call(fd);
    if (!done) forget(path_of(fd));
    return (int)ended(met, done);
}
int fsync(int fd) { REAL(fsync); return sync_here(fd, real); }
int fdatasync(int fd) { REAL(fdatasync); return sync_here(fd, real); }

int unlink(const char *path) {
    REAL(unlink);
    char whole[PATHS];
    if (!is_here(path, whole) || access(whole, F_OK)) return real(path);
    enum fate met = began(WRITE, 0);
    if (met == FAIL) return (int)ended(met, -1);
    char *saved = keep(whole);
    if (saved) {
        struct undo *u = note(whole);
        u->from = strdup(""), u->saved = saved;
    }
    return (int)ended(met, real(path));
}

int rename(const char *from, const char *to) {
    REAL(rename);
    char was[PATHS], is[PATHS];
    if (!is_here(from, was) || !is_here(to, is)) return real(from, to);
    enum fate met = began(WRITE, 0);
    if (met == FAIL) return (int)ended(met, -1);
    struct undo *u = note(is);
    u->from = strdup(was), u->saved = keep(is);
    return (int)ended(met, real(from, to));
}
