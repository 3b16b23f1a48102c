/// What the ticketing suite promises and what the harness relies on: routes, error codes, Redis keys, tables, topics, messages.
///
/// Both houses know this module; neither knows the other. It holds names and shapes, no behaviour.
///
/// What the contract's page does not say, and the services do:
/// - `GET /openapi.yaml` of every service is the contract's HTTP half, ``OpenAPI/document``.
/// - `GET /api/events/{id}/seats` with `If-None-Match` of the current `ETag` is 304, without a body.
/// - A method that a path does not have is 405 `METHOD_NOT_ALLOWED`, with `Allow`.
/// - A request that has not arrived whole within 10 s of its first byte (`REQUEST_READ_TIMEOUT_MS`) is 408 `REQUEST_TIMEOUT`, and its
///   connection is closed; if its answer has begun already, it is only closed.
/// - A body of more than 64 KiB is 413 `PAYLOAD_TOO_LARGE`.
/// - A head (target, names and values of the fields) of more than 16 KiB, or of more than 100 fields, is 431 `HEADERS_TOO_LARGE`; what is
///   not HTTP at all is 400 `MALFORMED_REQUEST`; the connection is closed.
/// - A connection on which nothing is under way for 75 s is closed without a word; a stream is under way for as long as it lasts.
/// - A reset of an event that another reset is at work on is 409 `RESERVATION_CONFLICT`.
/// - Each service has an account of its own in MySQL, ``ServiceName/databaseUser``, with the rights that it needs.
package enum Contract {
    /// Seconds for which a pinned hold belongs to its order: payment deadline (15 s) + saga deadline (15 s).
    package static let pinSeconds = 30
    /// Seconds after which a payment whose outcome is still unknown is ended by a refund.
    package static let paymentDeadlineSeconds = 15
    /// The longest hold that may be asked for, in seconds; the shortest is 1.
    package static let maximumHoldSeconds = 600
    /// The most seats one order may name; the least is 1.
    package static let maximumSeatsPerOrder = 8
    /// Allowed length of an `Idempotency-Key`, in characters.
    package static let idempotencyKeyLength = 8...100
    /// Seconds that a hold's key in Redis outlives its deadline: a backstop, never the truth about expiry.
    package static let holdKeyGraceSeconds = 60
}
