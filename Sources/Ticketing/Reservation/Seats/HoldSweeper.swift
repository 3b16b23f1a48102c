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
    private let mysql: MySQLClient
    private let lost: @Sendable (String) -> Void
    private let logger: Logger

    /// Makes a sweeper.
    ///
    /// - Parameters:
    ///   - seats: Redis.
    ///   - mysql: Lists the events.
    ///   - logger: Told of failures.
    ///   - lost: Called with an event that Redis refuses, so that it is restored even when nobody else comes by.
    package init(
        seats: SeatStore,
        mysql: MySQLClient,
        logger: Logger,
        lost: @escaping @Sendable (String) -> Void
    ) {
        self.seats = seats
        self.mysql = mysql
        self.logger = logger
        self.lost = lost
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

    private func events() async throws -> [(id: String, epoch: Int64)] {
        try await mysql.query("SELECT id, epoch FROM events").map { (try $0.string("id"), try $0.int("epoch")) }
    }

    private func sweep(_ event: (id: String, epoch: Int64)) async throws -> (ended: Int64, next: Int64?)? {
        do {
            return try await seats.sweep(SeatKeys(event: event.id), epoch: event.epoch)
        } catch let refusal as SeatRefusal {
            // Being created, reset or restored, or lost: there is nothing to sweep, and soon it will be another epoch.
            logger.debug("an event is not swept", metadata: ["event": "\(event.id)", "refusal": "\(refusal)"])
            lost(event.id)
            return nil
        }
    }
}
