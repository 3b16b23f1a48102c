import Contract
import Foundation
import HTTPTypes
import Hummingbird
import Logging
import Observability
import ServiceKit

/// What only an administrator may do: create events, and reset them.
struct AdminRoutes: Sendable {
    /// The most seats an event may have.
    private static let maximumSeats = 100_000

    let events: EventStore
    let opening: EventOpening

    func add(to router: Router<ServiceContext>) {
        router.post("api/admin/events", use: create)
        router.post("api/admin/events/{eventId}/reset", use: reset)
    }

    @Sendable
    private func create(_ request: Request, _ context: ServiceContext) async throws -> Response {
        _ = try context.require(.admin)
        var wish = try await request.decodeBody(CreateEventRequest.self, context: context)
        try Self.check(&wish)
        let id = "ev-" + Self.randomName()
        let seats = (1...wish.rows).flatMap { row in
            (1...wish.cols).map { OpeningSeat(id: CreateEventRequest.seatID(row: row, column: $0)) }
        }
        do {
            // With its lock, or the reservation service would find an event that Redis does not have, and restore it.
            let created: Void? = try await events.withLock(id) {
                try await events.create(id, wish)
                do {
                    try await opening.open(id, epoch: 1, seats: seats, because: .reset, traceID: context.trace.traceID)
                } catch {
                    // Half an event would be listed and never be for sale.
                    try? await events.remove(id)
                    throw ServiceError.upstream("Redis", error)
                }
            }
            guard created != nil else { throw ServiceError.internalError }
        } catch {
            throw ServiceError.upstream("MySQL", error)
        }
        context.log.info("event created", metadata: ["event": "\(id)", "seats": "\(seats.count)"])
        return try jsonResponse(
            .created,
            EventBody(id: id, title: wish.title, description: wish.description ?? "", dateTime: wish.dateTime)
        )
    }

    @Sendable
    private func reset(_ request: Request, _ context: ServiceContext) async throws -> Response {
        _ = try context.require(.admin)
        let id = try context.pathParameter("eventId")
        do {
            guard let layout = try await events.layout(of: id), let body = try await events.event(id) else {
                throw ServiceError(.notFound, "there is no such event")
            }
            let seats = layout.seats.map { OpeningSeat(id: $0.id) }
            let done: Void? = try await events.withLock(id, waiting: 1) {
                // Shut first: what is sold while MySQL is being emptied would be forgotten.
                try await opening.shut(id)
                guard let epoch = try await events.beginNextEpoch(of: id) else {
                    throw ServiceError(.notFound, "there is no such event")
                }
                try await opening.open(id, epoch: epoch, seats: seats, because: .reset, traceID: context.trace.traceID)
                context.log.info("event reset", metadata: ["event": "\(id)", "epoch": "\(epoch)"])
            }
            guard done != nil else {
                throw ServiceError(
                    .reservationConflict,
                    "the event is being reset already; try again when that is done"
                )
            }
            return try jsonResponse(.ok, body)
        } catch {
            throw ServiceError.upstream("a store", error)
        }
    }

    private static func check(_ wish: inout CreateEventRequest) throws(ServiceError) {
        guard (1...200).contains(wish.title.unicodeScalars.count) else {
            throw ServiceError(.validationFailed, "title must have 1 to 200 characters")
        }
        guard (wish.description ?? "").utf8.count <= 10_000 else {
            throw ServiceError(.validationFailed, "description has more than 10000 bytes")
        }
        guard (1...1000).contains(wish.rows) else {
            throw ServiceError(.validationFailed, "rows must be from 1 to 1000")
        }
        guard (1...1000).contains(wish.cols) else {
            throw ServiceError(.validationFailed, "cols must be from 1 to 1000")
        }
        guard wish.rows * wish.cols <= maximumSeats else {
            throw ServiceError(.validationFailed, "rows and cols must make at most \(maximumSeats) seats")
        }
        guard (0...1_000_000_000_000).contains(wish.price) else {
            throw ServiceError(.validationFailed, "price must be from 0 to 1000000000000")
        }
        guard let dateTime = utc(wish.dateTime) else {
            throw ServiceError(.validationFailed, "dateTime is not an ISO-8601 time such as 2026-12-24T20:00:00Z")
        }
        wish.dateTime = dateTime
    }

    /// The same moment in UTC, as it was written if that was UTC already; nothing when it is no ISO-8601 time.
    private static func utc(_ text: String) -> String? {
        guard text.utf8.count <= 40 else { return nil }
        let plain = try? Date(text, strategy: .iso8601)
        let fractional = try? Date(text, strategy: Date.ISO8601FormatStyle(includingFractionalSeconds: true))
        guard let date = plain ?? fractional else { return nil }
        if text.hasSuffix("Z") { return text }
        return isoMilliseconds(Int64((date.timeIntervalSince1970 * 1000).rounded()))
    }

    private static func randomName() -> String {
        let letters = Array("abcdefghijkmnpqrstuvwxyz23456789")
        return String((0..<10).compactMap { _ in letters.randomElement() })
    }
}
