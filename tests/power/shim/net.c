/* Calls to sockets: those that the program opened to a provider, and those that it took from a caller. */
#include "point.h"
#include <poll.h>
#include <sys/socket.h>

static int is_inet(const struct sockaddr *peer) {
    return peer && (peer->sa_family == AF_INET || peer->sa_family == AF_INET6);
}

static enum call class_of(int fd) { return what_is(fd) == PROVIDER ? OUT : IN; }

static int is_peer(int fd) { return what_is(fd) == PROVIDER || what_is(fd) == CALLER; }

static ssize_t broken(int fd) {
    shutdown(fd, SHUT_RDWR);
    return errno = ECONNRESET, -1;
}

static ssize_t ended(enum fate met, ssize_t done) {
    if (met == HALF_THEN_CUT) cut_power(1);
    if (met == THEN_KILL) die();
    return done;
}

int connect(int fd, const struct sockaddr *to, socklen_t n) {
    REAL(connect);
    if (!is_watching() || !is_inet(to)) return real(fd, to, n);
    it_is(fd, PROVIDER, NULL);
    enum fate met = meet(OUT, 0);
    if (met == FAIL) return errno = ECONNREFUSED, -1;
    return (int)ended(met, real(fd, to, n));
}

int accept4(int fd, struct sockaddr *from, socklen_t *n, int flags) {
    REAL(accept4);
    int taken = real(fd, from, n, flags);
    if (!is_watching() || taken < 0 || !is_inet(from)) return taken;
    it_is(taken, CALLER, NULL);
    enum fate met = meet(IN, 0);
    if (met == FAIL) return close(taken), errno = ECONNABORTED, -1;
    return (int)ended(met, taken);
}

/* In the middle of it, half has left. */
ssize_t say(int fd, const struct iovec *parts, int count, int flags) {
    REAL(sendmsg);
    enum fate met = meet(class_of(fd), 0);
    if (met == FAIL) return broken(fd);
    struct msghdr all = {.msg_iov = (struct iovec *)parts, .msg_iovlen = (size_t)count};
    struct iovec first = parts[0];
    if (met == HALF_THEN_CUT) {
        first.iov_len = count > 1 ? first.iov_len : first.iov_len / 2;
        all.msg_iov = &first, all.msg_iovlen = 1;
    }
    return ended(met, real(fd, &all, flags | MSG_NOSIGNAL));
}

ssize_t send(int fd, const void *bytes, size_t n, int flags) {
    REAL(send);
    struct iovec all = {(void *)bytes, n};
    return is_peer(fd) ? say(fd, &all, 1, flags) : real(fd, bytes, n, flags);
}

ssize_t writev(int fd, const struct iovec *parts, int count) {
    REAL(writev);
    return is_peer(fd) && count > 0 ? say(fd, parts, count, 0) : real(fd, parts, count);
}

/* A read counts when there is something to read. */
static enum fate hear(int fd) {
    struct pollfd ready = {fd, POLLIN, 0};
    return is_peer(fd) && poll(&ready, 1, 0) > 0 ? meet(class_of(fd), 0) : GO_ON;
}

ssize_t recv(int fd, void *bytes, size_t n, int flags) {
    REAL(recv);
    enum fate met = hear(fd);
    return met == FAIL ? broken(fd) : ended(met, real(fd, bytes, n, flags));
}

ssize_t read(int fd, void *bytes, size_t n) {
    REAL(read);
    enum fate met = hear(fd);
    return met == FAIL ? broken(fd) : ended(met, real(fd, bytes, n));
}

ssize_t readv(int fd, const struct iovec *parts, int count) {
    REAL(readv);
    enum fate met = hear(fd);
    return met == FAIL ? broken(fd) : ended(met, real(fd, parts, count));
}
