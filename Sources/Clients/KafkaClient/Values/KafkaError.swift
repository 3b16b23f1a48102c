/// Why a call failed, and what is known of its effect.
package struct KafkaError: Error, Sendable, CustomStringConvertible {
    /// What kind of failure.
    package enum Kind: Sendable, Equatable {
        /// A property was refused, or the client could not be made: nothing was tried.
        case configuration
        /// Too much is waiting already; try later.
        case overloaded
        /// No acknowledgement in time.
        case timedOut
        /// The broker refused, or librdkafka gave up, with this `rd_kafka_resp_err_t`.
        case broker(code: Int32)
        /// The client cannot go on and must be made anew (`RD_KAFKA_RESP_ERR__FATAL`).
        case fatal
        /// The client was closed.
        case closed
        /// The beginning of a partition is gone, so it cannot be read from there.
        case trimmed
    }

    /// What kind of failure.
    package let kind: Kind
    /// Whether the call had its effect.
    package let outcome: KafkaOutcome
    /// What was being done, to what, and what happened.
    package let message: String

    package var description: String { self.message }
}
