import Contract
import Foundation
import MySQLClient
import ServiceKit

/// Events and the layout of their seats, in MySQL.
struct EventStore: Sendable {
    private static let columns = "id, title, description, date_time"
    /// How many events a list shows.
    private static let listLimit = 1000
    /// Rows in one INSERT.
    private static let batch = 500

    private let mysql: MySQLClient
    private let layouts: SingleFlightCache<EventLayout>

    init(mysql: MySQLClient) {
        self.mysql = mysql
        layouts = SingleFlightCache(capacity: 200) { event in try await Self.load(event, from: mysql) }
    }

    func list() async throws -> [EventBody] {
        try await mysql.query("SELECT \(Self.columns) FROM events ORDER BY created_at, id LIMIT \(Self.listLimit)")
            .map(Self.body)
    }

    /// One event, or nothing.
    func event(_ id: String) async throws -> EventBody? {
        let rows = try await mysql.query("SELECT \(Self.columns) FROM events WHERE id = ?", [.text(id)])
        guard let row = rows.first, try row.string("id") == id else { return nil }
        return try Self.body(row)
    }

    /// The event's layout, asked for again if the known one is of the epoch `stale`.
    func layout(of event: String, after stale: Int64? = nil) async throws -> EventLayout? {
        try await layouts.value(for: event) { $0.epoch == stale }
    }

    /// Does `work` unless another process opens, resets or restores the event.
    ///
    /// - Returns: Nothing when one does, and did not end within `seconds`.
    func withLock<T>(_ event: String, waiting seconds: Int64 = 0, _ work: () async throws -> T) async throws -> T? {
        try await EventLock.with(event, in: mysql, waiting: seconds, work)
    }

    /// Writes an event and its seats, in one transaction; its epoch is 1.
    func create(_ id: String, _ request: CreateEventRequest) async throws {
        let version = SeatVersion.base(epoch: 1)
        let seats = (1...request.rows).flatMap { row in
            (1...request.cols).map { column in
                let seat = CreateEventRequest.seatID(row: row, column: column)
                // Nothing here comes from outside but numbers.
                return "('\(seat)','\(id)',\(row),\(column),\(request.price),\(version))"
            }
        }
        try await mysql.transaction { connection in
            _ = try connection.execute(
                """
                INSERT INTO events (id, title, description, date_time, seat_rows, seat_cols, epoch)
                VALUES (?, ?, ?, ?, ?, ?, 1)
                """,
                [
                    .text(id), .text(request.title), .text(request.description ?? ""), .text(request.dateTime),
                    .int(Int64(request.rows)), .int(Int64(request.cols)),
                ]
            )
            for start in stride(from: 0, to: seats.count, by: Self.batch) {
                let values = seats[start..<min(start + Self.batch, seats.count)].joined(separator: ",")
                _ = try connection.execute(
                    "INSERT INTO seats (id, event_id, row_no, col_no, price, version) VALUES \(values)"
                )
            }
        }
    }

    /// Removes an event that could not be opened.
    func remove(_ id: String) async throws {
        try await mysql.transaction { connection in
            _ = try connection.execute("DELETE FROM seats WHERE event_id = ?", [.text(id)])
            _ = try connection.execute("DELETE FROM events WHERE id = ?", [.text(id)])
        }
    }

    /// Begins the next epoch: seats free, tickets gone, orders archived.
    ///
    /// - Returns: The epoch, or nothing when there is no such event.
    func beginNextEpoch(of event: String) async throws -> Int64? {
        try await mysql.transaction { connection in
            let rows = try connection.query("SELECT epoch FROM events WHERE id = ? FOR UPDATE", [.text(event)])
            guard let row = rows.first else { return nil }
            let epoch = try row.int("epoch") + 1
            _ = try connection.execute(
                "UPDATE events SET epoch = ?, reset_epoch = ? WHERE id = ?",
                [.int(epoch), .int(epoch), .text(event)]
            )
            _ = try connection.execute("UPDATE orders SET archived = 1 WHERE event_id = ?", [.text(event)])
            _ = try connection.execute("DELETE FROM tickets WHERE event_id = ?", [.text(event)])
            _ = try connection.execute(
                "UPDATE seats SET status = 'AVAILABLE', version = ? WHERE event_id = ?",
                [.int(SeatVersion.base(epoch: epoch)), .text(event)]
            )
            return epoch
        }
    }

    private static func body(_ row: MySQLRow) throws -> EventBody {
        EventBody(
            id: try row.string("id"),
            title: try row.string("title"),
            description: try row.string("description"),
            dateTime: try row.string("date_time")
        )
    }

    private static func load(_ event: String, from mysql: MySQLClient) async throws -> EventLayout? {
        let rows = try await mysql.query(
            "SELECT id, epoch, seat_rows, seat_cols FROM events WHERE id = ?",
            [.text(event)]
        )
        guard let row = rows.first, try row.string("id") == event else { return nil }
        let seats = try await mysql.query(
            "SELECT id, row_no, col_no, price FROM seats WHERE event_id = ? ORDER BY row_no, col_no",
            [.text(event)]
        )
        return EventLayout(
            id: event,
            epoch: try row.int("epoch"),
            rows: try row.int("seat_rows"),
            columns: try row.int("seat_cols"),
            seats: try seats.map { seat in
                EventLayout.Seat(
                    id: try seat.string("id"),
                    row: try seat.int("row_no"),
                    column: try seat.int("col_no"),
                    price: try seat.int("price")
                )
            }
        )
    }
}
