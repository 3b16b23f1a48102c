import Contract
import RedisClient
import Reservation
import ServiceKit

/// The bug of half the ticket shops there are: look whether the seat is free, and then take it.
///
/// Between the two round trips somebody else has looked too. What is written is written in one script, as `hold.lua` writes it, so that
/// only the check is wrong: the second to write overwrites the first, who has been told that the seat is theirs.
enum CheckThenSet {
    private static let take = RedisScript(
        SeatScripts.prelude + """

            local seat, user, token, milliseconds, trace = ARGV[2], ARGV[3], ARGV[4], tonumber(ARGV[5]), ARGV[6]
            if redis.call('HEXISTS', versions, seat) == 0 then return {'UNKNOWN'} end
            local version, deadline = raise(seat), now + milliseconds
            writeHold(seat, token, user, nil, deadline, version)
            announce('hold', seat, 'AVAILABLE', 'HELD', user, '', trace, version, deadline)
            return {'OK', token, text(deadline), version, text(milliseconds)}
            """
    )

    static let hold: HoldStrategy = { attempt, redis throws(RedisError) in
        let soldTo = try await redis.send("HGET", RedisArgument(attempt.keys.sold(attempt.seat)), "user")
        guard soldTo.isNull else { return .array([text("CONFLICT"), text(SeatStatus.sold.rawValue)]) }
        // A lapsed hold may still lie there until somebody sweeps it, so its lease is asked, by Redis' clock.
        let time = try await redis.send("TIME")
        let lease = try await redis.send("ZSCORE", RedisArgument(attempt.keys.leases), RedisArgument(attempt.seat))
        if let deadline = lease.string.flatMap(Double.init), deadline > milliseconds(time) {
            return .array([text("CONFLICT"), text(SeatStatus.held.rawValue)])
        }
        return try await redis.evaluate(
            take,
            keys: [RedisArgument(attempt.keys.epoch)],
            arguments: [
                .generation(attempt.epoch), RedisArgument(attempt.seat), RedisArgument(attempt.user),
                RedisArgument(attempt.token), RedisArgument(attempt.milliseconds), RedisArgument(attempt.traceID),
            ]
        )
    }

    private static func text(_ text: String) -> RedisValue { .bytes(Array(text.utf8)) }

    private static func milliseconds(_ time: RedisValue) -> Double {
        let parts = (time.array ?? []).compactMap(\.integer)
        guard parts.count == 2 else { return 0 }
        return Double(parts[0]) * 1000 + Double(parts[1] / 1000)
    }
}
