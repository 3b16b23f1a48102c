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

/// Handles the messages of a consumer group one after the other, and commits each only after its effect.
///
/// A message whose handling fails is tried again, for ever, with growing pauses: skipping it would lose money or seats.
/// One that cannot even be read will never be, so the handler says so by throwing ``UnreadableMessage``, and it is passed over, loudly.
package struct EventConsumer: Service {
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
                guard let message = try await consumer.next() else { return }
                guard await apply(message, failed) else { return }
                handled.increment()
                commits.add(message)
                backoff.reset()
            } catch {
                if Task.isCancelled { return }
                failed.increment()
                logger.warning("cannot consume; trying again", metadata: ["consumer": "\(name)", "error": "\(error)"])
                try? await Task.sleep(for: backoff.next())
            }
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
