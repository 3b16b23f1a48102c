import Contract
import Logging
import Metrics
import MySQLClient
import RedisClient
import ServiceKit
import ServiceLifecycle
import Synchronization

/// Restores events that Redis has lost: they are opened in the next epoch, with what MySQL knows of their seats.
///
/// Redis has lost an event when its epoch is absent, or when it was opened under another Redis process: one that appends to its file each
/// second may have lost the last. Holds are gone then. Sold seats and the pins of unfinished orders come back from MySQL, which has
/// them before anybody is told of them. What was sold in Redis alone was told to nobody, and its order is still unfinished.
///
/// Several processes may notice at once; the ``EventLock`` and a second look under it let one of them act.
package final class SeatRestorer: Service {
    /// Events restored at once.
    private static let concurrency = 4

    private struct State {
        var waiting: [String] = []
        /// Waiting, or being restored.
        var known: Set<String> = []
    }

    private let state = Mutex(State())
    private let arrivals = Wakeup()
    private let seats: SeatStore
    private let redis: RedisClient
    private let mysql: MySQLClient
    private let opening: EventOpening
    private let remember: (@Sendable ([OpeningSeat]) -> [OpeningSeat])?
    private let logger: Logger
    private let restored = Counter(label: "seat_restorations_total")

    /// Makes a restorer of the events of `seats`, which are in `redis`; a build with a seeded bug may be `remembering` something else.
    package init(
        seats: SeatStore,
        redis: RedisClient,
        mysql: MySQLClient,
        remembering remember: (@Sendable ([OpeningSeat]) -> [OpeningSeat])? = nil,
        logger: Logger
    ) {
        self.seats = seats
        self.redis = redis
        self.mysql = mysql
        self.logger = logger
        self.remember = remember
        opening = EventOpening(redis: redis)
    }

    /// Has `event` looked at, once however many report it meanwhile; returns at once.
    package func report(_ event: String) {
        let isNew = state.withLock { state in
            guard state.known.insert(event).inserted else { return false }
            state.waiting.append(event)
            return true
        }
        if isNew { arrivals.signal() }
    }

    package func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                let batch = self.takeBatch()
                await withTaskGroup(of: Void.self) { group in
                    for event in batch { group.addTask { await self.tryToRestore(event) } }
                }
                if batch.isEmpty { await self.arrivals.sleep(for: .seconds(1)) }
            }
        }
    }

    private func takeBatch() -> [String] {
        state.withLock { state in
            let batch = Array(state.waiting.prefix(Self.concurrency))
            state.waiting.removeFirst(batch.count)
            return batch
        }
    }

    /// What fails is reported again by the next who meets the event; the sweeper does each second.
    private func tryToRestore(_ event: String) async {
        do {
            _ = try await restore(event)
        } catch {
            logger.warning("cannot restore an event yet", metadata: ["event": "\(event)", "error": "\(error)"])
        }
        state.withLock { _ = $0.known.remove(event) }
    }

    /// Restores `event` if Redis has lost it.
    ///
    /// - Returns: Its new epoch; nothing when there was nothing to do, or another process is at it.
    /// - Throws: When a store does not answer; the event is then shut, and still to be restored.
    package func restore(_ event: String) async throws -> Int64? {
        let epoch: Int64?? = try await EventLock.with(event, in: mysql) {
            guard try await isLost(event) else { return nil }
            // Committed before anything is read: whoever issues tickets holds on to the epoch, so those of older ones are all there.
            let epoch = try await beginNextEpoch(of: event)
            let seats = try await RestoredSeats.read(event, from: mysql)
            let known = remember?(seats) ?? seats
            try await opening.open(event, epoch: epoch, seats: known, because: .restore, traceID: "")
            return epoch
        }
        guard let epoch = epoch ?? nil else { return nil }
        restored.increment()
        logger.warning("Redis had lost an event; it is restored", metadata: ["event": "\(event)", "epoch": "\(epoch)"])
        return epoch
    }

    /// Whether Redis refuses the event in the epoch that MySQL has.
    private func isLost(_ event: String) async throws -> Bool {
        let rows = try await mysql.query("SELECT epoch FROM events WHERE id = ?", [.text(event)])
        guard let epoch = try rows.first?.int("epoch") else { return false }
        do {
            _ = try await seats.sweep(SeatKeys(event: event), epoch: epoch)
            return false
        } catch let refusal as SeatRefusal where refusal.reason == .epoch {
            return true
        }
    }

    /// Commits the next epoch, which is later than Redis' as well, should MySQL be the one that has lost something.
    private func beginNextEpoch(of event: String) async throws -> Int64 {
        let open = try await redis.send("GET", RedisArgument(SeatKeys(event: event).epoch)).integer ?? 0
        return try await mysql.transaction { connection in
            let rows = try connection.query("SELECT epoch FROM events WHERE id = ? FOR UPDATE", [.text(event)])
            guard let known = try rows.first?.int("epoch") else {
                throw ServiceError(.notFound, "the event was removed")
            }
            let epoch = max(known, open) + 1
            _ = try connection.execute("UPDATE events SET epoch = ? WHERE id = ?", [.int(epoch), .text(event)])
            return epoch
        }
    }
}
