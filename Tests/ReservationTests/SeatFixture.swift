import Contract
import Foundation
import MySQLClient
import Observability
import RedisClient
import Reservation
import ServiceKit
import TicketingTestKit

/// An event of one row, and the store that changes its seats.
struct SeatFixture: Sendable {
    let stores: TestStores
    let event: String
    let keys: SeatKeys
    let seats: SeatStore
    let epoch: Int64

    static func make(
        seats names: [String] = ["R1C1", "R1C2", "R1C3"],
        epoch: Int64 = 1,
        variations: TicketingVariations = .none,
        stores ownStores: TestStores? = nil
    ) async throws -> SeatFixture {
        let stores: TestStores
        if let ownStores { stores = ownStores } else { stores = try await TestStores.shared() }
        let event = try await stores.makeEvent(seats: names, epoch: epoch)
        return SeatFixture(
            stores: stores,
            event: event,
            keys: SeatKeys(event: event),
            seats: SeatStore(redis: stores.redis, variations: variations),
            epoch: epoch
        )
    }

    func hold(
        _ seat: String = "R1C1",
        by user: String,
        anonymous: Bool = false,
        milliseconds: Int64 = 60_000
    ) async throws -> SeatGrant {
        try await seats.hold(
            HoldAttempt(
                keys: keys,
                epoch: epoch,
                seat: seat,
                user: user,
                isAnonymous: anonymous,
                token: TestStores.uniqueID("token"),
                milliseconds: milliseconds,
                traceID: "0af7651916cd43dd8448eb211c80319c"
            )
        )
    }

    func pin(
        _ names: [String] = ["R1C1"],
        order: String,
        user: String,
        milliseconds: Int64 = 30_000
    ) async throws -> Int64 {
        try await seats.pin(
            keys,
            epoch: epoch,
            seats: names,
            order: order,
            user: user,
            milliseconds: milliseconds,
            traceID: ""
        )
    }

    func confirm(_ names: [String] = ["R1C1"], order: String) async throws -> SeatSale {
        try await seats.confirm(keys, epoch: epoch, seats: names, order: order, traceID: "")
    }

    func release(_ seat: String = "R1C1", user: String, token: String = "") async throws {
        try await seats.release(keys, epoch: epoch, seat: seat, user: user, token: token, traceID: "")
    }

    func extend(
        _ seat: String = "R1C1",
        user: String,
        token: String = "",
        milliseconds: Int64 = 60_000
    ) async throws -> SeatLease {
        try await seats.extend(
            keys,
            epoch: epoch,
            seat: seat,
            user: user,
            token: token,
            milliseconds: milliseconds,
            traceID: ""
        )
    }

    func sell(_ seat: String = "R1C1", user: String, token: String = "") async throws -> Int64 {
        try await seats.sell(keys, epoch: epoch, seat: seat, user: user, token: token, traceID: "")
    }

    func cancel(_ names: [String] = ["R1C1"], order: String) async throws -> [String] {
        try await seats.cancel(keys, epoch: epoch, seats: names, order: order, traceID: "")
    }

    /// What the reservation service does about orders.
    func handler(mysql: MySQLClient? = nil) -> OrderEventHandler {
        let mysql = mysql ?? stores.mysql
        return OrderEventHandler(
            seats: seats,
            epochs: EpochCache(mysql: mysql),
            mysql: mysql,
            logger: TestLog.quiet
        ) {}
    }

    /// A message of the order service's.
    func message(
        _ kind: OrderEvent.Kind,
        order: String,
        user: String = "ann",
        seats: [String] = ["R1C1"],
        epoch: Int64? = nil,
        id: String = TestStores.uniqueID("message")
    ) throws -> ConsumedMessage {
        let message = OrderEvent(
            type: kind,
            orderId: order,
            userId: user,
            eventId: event,
            seatIds: seats,
            amount: 100,
            epoch: epoch ?? self.epoch
        )
        return ConsumedMessage(id: id, value: Array(try JSONCoding.encoder.encode(message)), trace: .fresh())
    }

    /// The seats with tickets, as `seat:order:user`.
    func tickets(mysql: MySQLClient? = nil) async throws -> [String] {
        try await (mysql ?? stores.mysql).query(
            "SELECT CONCAT(seat_id, ':', COALESCE(order_id, '-'), ':', user_id) AS line FROM tickets WHERE event_id = ? ORDER BY 1",
            [.text(event)]
        ).map { try $0.string("line") }
    }

    /// Moves a lease's end into the past, as if time had gone by.
    func lapse(_ seat: String = "R1C1") async throws {
        _ = try await stores.redis.send("ZADD", RedisArgument(keys.leases), "1", RedisArgument(seat))
        _ = try await stores.redis.send("HSET", RedisArgument(keys.hold(seat)), "deadline", "1")
    }

    /// The log, as one dictionary an entry.
    func log() async throws -> [[String: String]] {
        let reply = try await stores.redis.send("XRANGE", RedisArgument(keys.log), "-", "+")
        return (reply.array ?? []).map { entry in
            let fields = (entry.array?.last?.array ?? []).compactMap(\.string)
            return Dictionary(
                uniqueKeysWithValues: stride(from: 0, to: fields.count - 1, by: 2).map { (fields[$0], fields[$0 + 1]) }
            )
        }
    }

    func exists(_ key: String) async throws -> Bool {
        try await stores.redis.send("EXISTS", RedisArgument(key)).integer == 1
    }
}

/// Runs `work` and says why it was refused; nothing when it was not.
func refusal(_ work: () async throws -> Void) async throws -> SeatRefusal? {
    do {
        try await work()
        return nil
    } catch let refusal as SeatRefusal {
        return refusal
    }
}
