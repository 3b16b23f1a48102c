import Logging
import Synchronization

/// Follows whole topics while they grow, without a group and without leaving a trace at the broker: a broker that trims its log
/// takes nothing away from what was read before.
package final class KafkaTail: Sendable {
    private struct State {
        var isStopping = false
        var limit = Duration.zero
        var result: Result<Set<KafkaPartition>, KafkaError>?
        var waiting: CheckedContinuation<Void, Never>?
    }
    private let state = Mutex(State())

    private init() {}

    /// Begins with the oldest message that the broker has.
    ///
    /// - Parameters:
    ///   - configuration: the cluster, and this client of it.
    ///   - topics: which must exist, unless the broker makes topics by itself.
    ///   - patience: how long it may take until the topics are found.
    ///   - logger: hears of brokers that are away.
    ///   - onMessage: is given every message, on one thread, those of a partition in their order.
    /// - Returns: the tail, following.
    /// - Throws: ``KafkaError/Kind/configuration`` when there is no thread for it.
    package static func start(
        _ configuration: KafkaConfiguration,
        topics: [String],
        patience: Duration = .seconds(20),
        logger: Logger = Logger(label: "kafka-tail"),
        onMessage: @escaping @Sendable (KafkaMessage) -> Void
    ) throws(KafkaError) -> KafkaTail {
        let tail = KafkaTail()
        try KafkaThread.start(name: "kafka-tail") {
            let result = Result { () throws(KafkaError) in
                let run = try ReaderRun(configuration, deadline: patience, maximumMessages: .max, logger: logger)
                defer { run.end() }
                var position = try run.begin(topics)
                try run.follow(&position, onMessage) { _ in tail.state.withLock(\.isStopping) }
                run.allow(tail.state.withLock(\.limit))
                try run.finish(&position, onMessage)
                return position.trimmed
            }
            tail.end(result)
        }
        return tail
    }

    /// Reads on to where each partition ends now, and stops.
    ///
    /// - Parameter limit: how long that may take.
    /// - Returns: The partitions of which the broker threw something away before it was read.
    /// - Throws: ``KafkaError`` when something was not read.
    package func finish(within limit: Duration) async throws(KafkaError) -> Set<KafkaPartition> {
        await withCheckedContinuation { continuation in
            let isOver = state.withLock { state in
                state.isStopping = true
                state.limit = limit
                if state.result == nil { state.waiting = continuation }
                return state.result != nil
            }
            if isOver { continuation.resume() }
        }
        guard let result = state.withLock(\.result) else {
            throw KafkaError(kind: .closed, outcome: .notExecuted, message: "the tail has not ended")
        }
        return try result.get()
    }

    private func end(_ result: Result<Set<KafkaPartition>, KafkaError>) {
        let waiting = state.withLock { state in
            state.result = result
            defer { state.waiting = nil }
            return state.waiting
        }
        waiting?.resume()
    }
}
