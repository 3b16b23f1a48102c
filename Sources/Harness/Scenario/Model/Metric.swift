/// The metrics of a run, by the names that thresholds and reports use (k6's where k6 has one).
package enum Metric: String, Sendable, CaseIterable {
    case httpReqs = "http_reqs"
    case httpReqDuration = "http_req_duration"
    case httpReqBlocked = "http_req_blocked"
    case httpReqConnecting = "http_req_connecting"
    case httpReqTLSHandshaking = "http_req_tls_handshaking"
    case httpReqSending = "http_req_sending"
    case httpReqWaiting = "http_req_waiting"
    case httpReqReceiving = "http_req_receiving"
    case httpReqFailed = "http_req_failed"
    case checks
    case iterations
    case iterationDuration = "iteration_duration"
    case groupDuration = "group_duration"
    case droppedIterations = "dropped_iterations"
    case vus
    case vusMax = "vus_max"
    case dataSent = "data_sent"
    case dataReceived = "data_received"
    /// From the moment the request was due to its last byte.
    case httpReqResponseTime = "http_req_response_time"
    /// How late the generator was.
    case httpReqLateness = "http_req_lateness"
    case stormReleaseSpread = "storm_release_spread"
    case sseDeliveryTime = "sse_delivery_time"
    /// From an order's acceptance to its end, as the user saw it.
    case sagaTime = "saga_time"
    /// Commands of `redis` steps.
    case redisReqs = "redis_reqs"
    /// Commands without a reply, and replies that are errors.
    case redisReqFailed = "redis_req_failed"
    /// From the moment the command was due to its reply.
    case redisReqResponseTime = "redis_req_response_time"
    /// Seats sold more than once.
    case oversell
    /// Violations of any invariant of the data.
    case violations

    package enum Kind: Sendable, Equatable {
        /// Durations, in seconds: `avg`, `min`, `max`, `med`, `p(N)`, `count`.
        case trend
        /// A share of yes and no: `rate`, 0…1.
        case rate
        /// A sum: `count`, and `rate` per second.
        case counter
        /// A value at the end: `value`; `vus` also `min` and `max`.
        case gauge
    }

    package var kind: Kind {
        switch self {
        case .httpReqs, .redisReqs, .iterations, .droppedIterations, .dataSent, .dataReceived: .counter
        case .httpReqFailed, .redisReqFailed, .checks: .rate
        case .vus, .vusMax, .oversell, .violations: .gauge
        case .httpReqDuration, .httpReqBlocked, .httpReqConnecting, .httpReqTLSHandshaking, .httpReqSending,
            .httpReqWaiting, .httpReqReceiving, .iterationDuration, .groupDuration, .httpReqResponseTime,
            .httpReqLateness,
            .stormReleaseSpread, .sseDeliveryTime, .sagaTime, .redisReqResponseTime:
            .trend
        }
    }
}
