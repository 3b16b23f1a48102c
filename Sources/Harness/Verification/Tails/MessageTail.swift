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
        var headers: [Header]
        var value: String

        /// `message-id`; empty if it has none.
        var id: String { headers.first { $0.name == MessageHeader.messageID }?.value ?? "" }

        struct Header: Codable {
            var name: String
            var value: String
        }
    }

    let configuration: KafkaConfiguration
    private let tail: KafkaTail
    private let file: SpillFile
    private let progress: Progress
    let replayed = Mutex(Replayed())

    /// How many messages have been seen so far.
    var count: Int { progress.count }

    /// Begins to follow; `path` is the file to keep the messages in.
    ///
    /// - Throws: when the file cannot be made, or there is no thread for it.
    package init(brokers: String, path: String) throws {
        let file = try SpillFile(path: path)
        let progress = Progress()
        configuration = KafkaConfiguration(bootstrapServers: brokers, clientID: "seatstorm-evidence")
        tail = try KafkaTail.start(configuration, topics: Topic.all) { message in
            progress.take { try file.append([Message(message)]) }
        }
        self.file = file
        self.progress = progress
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

    /// Every message that has been seen so far.
    ///
    /// - Throws: when the file failed.
    func soFar() throws -> [Message] {
        try progress.check()
        return try progress.pausing { try file.read(Message.self) }
    }

    /// Reads on to where the topics end now, and stops.
    ///
    /// - Parameter seen: What ``count`` was at some moment.
    /// - Returns: Every message of the suite, how many of them had been seen then, and the partitions of which some were thrown away before
    ///   they were read, as `topic/partition`.
    /// - Throws: when the broker does not answer in time, or the file failed.
    func finish(seen: Int = 0) async throws -> (messages: [Message], early: Int, trimmed: Set<String>) {
        let trimmed = try await tail.finish(within: .seconds(20))
        try progress.check()
        let replayed = replayed.withLock(\.self)
        let messages = try file.read(Message.self).enumerated().filter { !replayed.contains($0, $1) }
        let early = messages.count { $0.offset < seen }
        return (messages.map(\.element), early, Set(trimmed.map { "\($0.topic)/\($0.partition)" }))
    }

    /// Ends, and gives nothing back.
    package func abandon() async { _ = try? await finish() }

    /// What the thread that follows has done; it cannot throw.
    private final class Progress: Sendable {
        private let state = Mutex<(count: Int, failure: (any Error)?)>((0, nil))

        var count: Int { state.withLock(\.count) }

        /// Takes one more message.
        func take(_ keep: () throws -> Void) {
            state.withLock { state in
                do { try keep() } catch { state.failure = state.failure ?? error }
                state.count += 1
            }
        }

        /// Does something while no message is taken.
        func pausing<Answer: Sendable>(_ body: () throws -> Answer) rethrows -> Answer {
            try state.withLock { _ in try body() }
        }

        func check() throws { if let failure = state.withLock(\.failure) { throw failure } }
    }
}

extension MessageTail.Message {
    init(_ message: KafkaMessage) {
        self.init(
            topic: message.topic,
            partition: message.partition,
            offset: message.offset,
            key: message.key.map { String(decoding: $0, as: UTF8.self) } ?? "",
            headers: message.headers.map { Header(name: $0.name, value: $0.text) },
            value: String(decoding: message.value, as: UTF8.self)
        )
    }
}
