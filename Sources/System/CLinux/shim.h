#pragma once
// What Swift's Glibc module leaves out: epoll, eventfd, timerfd, process control.
// Never define _GNU_SOURCE here: it renames members of `fd_set`, and every module must see the same types.
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <sys/timerfd.h>
#include <linux/sockios.h>
#include <netinet/tcp.h>

// prctl is variadic, which Swift cannot call. From here on orphaned descendants become children of this process.
static inline int linux_become_subreaper(void) { return prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0); }

// GNU extensions of spawn.h (glibc 2.29 and 2.34), declared here because only _GNU_SOURCE shows them.
#include <spawn.h>
extern int posix_spawn_file_actions_addchdir_np(posix_spawn_file_actions_t *actions, const char *path);
extern int posix_spawn_file_actions_addclosefrom_np(posix_spawn_file_actions_t *actions, int from);
static inline int linux_spawn_add_chdir(posix_spawn_file_actions_t *actions, const char *path) {
    return posix_spawn_file_actions_addchdir_np(actions, path);
}
static inline int linux_spawn_add_closefrom(posix_spawn_file_actions_t *actions, int descriptor) {
    return posix_spawn_file_actions_addclosefrom_np(actions, descriptor);
}
// POSIX_SPAWN_SETSID, which only _GNU_SOURCE shows.
static const short linux_spawn_setsid = 0x80;

// Names the calling thread, 15 characters at most: what `top -H` shows.
static inline int linux_name_thread(const char *name) { return prctl(PR_SET_NAME, name, 0, 0, 0); }

// A connection of `listener`, non-blocking and closed on exec; -1 with errno. accept4 is declared here because only _GNU_SOURCE shows it.
struct sockaddr;
extern int accept4(int listener, struct sockaddr *address, unsigned int *length, int flags);
static inline int linux_accept(int listener) { return accept4(listener, (struct sockaddr *)0, (unsigned int *)0, 02004000); }
