import Contract
import Logging
import RedisClient

/// What Redis, the truth about a seat, says of the events of a run.
package struct RedisEvidence: Codable, Sendable {
    /// A seat that is sold.
    package struct Sold: Codable, Sendable, Equatable {
        package var order: String
        package var user: String
        package var version: Int64

        package init(order: String, user: String, version: Int64) {
            self.order = order
            self.user = user
            self.version = version
        }
    }

    /// A seat that is held.
    package struct Hold: Codable, Sendable, Equatable {
        package var user: String
        package var order: String?
        /// Milliseconds since 1970 by Redis' clock.
        package var deadline: Int64
        /// Whether the key ends by itself, should everything else fail.
        package var hasExpiry: Bool

        package init(user: String, order: String?, deadline: Int64, hasExpiry: Bool = true) {
            self.user = user
            self.order = order
            self.deadline = deadline
            self.hasExpiry = hasExpiry
        }
    }

    package var sold: [SeatID: Sold] = [:]
    package var holds: [SeatID: Hold] = [:]
    /// Every change of the events' seats, in the order of the log.
    package var log: [SeatLogEntry] = []
    /// Why the log is not whole; nil when it is.
    package var logGap: String?
    /// Keys that Redis threw away for want of memory.
    package var evicted: Int64 = 0
    /// Redis' clock when it was read, in milliseconds since 1970.
    package var now: Int64 = 0
    /// How far Redis' clock is ahead of this process' wall clock, in milliseconds.
    package var clockOffset: Double = 0
    /// How wrong `clockOffset` may be, in milliseconds: half the round trip.
    package var clockError: Double = 0

    /// Evidence of nothing; tests fill it.
    package init() {}

    /// Scans the keys of `events` directly in Redis, past any fault proxy, and takes the seats' log from its tail.
    ///
    /// - Throws: `RedisError` when Redis does not answer, or an error that names a reply of unexpected shape.
    package static func read(
        url: String,
        events: Set<String>,
        log: SeatLogTail?,
        logger: Logger
    ) async throws -> RedisEvidence {
        let tailed = try await log?.finish()
        var configuration = try RedisConfiguration(url: url)
        configuration.commandTimeout = .seconds(10)
        let redis = RedisClient(configuration, logger: logger)
        do {
            var evidence = try await read(redis, events: events)
            if let tailed { (evidence.log, evidence.logGap) = tailed }
            await redis.close()
            return evidence
        } catch {
            await redis.close()
            throw error
        }
    }

    private static func read(_ redis: RedisClient, events: Set<String>) async throws -> RedisEvidence {
        var evidence = RedisEvidence()
        try await evidence.readClock(redis)
        evidence.evicted = try await evictedKeys(redis)
        for event in events.sorted() {
            let keys = SeatKeys(event: event)
            var cursor = "0"
            repeat {
                let page = try await redis.send(
                    "SCAN",
                    RedisArgument(cursor),
                    "MATCH",
                    RedisArgument(keys.prefix + "*"),
                    "COUNT",
                    1000
                )
                guard let parts = page.array, parts.count == 2, let next = parts[0].string, let found = parts[1].array
                else {
                    throw EvidenceError("SCAN answered \(page), not a cursor and keys")
                }
                for key in found.compactMap(\.string) { try await evidence.take(key, of: keys, from: redis) }
                cursor = next
            } while cursor != "0"
        }
        return evidence
    }

    private mutating func readClock(_ redis: RedisClient) async throws {
        let before = WallClock.milliseconds
        let reply = try await redis.send("TIME")
        let after = WallClock.milliseconds
        guard let parts = reply.array, parts.count == 2, let seconds = parts[0].string.flatMap(Double.init),
            let micros = parts[1].string.flatMap(Double.init)
        else { throw EvidenceError("TIME answered \(reply), not seconds and microseconds") }
        let theirs = seconds * 1000 + micros / 1000
        now = Int64(theirs)
        clockOffset = theirs - (before + after) / 2
        clockError = (after - before) / 2
    }

    private mutating func take(_ key: String, of keys: SeatKeys, from redis: RedisClient) async throws {
        let parts = key.dropFirst(keys.prefix.count).split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2 else { return }
        let seat = SeatID(keys.event, String(parts[0]))
        switch parts[1] {
        case "sold":
            let reply = try await redis.send(
                "HMGET",
                RedisArgument(key),
                RedisArgument(SoldField.order),
                RedisArgument(SoldField.user),
                RedisArgument(SoldField.version)
            )
            guard let fields = reply.array, fields.count == 3 else {
                throw EvidenceError("HMGET \(key) answered \(reply)")
            }
            let version = fields[2].string.flatMap(Int64.init) ?? 0
            sold[seat] = Sold(order: fields[0].string ?? "", user: fields[1].string ?? "", version: version)
        case "hold":
            let reply = try await redis.send(
                "HMGET",
                RedisArgument(key),
                RedisArgument(HoldField.user),
                RedisArgument(HoldField.order),
                RedisArgument(HoldField.deadline)
            )
            guard let fields = reply.array, fields.count == 3 else {
                throw EvidenceError("HMGET \(key) answered \(reply)")
            }
            // The key went between SCAN and HMGET: there is no hold.
            guard let user = fields[0].string else { return }
            let deadline = fields[2].string.flatMap(Int64.init) ?? 0
            // -1 is a key without expiry; -2, one that went meanwhile, is none.
            let rest = try await redis.send("PTTL", RedisArgument(key))
            holds[seat] = Hold(user: user, order: fields[1].string, deadline: deadline, hasExpiry: rest.integer != -1)
        default: break
        }
    }
}
