import Contract
import Foundation
import HTTPTypes
import Hummingbird
import Metrics
import MySQLClient
import NIOCore
import Observability
import ServiceKit

/// The routes of the reservation service.
struct ReservationRoutes: Sendable {
    let seats: SeatStore
    let epochs: EpochCache
    let mysql: MySQLClient
    private let correction: SeatCorrection
    private let granted = Counter(label: "seat_holds_total", dimensions: [("outcome", "granted")])
    private let repeated = Counter(label: "seat_holds_total", dimensions: [("outcome", "repeated")])
    private let refused = Counter(label: "seat_holds_total", dimensions: [("outcome", "refused")])

    init(seats: SeatStore, epochs: EpochCache, mysql: MySQLClient) {
        self.seats = seats
        self.epochs = epochs
        self.mysql = mysql
        correction = SeatCorrection(seats: seats, mysql: mysql)
    }

    func add(to router: Router<ServiceContext>) {
        router.post("api/reservations", use: hold)
        router.post("api/reservations/pin", use: pin)
        router.post("api/reservations/{eventId}/{seatId}/extend", use: extend)
        router.post("api/reservations/{eventId}/{seatId}/confirm", use: confirm)
        router.delete("api/reservations/{eventId}/{seatId}", use: release)
    }

    // MARK: - Holds

    @Sendable
    private func hold(_ request: Request, _ context: ServiceContext) async throws -> Response {
        let caller = try context.require(.reservationWrite)
        let wish = try HoldWish.read(try await request.readBody())
        let grant: SeatGrant
        do {
            grant = try await changing(wish.event) { keys, epoch in
                try await seats.hold(
                    HoldAttempt(
                        keys: keys,
                        epoch: epoch,
                        seat: wish.seat,
                        user: caller.user,
                        isAnonymous: caller.isAnonymous,
                        token: HoldToken.make(),
                        milliseconds: Int64(wish.seconds) * 1000,
                        traceID: context.trace.traceID
                    )
                )
            }
        } catch let error as ServiceError {
            if error.code == .reservationConflict { refused.increment() }
            throw error
        }
        if grant.isRepeated { repeated.increment() } else { granted.increment() }
        return Self.created(wish, grant, context.trace.traceID)
    }

    /// Written by hand: this is the hot path, and an encoder would cost more than all the rest.
    private static func created(_ wish: HoldWish, _ grant: SeatGrant, _ traceID: String) -> Response {
        var body = ByteBufferAllocator().buffer(capacity: 320)
        body.writeString("{\"eventId\":")
        body.writeJSON(wish.event)
        body.writeString(",\"seatId\":")
        body.writeJSON(wish.seat)
        body.writeString(",\"holdToken\":")
        body.writeJSON(grant.token)
        body.writeString(",\"holdSeconds\":")
        body.writeString(String(wish.seconds))
        body.writeString(",\"expiresAt\":\"")
        body.writeString(isoMilliseconds(grant.deadline))
        body.writeString("\",\"version\":")
        body.writeString(String(grant.version))
        body.writeString(",\"traceId\":\"")
        body.writeString(traceID)
        body.writeString("\"}")
        return jsonResponse(.created, bytes: body)
    }

    @Sendable
    private func extend(_ request: Request, _ context: ServiceContext) async throws -> Response {
        let caller = try context.require(.reservationWrite)
        let (event, seat) = try Self.seat(context)
        let seconds = try await request.decodeBody(ExtendRequest.self, context: context).seconds
        try HoldWish.check("seconds", seconds: seconds)
        let token = try Self.holdToken(request, caller)
        let lease = try await changing(event) { keys, epoch in
            try await seats.extend(
                keys,
                epoch: epoch,
                seat: seat,
                user: caller.user,
                token: token,
                milliseconds: Int64(seconds) * 1000,
                traceID: context.trace.traceID
            )
        }
        return try jsonResponse(.ok, ExtendBody(expiresAt: isoMilliseconds(lease.deadline), version: lease.version))
    }

    @Sendable
    private func release(_ request: Request, _ context: ServiceContext) async throws -> Response {
        let caller = try context.require(.reservationWrite)
        let (event, seat) = try Self.seat(context)
        let token = try Self.holdToken(request, caller)
        try await changing(event) { keys, epoch in
            try await seats.release(
                keys,
                epoch: epoch,
                seat: seat,
                user: caller.user,
                token: token,
                traceID: context.trace.traceID
            )
        }
        return Response(status: .noContent)
    }

    // MARK: - Orders

