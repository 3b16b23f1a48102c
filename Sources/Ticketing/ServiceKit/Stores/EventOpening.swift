import Contract
import RedisClient

/// A seat as it is to be when its event opens.
package struct OpeningSeat: Sendable, Equatable {
    /// What it is.
    package enum State: Sendable, Equatable {
        case free
        /// With the version of its ticket, which asking again must answer.
        case sold(order: String, user: String, version: Int64)
        /// Held for an order, for ``Contract/pinSeconds`` from now.
        case pinned(order: String, user: String)
    }

    package let id: String
    package var state: State

    /// Makes a seat, free unless something is said.
    package init(id: String, state: State = .free) {
        self.id = id
        self.state = state
    }
}

/// Writes the seats of an event into Redis, for its first epoch or the next; the epoch last, so that nobody sees half of it.
///
/// Every step names the epoch and the Redis process: a writer that another has overtaken, and one whose Redis was restarted half-way,
/// is refused. Only the holder of the ``EventLock`` opens.
package struct EventOpening: Sendable {
    /// Seats in one script; while it runs, Redis does nothing else.
    private static let batch = 500

    private let redis: RedisClient
    private let begin = RedisScript(String(decoding: PackageResources.begin_lua, as: UTF8.self))
    private let fill = RedisScript(String(decoding: PackageResources.fill_lua, as: UTF8.self))
    private let open = RedisScript(String(decoding: PackageResources.open_lua, as: UTF8.self))

    /// Opens events in `redis`.
    package init(redis: RedisClient) { self.redis = redis }

    /// Opens `event` in `epoch`, with nothing left of the epochs before but, after a loss, the log.
    ///
    /// - Throws: `UPSTREAM_UNAVAILABLE` when another process opens it, or Redis was restarted meanwhile; `RedisError` when Redis does
    ///   not answer. The event is shut then.
    package func open(
        _ event: String,
        epoch: Int64,
        seats: [OpeningSeat],
        because reason: SeatLogOpening,
        traceID: String
    ) async throws {
        let key = RedisArgument(SeatKeys(event: event).epoch)
        let version = RedisArgument(SeatVersion.base(epoch: epoch))
        try await run(begin, key, epoch, [RedisArgument(epoch), reason == .reset ? "1" : "0"])
        for start in stride(from: 0, to: seats.count, by: Self.batch) {
            let batch = seats[start..<min(start + Self.batch, seats.count)]
            let pinned = RedisArgument(Int64(Contract.pinSeconds) * 1000)
            try await run(fill, key, epoch, [version, pinned] + batch.flatMap(Self.arguments))
        }
        try await run(open, key, epoch, [version, RedisArgument(reason.rawValue), RedisArgument(traceID)])
    }

    /// Shuts `event`: from now on every script refuses.
    package func shut(_ event: String) async throws {
        _ = try await redis.send("DEL", RedisArgument(SeatKeys(event: event).epoch))
    }

    private func run(
        _ script: RedisScript,
        _ key: RedisArgument,
        _ epoch: Int64,
        _ arguments: [RedisArgument]
    ) async throws {
        let reply = try await redis.evaluate(script, keys: [key], arguments: [.generation(epoch)] + arguments)
        guard reply.array?.first?.string == "OK" else {
            throw ServiceError(
                .upstreamUnavailable,
                "the event is being opened by another process, or Redis was restarted; try again",
                retryAfter: 1
            )
        }
    }

    private static func arguments(_ seat: OpeningSeat) -> [RedisArgument] {
        let id = RedisArgument(seat.id)
        switch seat.state {
        case .free: return [id, "", "", "", ""]
        case .sold(let order, let user, let version):
            return [
                id, RedisArgument(SeatStatus.sold.rawValue), RedisArgument(order), RedisArgument(user),
                RedisArgument(version),
            ]
        case .pinned(let order, let user):
            return [id, RedisArgument(SeatStatus.held.rawValue), RedisArgument(order), RedisArgument(user), ""]
        }
    }
}

extension RedisArgument {
    /// An event's generation, the first argument of every script: the epoch that the caller believes in, and the Redis process that the
    /// script is sent to.
    ///
    /// The event must have been opened in that epoch, under that process.
    package static func generation(_ epoch: Int64) -> RedisArgument { .runID(after: "\(epoch) ") }
}
