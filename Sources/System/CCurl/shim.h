#pragma once
// libcurl's setters and getters are variadic, which Swift cannot call: one typed wrapper for each kind of value.
#include <curl/curl.h>

static inline CURLcode curl_set_long(CURL *easy, CURLoption option, long value) { return curl_easy_setopt(easy, option, value); }
static inline CURLcode curl_set_offset(CURL *easy, CURLoption option, curl_off_t value) { return curl_easy_setopt(easy, option, value); }
static inline CURLcode curl_set_string(CURL *easy, CURLoption option, const char *value) { return curl_easy_setopt(easy, option, value); }
static inline CURLcode curl_set_pointer(CURL *easy, CURLoption option, void *value) { return curl_easy_setopt(easy, option, value); }
static inline CURLcode curl_set_list(CURL *easy, CURLoption option, struct curl_slist *value) { return curl_easy_setopt(easy, option, value); }

typedef size_t (*curl_data_function)(char *data, size_t size, size_t count, void *context);
static inline CURLcode curl_set_data_function(CURL *easy, CURLoption option, curl_data_function value) { return curl_easy_setopt(easy, option, value); }
typedef curl_socket_t (*curl_open_socket_function)(void *context, curlsocktype purpose, struct curl_sockaddr *address);
static inline CURLcode curl_set_open_socket_function(CURL *easy, curl_open_socket_function value) { return curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, value); }
typedef int (*curl_close_socket_function)(void *context, curl_socket_t socket);
static inline CURLcode curl_set_close_socket_function(CURL *easy, curl_close_socket_function value) { return curl_easy_setopt(easy, CURLOPT_CLOSESOCKETFUNCTION, value); }
typedef int (*curl_before_request_function)(void *context, char *remote, char *local, int remote_port, int local_port);
static inline CURLcode curl_set_before_request_function(CURL *easy, curl_before_request_function value) { return curl_easy_setopt(easy, CURLOPT_PREREQFUNCTION, value); }
typedef int (*curl_socket_option_function)(void *context, curl_socket_t socket, curlsocktype purpose);
static inline CURLcode curl_set_socket_option_function(CURL *easy, curl_socket_option_function value) { return curl_easy_setopt(easy, CURLOPT_SOCKOPTFUNCTION, value); }

static inline CURLcode curl_get_long(CURL *easy, CURLINFO info, long *value) { return curl_easy_getinfo(easy, info, value); }
static inline CURLcode curl_get_offset(CURL *easy, CURLINFO info, curl_off_t *value) { return curl_easy_getinfo(easy, info, value); }
static inline CURLcode curl_get_socket(CURL *easy, curl_socket_t *value) { return curl_easy_getinfo(easy, CURLINFO_ACTIVESOCKET, value); }
static inline CURLcode curl_get_pointer(CURL *easy, CURLINFO info, char **value) { return curl_easy_getinfo(easy, info, value); }

static inline CURLSHcode curl_share_set_long(CURLSH *share, CURLSHoption option, long value) { return curl_share_setopt(share, option, value); }

static inline CURLMcode curl_multi_set_long(CURLM *multi, CURLMoption option, long value) { return curl_multi_setopt(multi, option, value); }
static inline CURLMcode curl_multi_set_pointer(CURLM *multi, CURLMoption option, void *value) { return curl_multi_setopt(multi, option, value); }
static inline CURLMcode curl_multi_set_socket_function(CURLM *multi, curl_socket_callback value) { return curl_multi_setopt(multi, CURLMOPT_SOCKETFUNCTION, value); }
static inline CURLMcode curl_multi_set_timer_function(CURLM *multi, curl_multi_timer_callback value) { return curl_multi_setopt(multi, CURLMOPT_TIMERFUNCTION, value); }
