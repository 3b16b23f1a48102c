import CRDKafka

extension KafkaError {
    /// The client was closed before, or while, something was asked of it.
    static func closed(doing what: String) -> KafkaError {
        KafkaError(kind: .closed, outcome: .notExecuted, message: "cannot \(what): the Kafka client is closed")
    }

    /// A message that was not delivered.
    ///
    /// - Parameters:
    ///   - topic: where it was going.
    ///   - code: why not.
    ///   - status: librdkafka's word on whether the message can be in the log.
    /// - Returns: the error that says so.
    static func producing(topic: String, code: rd_kafka_resp_err_t, status: rd_kafka_msg_status_t) -> KafkaError {
        let kind: Kind =
            switch code {
            case RD_KAFKA_RESP_ERR__QUEUE_FULL: .overloaded
            case RD_KAFKA_RESP_ERR__MSG_TIMED_OUT, RD_KAFKA_RESP_ERR__TIMED_OUT: .timedOut
            case RD_KAFKA_RESP_ERR__FATAL: .fatal
            case RD_KAFKA_RESP_ERR__PURGE_QUEUE, RD_KAFKA_RESP_ERR__PURGE_INFLIGHT: .closed
            default: .broker(code: code.rawValue)
            }
        let outcome: KafkaOutcome =
            if status != RD_KAFKA_MSG_STATUS_NOT_PERSISTED {
                .unknown
            } else if Self.refusals.contains(code.rawValue) {
                .refused
            } else {
                .notExecuted
            }
        let known =
            switch outcome {
            case .notExecuted: "it was certainly not written"
            case .unknown: "it may have been written"
            case .refused: "it will be refused again"
            }
        return KafkaError(
            kind: kind,
            outcome: outcome,
            message: "sending to \(topic) failed: \(describe(code)); \(known)"
        )
    }

    /// Anything else that librdkafka or a broker refused.
    static func library(
        _ code: rd_kafka_resp_err_t,
        doing what: String,
        outcome: KafkaOutcome = .notExecuted
    ) -> KafkaError {
        let kind: Kind =
            switch code {
            case RD_KAFKA_RESP_ERR__TIMED_OUT, RD_KAFKA_RESP_ERR__TIMED_OUT_QUEUE: .timedOut
            case RD_KAFKA_RESP_ERR__FATAL: .fatal
            default: .broker(code: code.rawValue)
            }
        return KafkaError(kind: kind, outcome: outcome, message: "cannot \(what): \(describe(code))")
    }

    private static let refusals: Set<Int32> = [
        RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE.rawValue,
        RD_KAFKA_RESP_ERR_INVALID_MSG.rawValue,
        RD_KAFKA_RESP_ERR_INVALID_RECORD.rawValue,
        RD_KAFKA_RESP_ERR_RECORD_LIST_TOO_LARGE.rawValue,
        RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED.rawValue,
        RD_KAFKA_RESP_ERR_TOPIC_EXCEPTION.rawValue,
        RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION.rawValue,
        RD_KAFKA_RESP_ERR__INVALID_ARG.rawValue,
    ]
}
