import Contract
import RedisClient
import Reservation
import ServiceKit
import Synchronization

/// The bug of a cache: whether a seat is sold is looked up outside the script, and remembered for a moment.
enum SoldCheckedOutside {
    private static let script = RedisScript(SeatScripts.prelude + "\n" + HoldBugs.withoutSold)
    private static let remembered = Duration.milliseconds(250)
    /// Until when a seat, by its key, is taken for unsold.
    private static let unsold = Mutex<[String: ContinuousClock.Instant]>([:])

    static let hold: HoldStrategy = { attempt, redis throws(RedisError) in
        let key = attempt.keys.sold(attempt.seat)
        let now = ContinuousClock.now
        if unsold.withLock({ $0[key] ?? now }) <= now {
            let order = try await redis.send("HGET", RedisArgument(key), "user")
            guard order.isNull else {
                return .array([.bytes(Array("CONFLICT".utf8)), .bytes(Array("SOLD".utf8))])
            }
            unsold.withLock { $0[key] = now + remembered }
        }
        return try await redis.evaluate(
            script,
            keys: [RedisArgument(attempt.keys.epoch)],
            arguments: [
                .generation(attempt.epoch), RedisArgument(attempt.seat), RedisArgument(attempt.user),
                RedisArgument(attempt.token), RedisArgument(attempt.milliseconds), RedisArgument(attempt.traceID),
            ]
        )
    }
}
