import Contract
import RedisClient
import ServiceKit

/// Writes the seats of an event into Redis, for its first epoch or the next; the epoch last, so that nobody sees half of it.
struct EventOpening: Sendable {
    private static let batch = 1000
    /// How long a reset may take before another may begin, in milliseconds.
    private static let resetMilliseconds: Int64 = 60_000

    private let redis: RedisClient
    private let open = RedisScript(String(decoding: PackageResources.open_lua, as: UTF8.self))

    init(redis: RedisClient) { self.redis = redis }

    /// Opens `event` in `epoch` with all of `seats` free.
    func open(_ event: String, epoch: Int64, seats: [String], traceID: String) async throws {
        let keys = SeatKeys(event: event)
        let version = SeatVersion.base(epoch: epoch)
        for batch in Self.batches(seats) {
            var command: [RedisArgument] = ["HSET", RedisArgument(keys.versions)]
            for seat in batch { command += [RedisArgument(seat), RedisArgument(version)] }
            _ = try await redis.send(command)
        }
        let reply = try await redis.evaluate(
            open,
            keys: [RedisArgument(keys.epoch)],
            arguments: [RedisArgument(epoch), RedisArgument(version), RedisArgument(traceID)]
        )
        guard reply.array?.first?.string == "OK" else {
            throw ServiceError(.reservationConflict, "the event is open in a later epoch already")
        }
    }

    /// Shuts `event`: from now on every script refuses.
    func shut(_ event: String) async throws {
        _ = try await redis.send("DEL", RedisArgument(SeatKeys(event: event).epoch))
    }

    /// Removes what is left of the epochs before, of an event that is shut.
    func clear(_ event: String, seats: [String]) async throws {
        let keys = SeatKeys(event: event)
        _ = try await redis.send(
            "UNLINK",
            RedisArgument(keys.leases),
            RedisArgument(keys.versions),
            RedisArgument(keys.log)
        )
        for batch in Self.batches(seats) {
            var command: [RedisArgument] = ["UNLINK"]
            for seat in batch { command += [RedisArgument(keys.hold(seat)), RedisArgument(keys.sold(seat))] }
            _ = try await redis.send(command)
        }
    }

    /// Does `work` unless another process is resetting the same event.
    func withResetLock(_ event: String, _ work: () async throws -> Void) async throws {
        let key = RedisArgument("reset:{\(event)}")
        let answer = try await redis.send("SET", key, "1", "NX", "PX", RedisArgument(Self.resetMilliseconds))
        guard !answer.isNull else {
            throw ServiceError(.reservationConflict, "the event is being reset already; try again when that is done")
        }
        do {
            try await work()
        } catch {
            _ = try? await redis.send("DEL", key)
            throw error
        }
        _ = try await redis.send("DEL", key)
    }

    private static func batches(_ seats: [String]) -> [ArraySlice<String>] {
        stride(from: 0, to: seats.count, by: batch).map { seats[$0..<min($0 + batch, seats.count)] }
    }
}
