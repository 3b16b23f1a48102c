import Contract
import KafkaClient
import Logging
import Synchronization

/// Follows both topics of the contract from a run's start: a broker throws old messages away.
package final class MessageTail: Sendable {
    /// The file's name in a run's folder.
    package static let fileName = "messages.jsonl"

    /// What ``replay(of:patience:)`` sent: it is not the suite's.
    private struct Replayed {
        /// How many messages had been seen before.
        var start = Int.max
        /// By `topic/partition`.
        var offsets: [String: Set<Int64>] = [:]

        /// Whether message number `place` is one of them.
        func contains(_ place: Int, _ message: Message) -> Bool {
            place >= start && offsets[message.place]?.contains(message.offset) == true
        }
    }

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

    /// Messages sent in one go.
    private static let portion = 1_000

    private let configuration: KafkaConfiguration
    private let tail: KafkaTail
    private let file: SpillFile
    private let progress: Progress
    private let replay = Mutex(Replayed())

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

    /// Sends each message that has been seen of `orders` once more, as its sender did, and waits until the readers have committed it.
    ///
    /// - Returns: How many there are.
    /// - Throws: when one could not be sent, or the readers come no further for as long as `patience`.
    func replay(of orders: Set<String>, patience: Duration) async throws -> Int {
        try progress.check()
        let all = try progress.pausing { try file.read(Message.self) }
        replay.withLock { $0.start = all.count }
        var seen: Set<String> = [""]
        let messages = all.filter { orders.contains($0.key) && seen.insert($0.id).inserted }
        var ends: [String: Int64] = [:]
        let producer = try KafkaProducer(configuration, logger: Logger(label: "seatstorm-replay"))
        do {
            for start in stride(from: 0, to: messages.count, by: Self.portion) {
                let portion = messages[start..<min(start + Self.portion, messages.count)]
                for (message, result) in zip(portion, await producer.send(portion.map(\.record))) {
                    let delivery = try result.get()
                    let place = "\(message.topic)/\(delivery.partition)"
                    _ = replay.withLock { $0.offsets[place, default: []].insert(delivery.offset) }
                    ends[place] = max(ends[place] ?? 0, delivery.offset + 1)
                }
            }
        } catch {
            await producer.close()
            throw error
        }
        await producer.close()
        var (left, deadline) = (Int64.max, ContinuousClock.now)
        while !ends.isEmpty {
            let committed = try await committed()
            let open = ends.filter { committed[$0.key] ?? 0 < $0.value }
            if open.isEmpty { break }
            let rest = open.reduce(0) { $0 + $1.value - (committed[$1.key] ?? 0) }
            if rest < left { (left, deadline) = (rest, ContinuousClock.now + patience) }
            guard ContinuousClock.now < deadline else {
                let places = open.keys.sorted().joined(separator: ", ")
                throw EvidenceError("what was delivered again to \(places) was read no further for \(patience)")
            }
            // Nothing announces a commit to somebody who is not in the group.
            try await Task.sleep(for: .milliseconds(50))
        }
        return messages.count
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
        let replayed = replay.withLock(\.self)
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
    /// Its partition, as `topic/partition`.
    var place: String { "\(topic)/\(partition)" }

    /// The same, to be sent.
    fileprivate var record: KafkaClient.KafkaRecord {
        .init(
            topic: topic,
            key: Array(key.utf8),
            value: Array(value.utf8),
            headers: headers.map { KafkaHeader($0.name, $0.value) }
        )
    }

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
