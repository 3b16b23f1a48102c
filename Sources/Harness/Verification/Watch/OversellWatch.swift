import Contract
import Logging
import MySQLClient

/// Looks for a seat sold twice once a second while the load runs, so that a long run ends at the first one.
///
/// It reads only what is new. What it cannot read now, because MySQL is down on purpose, the judgement at the end reads.
package struct OversellWatch: Sendable {
    private let mysql: MySQLClient
    private let events: Set<String>

    /// Watches the sales of `events`.
    ///
    /// - Throws: `MySQLURLError` when the URL is none.
    package init(mysqlURL: String, events: Set<String>, logger: Logger) throws {
        mysql = try MySQLClient(MySQLConfiguration(url: mysqlURL), logger: logger)
        self.events = events
    }

    /// Looks until the task is cancelled or a seat sold twice is found.
    ///
    /// - Returns: A sentence that names the seat and both buyers; nil when it was cancelled.
    package func run(every period: Duration = .seconds(1)) async -> String? {
        var tickets = OversellLedger()
        var confirmed = OversellLedger()
        var found: String?
        while found == nil {
            // Once a second is the promise; nothing announces a sale.
            guard (try? await Task.sleep(for: period)) != nil else { break }
            guard let sold = try? await sales(from: tickets.last, and: confirmed.last) else { continue }
            found =
                Self.enter(sold.tickets, "ticket", in: &tickets)
                ?? Self.enter(sold.orders, "CONFIRMED order", in: &confirmed)
        }
        await mysql.close()
        return found
    }

    private static func enter(
        _ sales: [OversellLedger.Sale],
        _ what: String,
        in ledger: inout OversellLedger
    ) -> String? {
        for sale in sales {
            guard let other = ledger.take(sale) else { continue }
            return "seat \(sale.seat) was sold twice: a \(what) of \(other.order) and a \(what) of \(sale.order)"
        }
        return nil
    }

    private func sales(
        from ticket: Int64,
        and transition: Int64
    ) async throws -> (tickets: [OversellLedger.Sale], orders: [OversellLedger.Sale]) {
        let tickets = try await mysql.query(
            "SELECT ticket_id AS n, event_id, seat_id, COALESCE(order_id, 'the box office') AS buyer FROM tickets WHERE ticket_id > ?",
            [.int(ticket - OversellLedger.overlap)]
        )
        let orders = try await mysql.query(
            """
            SELECT t.id AS n, s.event_id, s.seat_id, s.order_id AS buyer FROM order_transitions t
            JOIN order_seats s ON s.order_id = t.order_id WHERE t.id > ? AND t.to_status = '\(OrderStatus.confirmed.rawValue)'
            """,
            [.int(transition - OversellLedger.overlap)]
        )
        return (try tickets.compactMap(sale), try orders.compactMap(sale))
    }

    private func sale(_ row: MySQLRow) throws -> OversellLedger.Sale? {
        let event = try row.string("event_id")
        guard events.contains(event) else { return nil }
        let seat = SeatID(event, try row.string("seat_id"))
        return OversellLedger.Sale(seat: seat, row: try row.int("n"), order: try row.string("buyer"))
    }
}
