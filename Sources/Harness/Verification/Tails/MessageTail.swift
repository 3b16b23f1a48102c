import Contract
import KafkaClient
import Logging
import Synchronization

/// Follows both topics of the contract from a run's start: a broker throws old messages away.
package final class MessageTail: Sendable {
    /// The file's name in a run's folder.
    package static let fileName = "messages.jsonl"

    /// What is kept of a message.
    struct Message: Codable {
        var topic: String
        var partition: Int32
        var offset: Int64
        var key: String
        /// `message-id`; empty if it has none.
        var id: String
        var value: String
    }

    private let configuration: KafkaConfiguration
    private let tail: KafkaTail
    private let file: SpillFile
    private let failure: Failure
    private let seen: Count

    /// How many messages have been seen so far.
    var count: Int { seen.value }

    /// Begins to follow; `path` is the file to keep the messages in.
    ///
    /// - Throws: when the file cannot be made, or there is no thread for it.
    package init(brokers: String, path: String) throws {
        let file = try SpillFile(path: path)
        let failure = Failure()
        let seen = Count()
        configuration = KafkaConfiguration(bootstrapServers: brokers, clientID: "seatstorm-evidence")
        tail = try KafkaTail.start(configuration, topics: Topic.all) { message in
            do { try file.append([Message(message)]) } catch { failure.note(error) }
            seen.increment()
        }
        self.seen = seen
        self.file = file
        self.failure = failure
    }

    /// How far the readers of both topics have committed, by `topic/partition`: the offset after the last message that they say is done.
    ///
    /// - Throws: when the broker does not answer in time.
    func committed() async throws -> [String: Int64] {
        var offsets: [String: Int64] = [:]
        for (topic, group) in [
            (Topic.orderEvents, ConsumerGroup.reservation), (Topic.reservationEvents, ConsumerGroup.order),
        ] {
            let found = try await KafkaReader.committed(
                by: group,
                configuration,
                topics: [topic],
                deadline: .seconds(10)
            )
            for (place, offset) in found { offsets["\(place.topic)/\(place.partition)"] = offset }
        }
        return offsets
    }

    /// Reads on to where the topics end now, and stops.
    ///
    /// - Returns: Every message, and the partitions of which some were thrown away before they were read, as `topic/partition`.
    /// - Throws: when the broker does not answer in time, or the file failed.
    func finish() async throws -> (messages: [Message], trimmed: Set<String>) {
        let trimmed = try await tail.finish(within: .seconds(20))
        try failure.check()
        return (try file.read(Message.self), Set(trimmed.map { "\($0.topic)/\($0.partition)" }))
    }

    /// Ends, and gives nothing back.
    package func abandon() async { _ = try? await finish() }

    /// How many there were.
    private final class Count: Sendable {
        private let number = Atomic(0)

        var value: Int { number.load(ordering: .acquiring) }

        func increment() { number.add(1, ordering: .releasing) }
    }

    /// The first failure of writing, of which the thread that follows cannot throw.
    private final class Failure: Sendable {
        private let first = Mutex<(any Error)?>(nil)

        func note(_ error: any Error) { first.withLock { if $0 == nil { $0 = error } } }

        func check() throws { if let error = first.withLock(\.self) { throw error } }
    }
}

extension MessageTail.Message {
    init(_ message: KafkaMessage) {
        self.init(
            topic: message.topic,
            partition: message.partition,
            offset: message.offset,
            key: message.key.map { String(decoding: $0, as: UTF8.self) } ?? "",
            id: message.header(MessageHeader.messageID) ?? "",
            value: String(decoding: message.value, as: UTF8.self)
        )
    }
}
