import Contract
import MySQLClient
import ServiceKit

extension OrderStore {
    /// The order with its price and epoch as MySQL has them now.
    static func priced(
        _ connection: MySQLConnection,
        _ id: String,
        _ request: CreateOrderRequest
    ) throws -> NewOrder {
        let places = Array(repeating: "?", count: request.seatIds.count).joined(separator: ", ")
        let rows = try connection.query(
            """
            SELECT events.epoch, CAST(ROUND(UNIX_TIMESTAMP(NOW(3)) * 1000) AS SIGNED) AS now_ms, seats.id, seats.price
            FROM events LEFT JOIN seats ON seats.event_id = events.id AND seats.id IN (\(places)) WHERE events.id = ?
            """,
            request.seatIds.map { .text($0) } + [.text(request.eventId)]
        )
        guard let event = rows.first else {
            throw ServiceError(.notFound, "there is no event \"\(request.eventId)\"")
        }
        var prices: [String: Int64] = [:]
        for row in rows {
            if let seat = try row.optionalString("id") { prices[seat] = try row.int("price") }
        }
        var amount: Int64 = 0
        for seat in request.seatIds {
            guard let price = prices[seat] else {
                throw ServiceError(.notFound, "event \"\(request.eventId)\" has no seat \"\(seat)\"")
            }
            amount += price
        }
        return NewOrder(
            id: id,
            request: request,
            amount: amount,
            epoch: try event.int("epoch"),
            createdAt: isoMilliseconds(try event.int("now_ms"))
        )
    }

    static func insert(
        _ connection: MySQLConnection,
        _ order: NewOrder,
        _ key: IdempotencyKey,
        traceID: String,
        traceparent: String
    ) throws {
        // 2026-11-22T22:05:06.123Z → 2026-11-22 22:05:06.123; sessions are in UTC.
        let created = MySQLValue.text(String(order.createdAt.dropLast().replacing("T", with: " ")))
        _ = try connection.execute(
            """
            INSERT INTO orders (id, user_id, event_id, epoch, amount, status, idempotency_key, request_hash, trace_id,
            traceparent, due_at, created_at, updated_at)
            VALUES (?, ?, ?, ?, ?, 'CREATED', ?, ?, ?, ?, NOW(3) + INTERVAL \(acceptanceSeconds) SECOND, ?, ?)
            """,
            [
                .text(order.id), .text(key.user), .text(order.request.eventId), .int(order.epoch), .int(order.amount),
                .text(key.key), .text(order.request.canonicalHash), .text(traceID), .text(traceparent), created,
                created,
            ]
        )
        let seats = order.request.seatIds
        let places = Array(repeating: "(?, ?, ?, ?)", count: seats.count).joined(separator: ", ")
        _ = try connection.execute(
            "INSERT INTO order_seats (order_id, event_id, seat_id, position) VALUES \(places)",
            seats.enumerated().flatMap { position, seat -> [MySQLValue] in
                [.text(order.id), .text(order.request.eventId), .text(seat), .int(Int64(position))]
            }
        )
        try recordTransition(connection, order.id, from: nil, to: .created)
    }

    static func recordTransition(
        _ connection: MySQLConnection,
        _ order: String,
        from: OrderStatus?,
        to: OrderStatus
    ) throws {
        _ = try connection.execute(
            "INSERT INTO order_transitions (order_id, from_status, to_status, at) VALUES (?, ?, ?, NOW(3))",
            [.text(order), from.map { .text($0.rawValue) } ?? .null, .text(to.rawValue)]
        )
    }
}
