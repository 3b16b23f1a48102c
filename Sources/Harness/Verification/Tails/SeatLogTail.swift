import Contract
import Logging
import RedisClient

/// Follows the seats' logs of a run's events in Redis from its start: Redis caps them, and may lose their ends.
///
/// An entry that was read and is gone later, before a restoration of its event, is a recorded loss: what happened in between is optional (see
/// ``SeatLogHole``). Anything else that is missing is a gap.
package actor SeatLogTail {
    /// The file's name in a run's folder.
    package static let fileName = "seat-log.jsonl"
    /// Entries asked for at once.
    private static let page = 5_000
    /// So often news are asked for; a log keeps 100,000 entries.
    private static let period = Duration.milliseconds(250)

    private let redis: RedisClient
    private let events: [String]
    private let file: SpillFile
    /// The id of the last entry that was read, by event.
    private var last: [String: String] = [:]
    /// The first thing that is missing.
    private var gap: String?
    private var follower: Task<Void, Never>?
    /// How many entries have been read.
    private var count = 0

    /// Prepares to follow the logs of `events`; `path` is the file to keep them in.
    ///
    /// - Throws: `RedisURLError` when the URL is none, or when the file cannot be made.
    package init(redisURL: String, events: Set<String>, path: String, logger: Logger) throws {
        var configuration = try RedisConfiguration(url: redisURL)
        configuration.commandTimeout = .seconds(10)
        redis = RedisClient(configuration, logger: logger)
        self.events = events.sorted()
        file = try SpillFile(path: path)
    }

    /// Begins to follow; whoever counts Redis' connections afterwards counts this one.
    package func start() async {
        try? await readNews()
        follow()
    }

    private func follow() {
        follower = Task {
            while !Task.isCancelled {
                // A Redis that is away is asked again: what it has lost then is seen by what it has left.
                try? await readNews()
                // Nothing announces an entry to somebody who must not hold up Redis.
                try? await Task.sleep(for: Self.period)
            }
        }
    }

    /// Reads what there is now.
    ///
    /// - Returns: How many entries that makes.
    /// - Throws: when Redis does not answer, or the file failed.
    func catchUp() async throws -> Int {
        // Whoever reads waits for Redis: two of them would read the same.
        await rest()
        defer { follow() }
        try await readNews()
        return count
    }

    private func rest() async {
        follower?.cancel()
        await follower?.value
    }

    /// Reads what is left, and ends.
    ///
    /// - Returns: Every entry, each event's in their order, and why they are not all; nil when they are.
    /// - Throws: when Redis does not answer, or the file failed.
    package func finish() async throws -> (log: [SeatLogEntry], gap: String?) {
        await rest()
        do {
            for event in events { try await readOn(event, isFinal: true) }
        } catch {
            await redis.close()
            throw error
        }
        await redis.close()
        return (try file.read(SeatLogEntry.self), gap)
    }

    /// Reads on where there is news; one command finds out where.
    private func readNews() async throws {
        guard !events.isEmpty else { return }
        let keys = events.map { RedisArgument(SeatKeys(event: $0).log) }
        let places = events.map { RedisArgument(last[$0] ?? "0-0") }
        let reply = try await redis.send(["XREAD", "COUNT", 1, "STREAMS"] + keys + places)
        let changed = Set((reply.array ?? []).compactMap { $0.array?.first?.string })
        for event in events where changed.contains(SeatKeys(event: event).log) {
            try await readOn(event, isFinal: false)
        }
    }

    /// Reads from the last entry that is known to the end.
    private func readOn(_ event: String, isFinal: Bool) async throws {
        let key = SeatKeys(event: event).log
        while true {
            let place = last[event]
            let reply = try await redis.send(
                ["XRANGE", RedisArgument(key), RedisArgument(place ?? "-"), "+", "COUNT", RedisArgument(Self.page + 1)]
            )
            guard var entries = reply.array else { throw EvidenceError("XRANGE \(key) answered \(reply)") }
            var isTorn = false
            if let place {
                // A log is trimmed from its beginning, so what follows an entry that is still there is complete.
                isTorn = entries.first?.array?.first?.string != place
                if !isTorn { entries.removeFirst() }
            }
            let news = try entries.map { try SeatLogEntry(event: event, reply: $0) }
            let isRestored = news.first.map { $0.operation == SeatLogOpening.restore.rawValue } ?? !isFinal
            if isTorn, !isRestored {
                note(
                    "the seats' log of \(event) in Redis has a gap: the entry \(place ?? "") is gone, and others with it"
                )
            }
            // A log begins with the opening of its event.
            if place == nil, isFinal || !news.isEmpty,
                news.first.flatMap({ SeatLogOpening(rawValue: $0.operation) }) == nil
            {
                note("the seats' log of \(event) in Redis has lost its beginning")
            }
            try file.append(news)
            count += news.count
            if let newest = entries.last?.array?.first?.string { last[event] = newest }
            guard entries.count >= Self.page else { return }
        }
    }

    private func note(_ missing: String) { gap = gap ?? missing }
}
