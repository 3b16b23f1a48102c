import Contract
import RedisClient
import Reservation
import ServiceKit
import Synchronization

/// Ways to hold a seat that go wrong when Redis is slow.
enum RedisBugs {
    private static let script = SeatScripts().hold

    private static func evaluate(
        _ attempt: HoldAttempt,
        _ redis: RedisClient
    ) async throws(RedisError) -> RedisValue {
        try await redis.evaluate(
            script,
            keys: [RedisArgument(attempt.keys.epoch)],
            arguments: [
                .generation(attempt.epoch), RedisArgument(attempt.seat), RedisArgument(attempt.user),
                RedisArgument(attempt.token), RedisArgument(attempt.milliseconds), RedisArgument(attempt.traceID),
                attempt.isAnonymous ? "1" : "0",
            ]
        )
    }

    /// What failed is tried again at once, and for ever: while the circuit is open too, so that it never gets to close.
    static let retryStorm: HoldStrategy = { attempt, redis throws(RedisError) in
        while true {
            do throws(RedisError) {
                return try await evaluate(attempt, redis)
            } catch {
                continue
            }
        }
    }

    /// A connection is used again after a command on it was given up: everybody gets the reply of the one before.
    static let offByOne: HoldStrategy = { attempt, redis throws(RedisError) in
        let reply: RedisValue
        do throws(RedisError) {
            reply = try await evaluate(attempt, redis)
        } catch {
            // The reply that was not waited for: what it said, nobody knows any more.
            if error.kind == .timeout { unread.withLock { $0 = $0 ?? conflict } }
            throw error
        }
        return unread.withLock { unread in
            guard let before = unread else { return reply }
            unread = reply
            return before
        }
    }
    private static let unread = Mutex<RedisValue?>(nil)
    private static let conflict = RedisValue.array([.bytes(Array("CONFLICT".utf8)), .bytes(Array("HELD".utf8))])
}
