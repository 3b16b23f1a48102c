#pragma once
#include <librdkafka/rdkafka.h>
#include <librdkafka/rdkafka_mock.h>
#include <sys/prctl.h>

// rd_kafka_producev() is variadic, which Swift cannot call. The payload and the key are copied; `headers` belongs to
// librdkafka when this succeeds and stays the caller's when it fails.
static inline rd_kafka_resp_err_t crdkafka_produce(
    rd_kafka_t *rk, const char *topic,
    const void *key, size_t key_length,
    const void *value, size_t value_length,
    rd_kafka_headers_t *headers, void *opaque) {
    return rd_kafka_producev(
        rk,
        RD_KAFKA_V_TOPIC(topic),
        RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY),
        RD_KAFKA_V_KEY(key, key_length),
        RD_KAFKA_V_VALUE((void *)value, value_length),
        RD_KAFKA_V_HEADERS(headers),
        RD_KAFKA_V_OPAQUE(opaque),
        RD_KAFKA_V_END);
}

// Names the calling thread; prctl() is variadic, and pthread_setname_np() is hidden from Swift without _GNU_SOURCE.
static inline void crdkafka_name_thread(const char *name) {
    prctl(PR_SET_NAME, name, 0, 0, 0);
}
