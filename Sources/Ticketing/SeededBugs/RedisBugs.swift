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

    /// What failed is tried again at once, as long as anybody waits, and each attempt that a breaker turns away counts as one more failure:
    /// after an outage the retries themselves keep it open.
    static let retryStorm: HoldStrategy = { attempt, redis throws(RedisError) in
        while !Task.isCancelled {
            if closedAt.withLock({ $0 <= .now }) {
                do throws(RedisError) {
                    return try await evaluate(attempt, redis)
                } catch {}
            }
            closedAt.withLock { $0 = .now + .seconds(1) }
            try? await Task.sleep(for: .milliseconds(1))
        }
        throw RedisError(kind: .cancelled, message: "nobody waits for the hold any more")
    }
    /// When the breaker lets the next attempt through.
    private static let closedAt = Mutex(ContinuousClock.now)

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
