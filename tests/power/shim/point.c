/* Stands between the program and the C library (LD_PRELOAD): counts its calls to the disk and to the network, and at one of
 * them kills it, lets the call fail or stop, or cuts the power. Knows nothing of the product but the folder of its house.
 *
 *   POWER_HOUSE  files under this folder count
 *   POWER_BOARD  a file shared with the test: numbers of 64 bits, a count for each class, then `met` and `released`
 *   POWER_CALL   a class (write, sync, out, in), POWER_AT which call of it, from 1
 *   POWER_KIND   before, after: killed; power: killed, and what was not synced is gone; torn: in the middle of the call, and
 *                half of what was not synced is gone; error: once; full: no room until released; hang: until released
 *   POWER_SEED   which halves are gone
 */
#include "point.h"
#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>

#define FDS 65536

static const char *const words[] = {"write", "sync", "out", "in"};
enum { MET = CLASSES, RELEASED, NUMBERS };

char house[PATHS];
static volatile uint64_t *board;
static const char *kind = "";
static int wanted = -1;
static uint64_t at, seed;
static unsigned char whats[FDS];
static char *paths[FDS];

__attribute__((constructor)) static void begin(void) {
    const char *shared = getenv("POWER_BOARD"), *call = getenv("POWER_CALL"), *n = getenv("POWER_AT");
    if (!shared || !getenv("POWER_HOUSE") || !realpath(getenv("POWER_HOUSE"), house)) return;
    for (int i = 0; call && i < CLASSES; i++) if (!strcmp(call, words[i])) wanted = i;
    if (getenv("POWER_KIND")) kind = getenv("POWER_KIND");
    at = n ? strtoull(n, NULL, 10) : 0;
    seed = getenv("POWER_SEED") ? strtoull(getenv("POWER_SEED"), NULL, 10) | 1 : 1;
    int fd = open(shared, O_RDWR | O_CLOEXEC);
    void *numbers = mmap(NULL, NUMBERS * sizeof *board, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (fd < 0 || numbers == MAP_FAILED) _exit(97);
    close(fd);
    board = numbers;
}

int is_watching(void) { return board != NULL; }

int chance(void) {
    seed ^= seed << 13, seed ^= seed >> 7, seed ^= seed << 17;
    return seed & 1;
}

void die(void) {
    kill(getpid(), SIGKILL);
    for (;;) pause();
}

static int is(const char *word) { return !strcmp(kind, word); }

enum fate meet(enum call call, int grows) {
    uint64_t n = __atomic_add_fetch(&board[call], 1, __ATOMIC_SEQ_CST);
    int here = (int)call == wanted && n == at;
    if (here) __atomic_store_n(&board[MET], 1, __ATOMIC_SEQ_CST);
    if (is("full") && grows && board[MET] && !board[RELEASED]) return errno = ENOSPC, FAIL;
    if (!here) return GO_ON;
    if (is("before")) die();
    if (is("after")) return THEN_KILL;
    if (is("power")) cut_power(0);
    if (is("torn")) return HALF_THEN_CUT;
    if (is("error")) return errno = call == WRITE || call == SYNC ? EIO : ECONNRESET, FAIL;
    if (is("hang")) while (!board[RELEASED]) usleep(5000);
    return GO_ON;
}

enum what what_is(int fd) { return board && fd >= 0 && fd < FDS ? whats[fd] : OTHER; }

const char *path_of(int fd) { return paths[fd]; }

void it_is(int fd, enum what what, const char *path) {
    if (fd < 0 || fd >= FDS) return;
    whats[fd] = what;
    if (path) paths[fd] = strdup(path);
}
