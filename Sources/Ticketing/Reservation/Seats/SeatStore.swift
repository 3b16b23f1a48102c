import Contract
import Observability
import RedisClient
import ServiceKit

/// The truth about seats: one method for each script.
///
/// Every method throws ``SeatRefusal`` when the script refuses, `RedisError` when Redis does not answer.
package struct SeatStore: Sendable {
    private let redis: RedisClient
    let scripts: SeatScripts
    private let holdStrategy: HoldStrategy

    /// Makes a store on `redis`, changed as `variations` say.
    package init(redis: RedisClient, variations: TicketingVariations = .none) {
        self.redis = redis
        let scripts = SeatScripts(replacing: variations.scripts)
        self.scripts = scripts
        holdStrategy = variations.hold ?? Self.atomicHold(scripts.hold)
    }

    /// The way in which a seat is held: one script.
    private static func atomicHold(_ script: RedisScript) -> HoldStrategy {
        { attempt, redis throws(RedisError) in
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
    }

    /// Holds a free seat, or finds that the same user holds it already.
    package func hold(_ attempt: HoldAttempt) async throws -> SeatGrant {
        let span = SeatSpan.begin("EVALSHA hold")
        let value: RedisValue
        do {
            value = try await holdStrategy(attempt, redis)
        } catch {
            span?.end(.failed(error))
            throw error
        }
        span?.end()
        let reply = try Self.accepted(value)
        guard reply.count == 5, let token = reply[1].string, let deadline = reply[2].integer,
            let version = reply[3].integer
        else { throw SeatScriptError(script: "hold", reply: reply) }
        return SeatGrant(token: token, deadline: deadline, version: version, isRepeated: reply[4].string == "")
    }

    /// Lets the caller's hold end `milliseconds` from now.
    package func extend(
        _ keys: SeatKeys,
        epoch: Int64,
        seat: String,
        user: String,
        token: String,
        milliseconds: Int64,
        traceID: String
    ) async throws -> SeatLease {
        let reply = try await run(
            "EVALSHA extend",
            scripts.extend,
            keys,
            epoch,
            [
                RedisArgument(seat), RedisArgument(user), RedisArgument(token), RedisArgument(milliseconds),
                RedisArgument(traceID),
            ]
        )
        guard reply.count == 3, let deadline = reply[1].integer, let version = reply[2].integer else {
            throw SeatScriptError(script: "extend", reply: reply)
        }
        return SeatLease(deadline: deadline, version: version)
    }

    /// Frees the seat that the caller holds.
    package func release(
        _ keys: SeatKeys,
        epoch: Int64,
        seat: String,
        user: String,
        token: String,
        traceID: String
    ) async throws {
        _ = try await run(
            "EVALSHA release",
            scripts.release,
            keys,
            epoch,
            [RedisArgument(seat), RedisArgument(user), RedisArgument(token), RedisArgument(traceID)]
        )
    }

    /// Sells the caller's own hold at the box office.
    ///
    /// - Returns: The seat's version.
    package func sell(
        _ keys: SeatKeys,
        epoch: Int64,
        seat: String,
        user: String,
        token: String,
        traceID: String
    ) async throws -> Int64 {
        let reply = try await run(
            "EVALSHA sell",
            scripts.sell,
            keys,
            epoch,
            [RedisArgument(seat), RedisArgument(user), RedisArgument(token), RedisArgument(traceID)]
        )
        guard reply.count == 2, let version = reply[1].integer else {
            throw SeatScriptError(script: "sell", reply: reply)
        }
        return version
    }

    /// Gives all of the user's holds on `seats` to `order`, or none.
    ///
    /// - Returns: When the pins end, in milliseconds since 1970 by Redis' clock.
    package func pin(
        _ keys: SeatKeys,
        epoch: Int64,
        seats: [String],
        order: String,
        user: String,
        milliseconds: Int64,
        traceID: String
    ) async throws -> Int64 {
        let reply = try await run(
            "EVALSHA pin",
            scripts.pin,
            keys,
            epoch,
            [RedisArgument(order), RedisArgument(user), RedisArgument(milliseconds), RedisArgument(traceID)]
                + seats.map { RedisArgument($0) }
        )
        guard reply.count == 2, let deadline = reply[1].integer else {
            throw SeatScriptError(script: "pin", reply: reply)
        }
        return deadline
    }

    /// Sells all of `seats`, pinned to `order`, or none.
    package func confirm(
        _ keys: SeatKeys,
        epoch: Int64,
        seats: [String],
        order: String,
        traceID: String
    ) async throws -> SeatSale {
        let reply = try await run(
            "EVALSHA confirm",
            scripts.confirm,
            keys,
            epoch,
            [RedisArgument(order), RedisArgument(traceID)] + seats.map { RedisArgument($0) }
        )
        let versions = reply.dropFirst(2).compactMap(\.integer)
        guard reply.count == seats.count + 2, versions.count == seats.count, let user = reply[1].string else {
            throw SeatScriptError(script: "confirm", reply: reply)
        }
        return SeatSale(user: user, versions: versions)
    }

    /// Frees those of `seats` that are still pinned to `order`.
    ///
    /// - Returns: The seats that were freed.
    package func cancel(
        _ keys: SeatKeys,
        epoch: Int64,
        seats: [String],
        order: String,
        traceID: String
    ) async throws -> [String] {
        let reply = try await run(
            "EVALSHA cancel",
            scripts.cancel,
            keys,
            epoch,
            [RedisArgument(order), RedisArgument(traceID)] + seats.map { RedisArgument($0) }
        )
        return reply.dropFirst().compactMap(\.string)
    }

    /// Ends what is due.
    ///
    /// - Returns: How many leases ended, and the milliseconds until the next one does; nothing when there is none.
    package func sweep(_ keys: SeatKeys, epoch: Int64) async throws -> (ended: Int64, next: Int64?) {
        let reply = try await run("EVALSHA sweep", scripts.sweep, keys, epoch, [])
        guard reply.count == 3, let ended = reply[1].integer else {
            throw SeatScriptError(script: "sweep", reply: reply)
        }
        return (ended, reply[2].integer)
    }

    func run(
        _ name: String,
        _ script: RedisScript,
        _ keys: SeatKeys,
        _ epoch: Int64,
        _ arguments: [RedisArgument]
    ) async throws -> [RedisValue] {
        let span = SeatSpan.begin(name)
        let value: RedisValue
        do {
            value = try await redis.evaluate(
                script,
                keys: [RedisArgument(keys.epoch)],
                arguments: [.generation(epoch)] + arguments
            )
        } catch {
            span?.end(.failed(error))
            throw error
        }
        span?.end()
        return try Self.accepted(value)
    }

    /// The reply, if it begins with OK.
    private static func accepted(_ reply: RedisValue) throws -> [RedisValue] {
        let elements = reply.array ?? []
        guard let word = elements.first?.string else { throw SeatScriptError(script: "a seat script", reply: elements) }
        if word == "OK" { return elements }
        guard let reason = SeatRefusal.Reason(rawValue: word) else {
            throw SeatScriptError(script: "a seat script", reply: elements)
        }
        let detail = elements.count > 1 ? elements[1].string : nil
        if reason == .conflict { throw SeatRefusal(detail == SeatStatus.sold.rawValue ? .sold : .conflict) }
        throw SeatRefusal(reason, seat: detail)
    }
}

/// A reply that no script gives: a bug.
struct SeatScriptError: Error, CustomStringConvertible {
    let script: String
    let reply: [RedisValue]

    var description: String { "\(script) answered \(reply), which it never should" }
}