    @Sendable
    private func pin(_ request: Request, _ context: ServiceContext) async throws -> Response {
        _ = try context.require(.reservationConfirm)
        let wish = try await request.decodeBody(PinRequest.self, context: context)
        try HoldWish.check("orderId", wish.orderId, atMost: 64)
        try HoldWish.check("userId", wish.userId, atMost: 128)
        try HoldWish.check("eventId", wish.eventId, atMost: 64)
        guard (1...Contract.maximumSeatsPerOrder).contains(wish.seatIds.count),
            Set(wish.seatIds).count == wish.seatIds.count
        else {
            throw ServiceError(
                .validationFailed,
                "seatIds must have 1 to \(Contract.maximumSeatsPerOrder) seats, each of them once"
            )
        }
        for seat in wish.seatIds { try HoldWish.check("seatIds", seat, atMost: 32) }
        let deadline = try await changing(wish.eventId) { keys, epoch in
            try await seats.pin(
                keys,
                epoch: epoch,
                seats: wish.seatIds,
                order: wish.orderId,
                user: wish.userId,
                milliseconds: Int64(Contract.pinSeconds) * 1000,
                traceID: context.trace.traceID
            )
        }
        return try jsonResponse(.ok, PinBody(expiresAt: isoMilliseconds(deadline)))
    }

    @Sendable
    private func confirm(_ request: Request, _ context: ServiceContext) async throws -> Response {
        let caller = try context.require(.reservationConfirm)
        let (event, seat) = try Self.seat(context)
        let body = try await request.readBody()
        let order =
            body.readableBytes == 0
            ? nil : try decodeJSON(ConfirmRequest.self, from: Data(body.readableBytesView)).orderId
        if let order { try HoldWish.check("orderId", order, atMost: 64) }
        let token = try Self.holdToken(request, caller)
        let traceID = context.trace.traceID
        let version = try await changing(event) { keys, epoch in
            let sale: SeatSale
            if let order {
                sale = try await seats.confirm(keys, epoch: epoch, seats: [seat], order: order, traceID: traceID)
            } else {
                let version = try await seats.sell(
                    keys,
                    epoch: epoch,
                    seat: seat,
                    user: caller.user,
                    token: token,
                    traceID: traceID
                )
                sale = SeatSale(user: caller.user, versions: [version])
            }
            // Redis has sold it; asked again after a failure here, it says so again and the ticket is written then.
            let tickets = sale.versions.map { (id: seat, version: $0) }
            do {
                try await mysql.transaction { connection in
                    guard try Tickets.isCurrent(epoch, of: event, on: connection) else { throw SeatRefusal(.epoch) }
                    try Tickets.issue(on: connection, event: event, seats: tickets, order: order, user: sale.user)
                }
            } catch let collision as TicketCollision {
                try await correction.correct(
                    [seat],
                    of: event,
                    epoch: epoch,
                    order: order,
                    user: sale.user,
                    traceID: traceID
                )
                throw collision
            }
            return sale.versions[0]
        }
        return try jsonResponse(.ok, ConfirmBody(version: version))
    }

    // MARK: - What they share

    /// Does `change` in the event's current epoch, and turns what goes wrong into the contract's answers.
    private func changing<T>(_ event: String, _ change: (SeatKeys, Int64) async throws -> T) async throws -> T {
        do {
            return try await epochs.withEpoch(of: event) { epoch in try await change(SeatKeys(event: event), epoch) }
        } catch let refusal as SeatRefusal {
            throw refusal.serviceError
        } catch is TicketCollision {
            throw ServiceError(.reservationConflict, "the seat is sold")
        } catch let error as MySQLError {
            throw ServiceError.upstream("MySQL", error)
        } catch let error as SeatScriptError {
            throw error
        } catch {
            throw ServiceError.upstream("Redis", error)
        }
    }

    private static func seat(_ context: ServiceContext) throws(ServiceError) -> (event: String, seat: String) {
        (try context.pathParameter("eventId"), try context.pathParameter("seatId"))
    }

    /// The token that the caller presents, or none.
    ///
    /// `anonymous` is nobody's name, so it proves nothing without a token.
    private static func holdToken(_ request: Request, _ caller: Caller) throws(ServiceError) -> String {
        let token = request.headers[.holdToken] ?? ""
        guard token.utf8.count <= 128 else {
            throw ServiceError(.validationFailed, "Hold-Token has more than 128 bytes")
        }
        return token.isEmpty && caller.isAnonymous ? "-" : token
    }
}
