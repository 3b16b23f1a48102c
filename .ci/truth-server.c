/* A server that knows the truth: one thread, one epoll. GET /delayed is answered after a time drawn from a log-normal distribution
   (median MEDIAN_MS, sigma SIGMA) by SEED and the request's number; everything else at once. FREEZE_AT seconds after the first GET that
   is no HEAD's, it does nothing at all for FREEZE_FOR seconds. On SIGTERM it writes its log and ends: for each delayed request the
   nanoseconds that were drawn and those from reading the request to having written the reply, and the freeze's two moments by
   CLOCK_MONOTONIC.
   Usage: truth-server PORT LOG SEED MEDIAN_MS SIGMA FREEZE_AT FREEZE_FOR */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <math.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <time.h>
#include <unistd.h>

enum { connections_most = 20000, requests_most = 1 << 20 };
typedef struct { uint64_t due, read_at, drawn; int socket; } reply;
typedef struct { uint64_t drawn, held; } entry;

static reply heap[connections_most];
static int waiting;
static entry entries[requests_most];
static int logged;
static char inputs[connections_most][1024];
static int lengths[connections_most];
static volatile sig_atomic_t ended;
static const char answer[] = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
static const char head_answer[] = "HTTP/1.1 200 OK\r\n\r\n";

static void end(int signal) { (void)signal, ended = 1; }

static uint64_t now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (uint64_t)time.tv_sec * 1000000000 + (uint64_t)time.tv_nsec;
}

/* SplitMix64 of seed and number, as a fraction in (0, 1). */
static double fraction(uint64_t seed, uint64_t number) {
    uint64_t z = seed + (number + 1) * 0x9E3779B97F4A7C15ull;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ull;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBull;
    return ((double)((z ^ (z >> 31)) >> 11) + 0.5) / 9007199254740992.0;
}

static uint64_t draw(uint64_t seed, uint64_t number, double median, double sigma) {
    double normal = sqrt(-2 * log(fraction(seed, 2 * number))) * cos(2 * M_PI * fraction(seed, 2 * number + 1));
    return (uint64_t)(median * exp(sigma * normal) * 1e6);
}

static void write_all(int socket, const char *text, size_t length) {
    if (send(socket, text, length, MSG_NOSIGNAL) != (ssize_t)length) fprintf(stderr, "truth-server: a reply was not written\n");
}

static void push(reply value) {
    int place = waiting++;
    for (; place > 0 && value.due < heap[(place - 1) / 2].due; place = (place - 1) / 2) heap[place] = heap[(place - 1) / 2];
    heap[place] = value;
}

static reply pop(void) {
    reply first = heap[0], last = heap[--waiting];
    int place = 0;
    for (int child; (child = 2 * place + 1) < waiting; place = child) {
        if (child + 1 < waiting && heap[child + 1].due < heap[child].due) child++;
        if (heap[child].due >= last.due) break;
        heap[place] = heap[child];
    }
    heap[place] = last;
    return first;
}

int main(int count, char **arguments) {
    if (count != 8) return fprintf(stderr, "usage: truth-server PORT LOG SEED MEDIAN_MS SIGMA FREEZE_AT FREEZE_FOR\n"), 2;
    uint64_t seed = strtoull(arguments[3], NULL, 10), number = 0, began = 0, freeze = 0, thawed = 0;
    double median = atof(arguments[4]), sigma = atof(arguments[5]), at = atof(arguments[6]), lasts = atof(arguments[7]);
    /* Waits end on time, not 50 us later. */
    prctl(PR_SET_TIMERSLACK, 1);
    signal(SIGTERM, end);
    int listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0), yes = 1, epoll = epoll_create1(0);
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    struct sockaddr_in address = {AF_INET, htons((uint16_t)atoi(arguments[1])), {htonl(INADDR_LOOPBACK)}, {0}};
    if (bind(listener, (struct sockaddr *)&address, sizeof address) != 0 || listen(listener, 8192) != 0) return perror("truth-server"), 1;
    struct epoll_event event = {EPOLLIN, {.fd = listener}}, events[256];
    epoll_ctl(epoll, EPOLL_CTL_ADD, listener, &event);
    while (!ended) {
        uint64_t moment = now();
        if (lasts > 0 && began && !freeze && moment >= began + (uint64_t)(at * 1e9)) {
            struct timespec until = {0, 0};
            freeze = moment;
            moment += (uint64_t)(lasts * 1e9);
            until.tv_sec = (time_t)(moment / 1000000000), until.tv_nsec = (long)(moment % 1000000000);
            while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, NULL) != 0 && !ended) {}
            thawed = now();
        }
        while (waiting && heap[0].due <= (moment = now())) {
            reply due = pop();
            write_all(due.socket, answer, sizeof answer - 1);
            if (logged < requests_most) entries[logged++] = (entry){due.drawn, now() - due.read_at};
        }
        uint64_t next = moment + 1000000;
        if (waiting && heap[0].due < next) next = heap[0].due > moment ? heap[0].due : moment;
        struct timespec wait = {0, (long)(next - moment)};
        int ready = epoll_pwait2(epoll, events, 256, &wait, NULL);
        for (int index = 0; index < ready; index++) {
            int socket = events[index].data.fd;
            if (socket == listener) {
                while ((socket = accept4(listener, NULL, NULL, SOCK_NONBLOCK)) >= 0) {
                    if (socket >= connections_most) { close(socket); continue; }
                    setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
                    lengths[socket] = 0;
                    event.data.fd = socket;
                    epoll_ctl(epoll, EPOLL_CTL_ADD, socket, &event);
                }
                continue;
            }
            char *input = inputs[socket];
            ssize_t got = recv(socket, input + lengths[socket], sizeof inputs[0] - 1 - (size_t)lengths[socket], 0);
            if (got < 0 && errno == EAGAIN) continue;
            if (got <= 0) { close(socket); continue; }
            uint64_t read_at = now();
            input[lengths[socket] += (int)got] = 0;
            if (!strstr(input, "\r\n\r\n")) continue;
            /* One request at a time on a connection: none of its clients sends another before the reply. */
            lengths[socket] = 0;
            if (strncmp(input, "HEAD ", 5) == 0) { write_all(socket, head_answer, sizeof head_answer - 1); continue; }
            if (!began) began = read_at;
            if (strncmp(input, "GET /delayed ", 13) != 0) { write_all(socket, answer, sizeof answer - 1); continue; }
            uint64_t drawn = draw(seed, number++, median, sigma);
            push((reply){read_at + drawn, read_at, drawn, socket});
        }
    }
    FILE *file = fopen(arguments[2], "w");
    if (!file) return perror("truth-server"), 1;
    if (freeze) fprintf(file, "freeze %llu %llu\n", (unsigned long long)freeze, (unsigned long long)thawed);
    for (int index = 0; index < logged; index++)
        fprintf(file, "%llu %llu\n", (unsigned long long)entries[index].drawn, (unsigned long long)entries[index].held);
    return fclose(file);
}
