import Contract
import MySQLClient
import ServiceKit

/// Where an event is in its life, as MySQL has it.
struct EventGeneration: Sendable, Equatable {
    let epoch: Int64
    /// The epoch that the last reset began; any after it began with a loss of Redis.
    let resetEpoch: Int64
}

/// What was accepted before the event's last reset, or of an event that is no more: it has no effect any more.
struct PastEpoch: Error, CustomStringConvertible {
    var description: String { "the event was reset after the order was accepted" }
}

/// The generation of each event, as MySQL has it; asked for once, and again only when Redis disagrees.
package struct EpochCache: Sendable {
    private let generations: SingleFlightCache<EventGeneration>
    private let lost: @Sendable (String) -> Void

    /// Makes a cache of the table `events`.
    ///
    /// - Parameters:
    ///   - mysql: Has the table.
    ///   - lost: Called with an event that Redis refuses in its newest epoch.
    package init(mysql: MySQLClient, lost: @escaping @Sendable (String) -> Void = { _ in }) {
        self.lost = lost
        generations = SingleFlightCache(capacity: 10_000) { event in
            let rows = try await mysql.query("SELECT id, epoch, reset_epoch FROM events WHERE id = ?", [.text(event)])
            // MySQL compares without regard to case; an event's id is what it is.
            guard let row = rows.first, try row.string("id") == event else { return nil }
            return EventGeneration(epoch: try row.int("epoch"), resetEpoch: try row.int("reset_epoch"))
        }
    }

    /// Does `work` with the event's epoch; if Redis refuses it, once more with a newer one, if there is one.
    ///
    /// - Parameters:
    ///   - event: Whose seats `work` changes.
    ///   - accepted: The epoch in which that was asked for, when that was not just now.
    ///   - work: May be done twice; throws ``SeatRefusal`` in another epoch.
    /// - Returns: What `work` returns.
    /// - Throws: `NOT_FOUND` when there is no such event; `UPSTREAM_UNAVAILABLE` when MySQL does not answer; ``SeatRefusal`` when Redis has
    ///   lost the event, which has been reported then; ``PastEpoch`` when it was reset since `accepted`; otherwise what `work` throws.
    package func withEpoch<T>(
        of event: String,
        acceptedIn accepted: Int64? = nil,
        _ work: (Int64) async throws -> T
    ) async throws -> T {
        let epoch = try await epoch(of: event, acceptedIn: accepted, after: nil)
        do {
            return try await work(epoch)
        } catch let refusal as SeatRefusal where refusal.reason == .epoch {
            let newer = try await self.epoch(of: event, acceptedIn: accepted, after: epoch)
            if newer != epoch {
                do {
                    return try await work(newer)
                } catch let again as SeatRefusal where again.reason == .epoch {}
            }
            lost(event)
            throw refusal
        }
    }

    /// The event's epoch, asked for again if the known one is `stale`.
    private func epoch(of event: String, acceptedIn accepted: Int64?, after stale: Int64?) async throws -> Int64 {
        let generation: EventGeneration?
        do {
            generation = try await generations.value(for: event) { $0.epoch == stale }
        } catch {
            throw ServiceError.upstream("MySQL", error)
        }
        guard let generation else {
            if accepted != nil { throw PastEpoch() }
            throw ServiceError(.notFound, "there is no such event")
        }
        if let accepted, accepted < generation.resetEpoch { throw PastEpoch() }
        return generation.epoch
    }
}
