import Contract
import Metrics
import MySQLClient
import RedisClient

/// Makes Redis say what the tickets say, after it had sold a seat for which MySQL refused the ticket.
struct SeatCorrection: Sendable {
    let seats: SeatStore
    let mysql: MySQLClient
    private let corrected = Counter(label: "seat_corrections_total")

    init(seats: SeatStore, mysql: MySQLClient) {
        self.seats = seats
        self.mysql = mysql
    }

    /// Gives each of `names` that Redis has sold to `order` to the owner of its ticket, and frees it when it has none.
    ///
    /// May be repeated: a seat that is no longer sold to the order is left alone.
    ///
    /// - Parameters:
    ///   - names: The order's seats.
    ///   - event: Their event.
    ///   - epoch: In which they were sold.
    ///   - order: Nothing for a box-office sale.
    ///   - user: To whom.
    ///   - traceID: Said in the log.
    /// - Throws: ``SeatRefusal`` in another epoch, when there is nothing to correct any more; else when a store does not answer.
    func correct(
        _ names: [String],
        of event: String,
        epoch: Int64,
        order: String?,
        user: String,
        traceID: String
    ) async throws {
        let tickets = try await Tickets.of(event, seats: names, in: mysql)
        let changed = try await seats.correct(
            SeatKeys(event: event),
            epoch: epoch,
            seats: names.map { ($0, tickets[$0]) },
            order: order ?? "",
            user: user,
            traceID: traceID
        )
        corrected.increment(by: changed.count)
    }
}

extension SeatStore {
    /// Undoes the sale of `seats` to `order`, or to `user` when there is no order: each is its ticket's owner's afterwards, or free.
    ///
    /// - Returns: The seats that were changed.
    func correct(
        _ keys: SeatKeys,
        epoch: Int64,
        seats: [(id: String, ticket: TicketOwner?)],
        order: String,
        user: String,
        traceID: String
    ) async throws -> [String] {
        let reply = try await run(
            "EVALSHA correct",
            scripts.correct,
            keys,
            epoch,
            [RedisArgument(order), RedisArgument(user), RedisArgument(traceID)]
                + seats.flatMap { seat in
                    [
                        RedisArgument(seat.id), seat.ticket == nil ? "0" : "1",
                        RedisArgument(seat.ticket?.order ?? ""), RedisArgument(seat.ticket?.user ?? ""),
                    ]
                }
        )
        return reply.dropFirst().compactMap(\.string)
    }
}
