import Contract
import RedisClient
import ServiceKit
import Synchronization

/// Reads the state of an event's seats from Redis, atomically, and keeps the last one of each event.
///
/// Thousands may open the map of one event in the same moment: they share a read.
final class SeatMapReader: Sendable {
    private static let capacity = 200

    private let redis: RedisClient
    private let events: EventStore
    private let script = RedisScript(String(decoding: PackageResources.seatmap_lua, as: UTF8.self))
    private let reads = JoinedReads<String, SeatMap>()
    private let latest = Mutex<[String: SeatMap]>([:])

    init(redis: RedisClient, events: EventStore) {
        self.redis = redis
        self.events = events
    }

    /// The seats of `event` as they are now.
    ///
    /// - Throws: `NOT_FOUND` when there is no such event, `UPSTREAM_UNAVAILABLE` when a store does not answer or Redis has lost the event.
    func map(of event: String) async throws -> SeatMap {
        try await reads.value(event) { [self] in try await read(event) }
    }

    private func read(_ event: String) async throws -> SeatMap {
        let layout = try await layout(of: event, after: nil)
        if let map = try await read(layout) { return map }
        // Another epoch than this process knows, once; or Redis has lost the event.
        let newer = try await self.layout(of: event, after: layout.epoch)
        if newer.epoch != layout.epoch, let map = try await read(newer) { return map }
        throw ServiceError(
            .upstreamUnavailable,
            "the event's seats are being restored; try again shortly",
            retryAfter: 1
        )
    }

    private func layout(of event: String, after stale: Int64?) async throws -> EventLayout {
        let layout: EventLayout?
        do {
            layout = try await events.layout(of: event, after: stale)
        } catch {
            throw ServiceError.upstream("MySQL", error)
        }
        guard let layout else { throw ServiceError(.notFound, "there is no such event") }
        return layout
    }

    /// The map, or nothing when Redis has another epoch.
    private func read(_ layout: EventLayout) async throws -> SeatMap? {
        let known = latest.withLock { $0[layout.id] }
        let reply: [RedisValue]
        do {
            reply =
                try await redis.evaluate(
                    script,
                    keys: [RedisArgument(SeatKeys(event: layout.id).epoch)],
                    arguments: [.generation(layout.epoch), RedisArgument(known?.tag ?? "")]
                ).array ?? []
        } catch {
            throw ServiceError.upstream("Redis", error)
        }
        if let known, reply.first?.string == "SAME" { return known }
        guard reply.count >= 3, reply[0].string == "OK", let tag = reply[1].string,
            let position = reply[2].string.flatMap(StreamPosition.init)
        else { return nil }
        var states: [String: (status: SeatStatus, version: Int64)] = [:]
        states.reserveCapacity(layout.seats.count)
        for index in stride(from: 3, to: reply.count - 2, by: 3) {
            guard let seat = reply[index].string, let status = reply[index + 1].string.flatMap(SeatStatus.init),
                let version = reply[index + 2].integer
            else { continue }
            states[seat] = (status, version)
        }
        let map = SeatMap(tag: tag, position: position, layout: layout, states: states)
        latest.withLock { latest in
            if latest.count >= Self.capacity { latest.removeAll() }
            latest[layout.id] = map
        }
        return map
    }
}
