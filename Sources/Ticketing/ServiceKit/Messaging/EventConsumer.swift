import Contract
import KafkaClient
import Logging
import Metrics
import Observability
import ServiceLifecycle

/// A message as a handler sees it.
package struct ConsumedMessage: Sendable {
    /// What `consumed` remembers: the sender's outbox row, or the place in the partition for a message without one.
    package let id: String
    package let value: [UInt8]
    /// The sender's trace, as a child.
    package let trace: TraceContext

    /// Makes a message.
    package init(id: String, value: [UInt8], trace: TraceContext) {
        self.id = id
        self.value = value
        self.trace = trace
    }
}

/// The effect of a message; it happened unless this throws.
package typealias MessageHandler = @Sendable (ConsumedMessage) async throws -> Void

/// Handles the messages of a consumer group, those of one key one after the other, and commits each only after its effect.
///
/// What there is to do is taken a few messages at a time, and the keys of these are handled side by side: a handler mostly waits for its
/// stores, and of a machine that is busy each wait is long.
///
/// A message whose handling fails is tried again, for ever, with growing pauses: skipping it would lose money or seats.
/// One that cannot even be read will never be, so the handler says so by throwing ``UnreadableMessage``, and it is passed over, loudly.
package struct EventConsumer: Service {
    /// Messages that are handled side by side.
    private static let batch = 8

    private let consumer: KafkaConsumer
    private let name: String
    private let logger: Logger
    private let handle: MessageHandler

    /// Makes a consumer.
    ///
    /// - Parameters:
    ///   - consumer: Already subscribed; closed at the end.
    ///   - name: For logs and metrics.
    ///   - logger: Told of failures.
    ///   - handle: The effect; must be idempotent by ``ConsumedMessage/id``.
    package init(
        consumer: KafkaConsumer,
        name: String,
        logger: Logger,
        handle: @escaping MessageHandler
    ) {
        self.consumer = consumer
        self.name = name
        self.logger = logger
        self.handle = handle
        StoreGauges.observe(consumer, named: name)
    }

    package func run() async throws {
        let commits = CommitPacer(consumer: consumer, name: name, logger: logger)
        await cancelWhenGracefulShutdownOrReturn {
            await withTaskGroup(of: Void.self) { group in
                group.addTask { await commits.run() }
                await consume(commits)
                group.cancelAll()
                // What was handled last, beside what is on its way: a broker that does not answer is waited for once.
                await commits.commitAll()
            }
        }
        await consumer.close()
    }

    private func consume(_ commits: CommitPacer) async {
        let handled = Counter(label: "messages_handled_total", dimensions: [("consumer", name)])
        let failed = Counter(label: "messages_failed_total", dimensions: [("consumer", name)])
        var backoff = Backoff()
        while !Task.isCancelled {
            do {
                let messages = try await consumer.next(upTo: Self.batch)
                guard !messages.isEmpty else { return }
                let left = await apply(messages, failed)
                handled.increment(by: messages.count - left.count)
                // Up to what is left of a partition: a commit says that all before it is done.
                for message in messages where !left.contains(where: message.isAtOrBehind) { commits.add(message) }
                guard left.isEmpty else { return }
                backoff.reset()
            } catch {
                if Task.isCancelled { return }
                failed.increment()
                logger.warning("cannot consume; trying again", metadata: ["consumer": "\(name)", "error": "\(error)"])
                try? await Task.sleep(for: backoff.next())
            }
        }
    }

    /// Handles `messages` until they succeed.
    ///
    /// - Returns: What must be left to the next start, because the process is stopping.
    private func apply(_ messages: [KafkaMessage], _ failed: Counter) async -> [KafkaMessage] {
        await withTaskGroup(of: ArraySlice<KafkaMessage>.self) { group in
            for messages in Dictionary(grouping: messages, by: \.key).values {
                group.addTask {
                    for (index, message) in messages.enumerated() where await !apply(message, failed) {
                        return messages[index...]
                    }
                    return []
                }
            }
            return await group.reduce(into: []) { $0 += $1 }
        }
    }

    /// Handles `message` until it succeeds.
    ///
    /// - Returns: False when the process is stopping and the message must be left to the next start.
    private func apply(_ message: KafkaMessage, _ failed: Counter) async -> Bool {
        let consumed = Self.describe(message)
        // One span, however many attempts: what a failed attempt caused has it for a parent as well.
        let span = Tracer.shared.begin(
            "process \(message.topic)",
            .consumer,
            as: consumed.trace,
            attributes: KafkaSpan.attributes(message.topic, "process", id: consumed.id)
        )
        var status = SpanStatus.unset
        defer { span?.end(status) }
        var backoff = Backoff()
        while !Task.isCancelled {
            do {
                try await TraceContext.$current.withValue(consumed.trace) { try await handle(consumed) }
                status = .unset
                return true
            } catch let error as UnreadableMessage {
                status = .failed(error)
                log(.error, "a message cannot be read and is passed over", consumed, error)
                return true
            } catch {
                status = .failed(error)
                failed.increment()
                log(.warning, "cannot handle a message; trying again", consumed, error)
                try? await Task.sleep(for: backoff.next())
            }
        }
        return false
    }

    private static func describe(_ message: KafkaMessage) -> ConsumedMessage {
        func header(_ name: String) -> String? {
            message.headers.first { $0.name == name }.map { String(decoding: $0.value, as: UTF8.self) }
        }
        let sender = header(MessageHeader.traceparent).flatMap { TraceContext(traceparent: $0) }
        return ConsumedMessage(
            id: header(MessageHeader.messageID) ?? "\(message.topic)#\(message.partition)#\(message.offset)",
            value: message.value,
            trace: sender.map { $0.child() } ?? .fresh()
        )
    }

    private func log(_ level: Logger.Level, _ text: Logger.Message, _ message: ConsumedMessage, _ error: any Error) {
        logger.log(
            level: level,
            text,
            metadata: [
                "consumer": "\(name)", "messageId": "\(message.id)", "traceId": "\(message.trace.traceID)",
                "error": "\(error)",
            ]
        )
    }
}

/// A message that is not what its topic promises, and never will be.
package struct UnreadableMessage: Error, Sendable, CustomStringConvertible {
    package let description: String

    /// Makes an error.
    package init(_ description: String) { self.description = description }
}

extension KafkaMessage {
    /// Whether it is `other`, or comes after it in its partition.
    fileprivate func isAtOrBehind(_ other: KafkaMessage) -> Bool {
        (topic, partition) == (other.topic, other.partition) && offset >= other.offset
    }
}
