import Contract
import Logging
import Metrics
import MySQLClient
import ServiceLifecycle

/// Ends holds when they are due, so that watchers learn of it at once even when nobody else comes by.
///
/// It sleeps until the next deadline, and never longer than the shortest hold lasts, so no new hold can lapse while it sleeps.
package struct HoldSweeper: Service {
    /// The shortest hold, and how long a new event may go unnoticed.
    private static let longestSleep = Duration.seconds(1)

    private let seats: SeatStore
    private let events: @Sendable () async throws -> [(id: String, epoch: Int64)]
    private let logger: Logger

    /// Makes a sweeper of the events that `events` lists.
    package init(
        seats: SeatStore,
        events: @escaping @Sendable () async throws -> [(id: String, epoch: Int64)],
        logger: Logger
    ) {
        self.seats = seats
        self.events = events
        self.logger = logger
    }

    /// Makes a sweeper of the events in the table `events`.
    package init(seats: SeatStore, mysql: MySQLClient, logger: Logger) {
        self.init(
            seats: seats,
            events: {
                try await mysql.query("SELECT id, epoch FROM events").map { (try $0.string("id"), try $0.int("epoch")) }
            },
            logger: logger
        )
    }

    package func run() async throws {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await sweepForEver() }
            group.addTask { try? await gracefulShutdown() }
            await group.next()
            group.cancelAll()
        }
    }

    private func sweepForEver() async {
        let expired = Counter(label: "seat_holds_expired_total")
        while !Task.isCancelled {
            var sleep = Self.longestSleep
            do {
                for event in try await events() {
                    guard let (ended, next) = try await sweep(event) else { continue }
                    expired.increment(by: ended)
                    // One more, since the deadline is rounded down to a millisecond.
                    if let next { sleep = min(sleep, .milliseconds(next + 1)) }
                }
            } catch {
                logger.warning("cannot sweep holds; trying again in 1 s", metadata: ["error": "\(error)"])
            }
            try? await Task.sleep(for: sleep)
        }
    }

    private func sweep(_ event: (id: String, epoch: Int64)) async throws -> (ended: Int64, next: Int64?)? {
        do {
            return try await seats.sweep(SeatKeys(event: event.id), epoch: event.epoch)
        } catch let refusal as SeatRefusal {
            // Being created, reset or restored: there is nothing to sweep, and soon it will be another epoch.
            logger.debug("an event is not swept", metadata: ["event": "\(event.id)", "refusal": "\(refusal)"])
            return nil
        }
    }
}
