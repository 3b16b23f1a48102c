import Contract
import RedisClient

/// One wish to hold a seat.
package struct HoldAttempt: Sendable {
    package var keys: SeatKeys
    /// The event's generation in which the caller believes.
    package var epoch: Int64
    package var seat: String
    package var user: String
    /// Whether ``user`` is nobody's name.
    package var isAnonymous: Bool
    /// What a new hold will be known by.
    package var token: String
    package var milliseconds: Int64
    /// 32 hex digits.
    package var traceID: String

    /// Makes an attempt.
    package init(
        keys: SeatKeys,
        epoch: Int64,
        seat: String,
        user: String,
        isAnonymous: Bool,
        token: String,
        milliseconds: Int64,
        traceID: String
    ) {
        self.keys = keys
        self.epoch = epoch
        self.seat = seat
        self.user = user
        self.isAnonymous = isAnonymous
        self.token = token
        self.milliseconds = milliseconds
        self.traceID = traceID
    }
}

/// A way to hold a seat in Redis; answers as `hold.lua` does.
package typealias HoldStrategy = @Sendable (HoldAttempt, RedisClient) async throws(RedisError) -> RedisValue
