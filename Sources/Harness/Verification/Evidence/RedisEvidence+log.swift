import Contract
import RedisClient

extension RedisEvidence {
    /// Entries asked for at once.
    private static let page = 5_000

    /// Reads the whole log of an event, and says so if Redis has already dropped a part of it.
    mutating func takeLog(of keys: SeatKeys, from redis: RedisClient) async throws {
        var start = "-"
        var count: Int64 = 0
        while true {
            let reply = try await redis.send(
                "XRANGE",
                RedisArgument(keys.log),
                RedisArgument(start),
                "+",
                "COUNT",
                RedisArgument(Self.page)
            )
            guard let entries = reply.array else { throw EvidenceError("XRANGE \(keys.log) answered \(reply)") }
            for entry in entries { log.append(try SeatLogEntry(event: keys.event, reply: entry)) }
            count += Int64(entries.count)
            guard entries.count == Self.page, let last = entries.last?.array?.first?.string else { break }
            start = "(" + last
        }
        let added = try await entriesAdded(keys.log, redis)
        if let added, added > count {
            logGap = "the seats' log of \(keys.event) has \(count) of \(added) entries: Redis has dropped the oldest"
        }
    }

    /// How many entries were ever added to a stream; nil when it does not exist (Redis 7 counts them).
    private func entriesAdded(_ key: String, _ redis: RedisClient) async throws -> Int64? {
        guard try await redis.send("EXISTS", RedisArgument(key)).integer == 1 else { return nil }
        let fields = try await redis.send("XINFO", "STREAM", RedisArgument(key)).array ?? []
        for place in stride(from: 0, to: fields.count - 1, by: 2) where fields[place].string == "entries-added" {
            return fields[place + 1].integer
        }
        return nil
    }

    /// What `evicted_keys` of INFO stands at.
    static func evictedKeys(_ redis: RedisClient) async throws -> Int64 {
        let info = try await redis.send("INFO", "stats").string ?? ""
        let line = info.split(whereSeparator: \.isNewline).first { $0.hasPrefix("evicted_keys:") }
        return line.flatMap { Int64($0.dropFirst("evicted_keys:".count)) } ?? 0
    }
}
