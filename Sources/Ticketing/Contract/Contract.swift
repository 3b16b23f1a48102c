/// What the ticketing suite promises and what the harness relies on: routes, error codes, Redis keys, tables, topics, messages.
///
/// Both houses know this module; neither knows the other. It holds names and shapes, no behaviour.
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
