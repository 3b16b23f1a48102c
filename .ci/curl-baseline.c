/* What libcurl itself can do, in plain C: so many reused easy handles on one multi handle, moved on by epoll through
   curl_multi_socket_action, each sending the same POST again as soon as it is answered.
   Usage: curl-baseline URL CONNECTIONS SECONDS BODY; prints requests, failures and seconds. */
#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <time.h>
#include <unistd.h>

static int epoll;
static long timeout_ms = -1;

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec + time.tv_nsec / 1e9;
}

static int socket_changed(CURL *easy, curl_socket_t socket, int what, void *context, void *known) {
    struct epoll_event event = {.data.fd = socket};
    (void)easy;
    if (what == CURL_POLL_REMOVE) return epoll_ctl(epoll, EPOLL_CTL_DEL, socket, NULL), 0;
    if (what & CURL_POLL_IN) event.events |= EPOLLIN;
    if (what & CURL_POLL_OUT) event.events |= EPOLLOUT;
    if (epoll_ctl(epoll, known ? EPOLL_CTL_MOD : EPOLL_CTL_ADD, socket, &event) != 0)
        epoll_ctl(epoll, EPOLL_CTL_ADD, socket, &event);
    curl_multi_assign(context, socket, context);
    return 0;
}

static int timer_changed(CURLM *multi, long milliseconds, void *context) {
    (void)multi, (void)context;
    timeout_ms = milliseconds;
    return 0;
}

static size_t discard(char *data, size_t size, size_t count, void *context) {
    (void)data, (void)context;
    return size * count;
}

int main(int count, char **arguments) {
    if (count != 5) return fprintf(stderr, "usage: curl-baseline URL CONNECTIONS SECONDS BODY\n"), 2;
    int connections = atoi(arguments[2]), running = 0, left;
    long requests = 0, failures = 0;
    curl_global_init(CURL_GLOBAL_DEFAULT);
    epoll = epoll_create1(EPOLL_CLOEXEC);
    CURLM *multi = curl_multi_init();
    curl_multi_setopt(multi, CURLMOPT_SOCKETFUNCTION, socket_changed);
    curl_multi_setopt(multi, CURLMOPT_SOCKETDATA, multi);
    curl_multi_setopt(multi, CURLMOPT_TIMERFUNCTION, timer_changed);
    curl_multi_setopt(multi, CURLMOPT_MAXCONNECTS, (long)connections);
    struct curl_slist *headers = curl_slist_append(NULL, "Content-Type: application/json");
    for (int index = 0; index < connections; index++) {
        CURL *easy = curl_easy_init();
        curl_easy_setopt(easy, CURLOPT_URL, arguments[1]);
        curl_easy_setopt(easy, CURLOPT_POSTFIELDS, arguments[4]);
        curl_easy_setopt(easy, CURLOPT_HTTPHEADER, headers);
        curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, discard);
        curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
        curl_multi_add_handle(multi, easy);
    }
    struct epoll_event events[512];
    double start = now(), end = start + atof(arguments[3]);
    while (now() < end) {
        int wait = timeout_ms < 0 || timeout_ms > 100 ? 100 : (int)timeout_ms;
        int ready = epoll_wait(epoll, events, 512, wait);
        if (timeout_ms >= 0 && ready == 0) {
            timeout_ms = -1;
            curl_multi_socket_action(multi, CURL_SOCKET_TIMEOUT, 0, &running);
        }
        for (int index = 0; index < ready; index++) {
            int mask = 0;
            if (events[index].events & (EPOLLIN | EPOLLHUP)) mask |= CURL_CSELECT_IN;
            if (events[index].events & EPOLLOUT) mask |= CURL_CSELECT_OUT;
            if (events[index].events & EPOLLERR) mask |= CURL_CSELECT_ERR;
            curl_multi_socket_action(multi, events[index].data.fd, mask, &running);
        }
        CURLMsg *message;
        while ((message = curl_multi_info_read(multi, &left))) {
            CURL *easy = message->easy_handle;
            long status = 0;
            curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
            if (message->data.result == CURLE_OK && status == 200) requests++;
            else failures++;
            curl_multi_remove_handle(multi, easy);
            curl_multi_add_handle(multi, easy);
        }
    }
    printf("%ld %ld %.3f\n", requests, failures, now() - start);
    fflush(stdout);
    _exit(0);
}
