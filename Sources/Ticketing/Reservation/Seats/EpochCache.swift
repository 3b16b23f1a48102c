import Contract
import MySQLClient
import ServiceKit

/// The generation of each event, as MySQL has it; asked for once, and again only when Redis disagrees.
package struct EpochCache: Sendable {
    private let epochs: SingleFlightCache<Int64>

    /// Makes a cache.
    ///
    /// - Parameter load: The epoch of an event, or nothing when there is no such event.
    package init(load: @escaping @Sendable (String) async throws -> Int64?) {
        epochs = SingleFlightCache(capacity: 10_000, load: load)
    }

    /// A cache of the table `events`.
    package init(mysql: MySQLClient) {
        self.init { event in
            let rows = try await mysql.query("SELECT id, epoch FROM events WHERE id = ?", [.text(event)])
            // MySQL compares without regard to case; an event's id is what it is.
            guard let row = rows.first, try row.string("id") == event else { return nil }
            return try row.int("epoch")
        }
    }

    /// Does `work` with the event's epoch; if Redis refuses it, once more with a newer one, if there is one.
    ///
    /// - Throws: `NOT_FOUND` when there is no such event, `UPSTREAM_UNAVAILABLE` when MySQL does not answer or Redis has lost the event;
    ///   otherwise what `work` throws.
    package func withEpoch<T>(of event: String, _ work: (Int64) async throws -> T) async throws -> T {
        let epoch = try await epoch(of: event, after: nil)
        do {
            return try await work(epoch)
        } catch let refusal as SeatRefusal where refusal.reason == .epoch {
            let newer = try await self.epoch(of: event, after: epoch)
            guard newer != epoch else { throw refusal.serviceError }
            return try await work(newer)
        }
    }

    /// The event's epoch, asked for again if the known one is `stale`.
    private func epoch(of event: String, after stale: Int64?) async throws -> Int64 {
        let epoch: Int64?
        do {
            epoch = try await epochs.value(for: event) { $0 == stale }
        } catch {
            throw ServiceError.upstream("MySQL", error)
        }
        guard let epoch else { throw ServiceError(.notFound, "there is no such event") }
        return epoch
    }
}
