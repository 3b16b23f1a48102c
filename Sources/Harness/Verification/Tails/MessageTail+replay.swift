import KafkaClient
import Logging
import Synchronization

extension MessageTail {
    /// What ``replay(_:patience:)`` sent: it is not the suite's.
    struct Replayed {
        /// How many messages had been seen before.
        var start = Int.max
        /// By `topic/partition`.
        var offsets: [String: Set<Int64>] = [:]

        /// Whether message number `place` is one of them.
        func contains(_ place: Int, _ message: Message) -> Bool {
            place >= start && offsets[message.place]?.contains(message.offset) == true
        }
    }

    /// Messages sent in one go: the readers come to their end before more is sent, so that the broker throws none away.
    private static let portion = 1_000
    /// How long it may take until a message that its reader has recorded is seen here too.
    private static let delay = Duration.seconds(10)

    /// Sends the messages of these ids once more, as their sender did, and waits until the readers have committed it.
    ///
    /// - Throws: when one was never seen or could not be sent, or the readers come no further for as long as `patience`.
    func replay(_ ids: Set<String>, patience: Duration) async throws {
        let messages = try await messages(of: ids)
        let producer = try KafkaProducer(configuration, logger: Logger(label: "seatstorm-replay"))
        do {
            for start in stride(from: 0, to: messages.count, by: Self.portion) {
                let portion = messages[start..<min(start + Self.portion, messages.count)]
                try await waitForReaders(toPass: try await send(portion, with: producer), patience: patience)
            }
        } catch {
            await producer.close()
            throw error
        }
        await producer.close()
    }

    /// The first message of each id, once all of them have been seen.
    private func messages(of ids: Set<String>) async throws -> [Message] {
        let deadline = ContinuousClock.now + Self.delay
        while true {
            let all = try soFar()
            var missing = ids
            let found = all.filter { missing.remove($0.id) != nil }
            if missing.isEmpty {
                replayed.withLock { $0.start = all.count }
                return found
            }
            guard ContinuousClock.now < deadline else {
                throw EvidenceError("\(missing.count) messages were never seen, of them \(missing.min() ?? "")")
            }
            // The thread that follows tells nobody what comes.
            try await Task.sleep(for: .milliseconds(50))
        }
    }

    /// Sends, and says where each partition ends then.
    private func send(_ messages: ArraySlice<Message>, with producer: KafkaProducer) async throws -> [String: Int64] {
        var ends: [String: Int64] = [:]
        for (message, result) in zip(messages, await producer.send(messages.map(\.record))) {
            let delivery = try result.get()
            let place = "\(message.topic)/\(delivery.partition)"
            _ = replayed.withLock { $0.offsets[place, default: []].insert(delivery.offset) }
            ends[place] = max(ends[place] ?? 0, delivery.offset + 1)
        }
        return ends
    }

    private func waitForReaders(toPass ends: [String: Int64], patience: Duration) async throws {
        var (left, deadline) = (Int64.max, ContinuousClock.now)
        while true {
            let committed = try await committed()
            let open = ends.filter { committed[$0.key] ?? 0 < $0.value }
            if open.isEmpty { return }
            let rest = open.reduce(0) { $0 + $1.value - (committed[$1.key] ?? 0) }
            if rest < left { (left, deadline) = (rest, ContinuousClock.now + patience) }
            guard ContinuousClock.now < deadline else {
                let places = open.keys.sorted().joined(separator: ", ")
                throw EvidenceError("what was delivered again to \(places) was read no further for \(patience)")
            }
            // Nothing announces a commit to somebody who is not in the group.
            try await Task.sleep(for: .milliseconds(50))
        }
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
}
