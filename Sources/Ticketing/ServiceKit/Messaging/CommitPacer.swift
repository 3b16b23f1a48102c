import KafkaClient
import Logging
import Synchronization

/// Commits what was handled, behind the handler's back: of each partition one commit at a time, and only the newest message.
///
/// A commit is a round trip to the broker; waiting for each would make a consumer slower than what it consumes. What is not
/// committed yet when the process dies is read once more, which its effect must bear anyway.
final class CommitPacer: Sendable {
    private let consumer: KafkaConsumer
    private let name: String
    private let logger: Logger
    private let handled = Mutex<[KafkaPartition: KafkaMessage]>([:])
    private let wakeup = Wakeup()

    init(consumer: KafkaConsumer, name: String, logger: Logger) {
        self.consumer = consumer
        self.name = name
        self.logger = logger
    }

    /// The message's effect is there: it, and all before it in its partition, may be committed.
    func add(_ message: KafkaMessage) {
        handled.withLock { $0[KafkaPartition(topic: message.topic, partition: message.partition)] = message }
        wakeup.signal()
    }

    /// Commits until it is cancelled.
    func run() async {
        while !Task.isCancelled {
            await wakeup.sleep(for: .seconds(1))
            await commitAll()
        }
    }

    /// Commits what is not committed yet.
    func commitAll() async {
        let messages = handled.withLock { handled in
            defer { handled = [:] }
            return handled.values
        }
        // Side by side: a broker that does not answer must not be waited for once a partition.
        await withDiscardingTaskGroup { group in
            for message in messages { group.addTask { await self.commit(message) } }
        }
    }

    private func commit(_ message: KafkaMessage) async {
        do {
            try await consumer.commit(message)
        } catch {
            // The partition's next commit says all that this one would have said.
            logger.warning("cannot commit; going on", metadata: ["consumer": "\(name)", "error": "\(error)"])
        }
    }
}
