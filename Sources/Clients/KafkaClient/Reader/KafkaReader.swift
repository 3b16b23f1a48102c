import CRDKafka
import Logging

/// Reads whole topics, without a group and without leaving a trace at the broker: for verification.
package enum KafkaReader {
    /// Everything in every partition of the topics, from the beginning to where each ended when this was called.
    ///
    /// - Parameters:
    ///   - configuration: the cluster, and this client of it.
    ///   - topics: which must exist, unless the broker makes topics by itself.
    ///   - deadline: how long it may take.
    ///   - maximumMessages: more than this is an error, not a truncated answer.
    ///   - logger: hears of brokers that are away.
    /// - Returns: the messages, ordered by topic (as given), partition and offset.
    /// - Throws: ``KafkaError`` unless every partition was read completely: ``KafkaError/Kind/timedOut`` when an end was not
    ///   reached, ``KafkaError/Kind/trimmed`` when a beginning is gone.
    package static func readAll(
        _ configuration: KafkaConfiguration,
        topics: [String],
        deadline: Duration,
        maximumMessages: Int = 2_000_000,
        logger: Logger = Logger(label: "kafka-reader")
    ) async throws(KafkaError) -> [KafkaMessage] {
        let result = await withCheckedContinuation { (continuation: Continuation) in
            do throws(KafkaError) {
                try KafkaThread.start(name: "kafka-reader") {
                    continuation.resume(
                        returning: Result { () throws(KafkaError) in
                            let run = try ReaderRun(
                                configuration,
                                deadline: deadline,
                                maximumMessages: maximumMessages,
                                logger: logger
                            )
                            defer { run.end() }
                            return try run.read(topics)
                        }
                    )
                }
            } catch {
                continuation.resume(returning: .failure(error))
            }
        }
        return try result.get()
    }

    private typealias Continuation = CheckedContinuation<Result<[KafkaMessage], KafkaError>, Never>
}
