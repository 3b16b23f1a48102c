import Logging
import Synchronization

/// Follows whole topics while they grow, without a group and without leaving a trace at the broker: a broker that trims its log
/// takes nothing away from what was read before.
package final class KafkaTail: Sendable {
    /// What its thread is to do.
    private enum Wish {
        case follow
        /// Read on to where each partition ends now.
        case finish(within: Duration)
        /// End: nobody wants to hear of it any more.
        case abandon
    }

    /// What a tail and its thread share: the thread must not keep the tail.
    private final class Shared: Sendable {
        struct State {
            var wish = Wish.follow
            var result: Result<Set<KafkaPartition>, KafkaError>?
            var waiting: CheckedContinuation<Void, Never>?
        }
        let state = Mutex(State())

        var wish: Wish { state.withLock(\.wish) }
        var isFollowing: Bool { if case .follow = wish { true } else { false } }

        func end(_ result: Result<Set<KafkaPartition>, KafkaError>) {
            let waiting = state.withLock { state in
                state.result = result
                defer { state.waiting = nil }
                return state.waiting
            }
            waiting?.resume()
        }
    }

    /// How long it may take to find the oldest message again when the one to be read next is gone.
    private static let patience = Duration.seconds(10)

    private let shared = Shared()

    private init() {}

    deinit { shared.state.withLock { $0.wish = .abandon } }

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
        let shared = tail.shared
        try KafkaThread.start(name: "kafka-tail") {
            let result = Result { () throws(KafkaError) in
                let run = try ReaderRun(configuration, deadline: patience, maximumMessages: .max, logger: logger)
                defer { run.end() }
                var position = try run.begin(topics)
                try run.follow(&position, onMessage, patience: Self.patience) { _ in !shared.isFollowing }
                if case .finish(let limit) = shared.wish {
                    run.allow(limit)
                    try run.finish(&position, onMessage)
                }
                return position.trimmed
            }
            shared.end(result)
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
            let isOver = shared.state.withLock { state in
                state.wish = .finish(within: limit)
                if state.result == nil { state.waiting = continuation }
                return state.result != nil
            }
            if isOver { continuation.resume() }
        }
        guard let result = shared.state.withLock(\.result) else {
            throw KafkaError(kind: .closed, outcome: .notExecuted, message: "the tail has not ended")
        }
        return try result.get()
    }
}
