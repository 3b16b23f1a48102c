import Observability

/// The `# HELP` text of every metric that the services make; `promtool check metrics` complains of one without.
enum MetricHelp {
    /// By rendered name.
    static let texts = [
        "bulkhead_in_use": "Calls to a dependency that are on their way.",
        "bulkhead_rejected_total": "Calls to a dependency that were refused because too many were on their way.",
        "circuit_opened_total": "How often a dependency's circuit opened.",
        "circuit_rejected_total": "Calls to a dependency that were refused because its circuit was open.",
        "circuit_state": "A dependency's circuit: 0 closed, 1 half-open, 2 open.",
        "http_request_duration_seconds": "Time from a request's head to its answer's, by route, method and status.",
        "http_requests_in_flight": "Requests that are being worked on.",
        "http_requests_refused_total": "Requests too slow, with too large a head, or not HTTP, by code.",
        "http_requests_shed_total": "Requests refused because too many were being worked on.",
        "http_requests_total": "Requests answered, by route, method and status.",
        "messages_failed_total": "Attempts at handling a Kafka message that failed, by consumer.",
        "messages_handled_total": "Kafka messages handled, by consumer.",
        "otlp_spans_dropped_total": "Spans that were not exported, by reason.",
        "otlp_spans_exported_total": "Spans that the collector took.",
        "outbox_lag_seconds": "Age of the oldest outbox row that Kafka has not acknowledged, by topic.",
        "outbox_resent_total": "Outbox rows sent again because their consumer had not recorded them, by topic.",
        "outbox_send_failures_total": "Attempts at relaying the outbox that failed, by topic.",
        "outbox_sent_total": "Outbox rows that Kafka has acknowledged, by topic.",
        "outbox_waiting_rows": "Outbox rows that the relay found waiting, at most one batch, by topic.",
        "retries_total": "Calls to a dependency that were made again.",
        "retry_budget_exhausted_total": "Calls to a dependency that were not made again because too many had been.",
        "saga_duration_seconds": "Time from an order's acceptance to its end, by outcome.",
        "saga_outcomes_total": "Orders ended, by outcome.",
        "saga_queue_overflows_total":
            "Accepted orders that did not fit in the saga queue and were left to the sweeper.",
        "saga_queued_orders": "Orders that wait for their saga to begin.",
        "seat_corrections_total": "Seats that Redis had sold to another than the ticket's owner.",
        "seat_holds_expired_total": "Holds that lapsed.",
        "seat_holds_total": "Wishes to hold a seat, by outcome.",
        "seat_restorations_total": "Events that Redis had lost and that were restored from MySQL.",
        "seat_stream_watchers": "Open streams of seat changes.",
    ]

    /// Tells `registry` all of them.
    static func describe(in registry: PrometheusRegistry) {
        for (name, text) in texts { registry.describe(name, text) }
    }
}
