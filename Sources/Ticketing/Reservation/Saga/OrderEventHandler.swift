import Contract
import Foundation
import Logging
import Metrics
import MySQLClient
import Observability
import ServiceKit

/// What the reservation service does about the messages of `order.events`.
///
/// Redis first, because it holds the truth; then, in one transaction, the tickets, the fact that the message was consumed, and the answer
/// in the outbox. Both steps may be repeated: the scripts know an order that they have served, and a message is consumed once.
package struct OrderEventHandler: Sendable {
    /// The consumer group, and the name in the table `consumed`.
    package static let consumer = ConsumerGroup.reservation

    private let seats: SeatStore
    private let epochs: EpochCache
    private let correction: SeatCorrection
    private let mysql: MySQLClient
    private let answered: @Sendable () -> Void
    private let logger: Logger

    /// Makes a handler.
    ///
    /// - Parameters:
    ///   - seats: Redis.
    ///   - epochs: In which epoch each event is.
    ///   - mysql: Tickets and outbox.
    ///   - logger: Told of rejections.
    ///   - answered: Called after a commit that added an answer to the outbox.
    package init(
        seats: SeatStore,
        epochs: EpochCache,
        mysql: MySQLClient,
        logger: Logger,
        answered: @escaping @Sendable () -> Void
    ) {
        self.seats = seats
        self.epochs = epochs
        correction = SeatCorrection(seats: seats, mysql: mysql)
        self.mysql = mysql
        self.logger = logger
        self.answered = answered
    }

    /// Handles one message; to be repeated until it does not throw.
    package func handle(_ message: ConsumedMessage) async throws {
        let event: OrderEvent
        do {
            event = try JSONCoding.decoder.decode(OrderEvent.self, from: Data(message.value))
        } catch {
            throw UnreadableMessage("message \(message.id) of \(Topic.orderEvents) is not an order event: \(error)")
        }
        let known = try await mysql.query(
            "SELECT 1 AS one FROM consumed WHERE consumer = ? AND message_id = ?",
            [.text(Self.consumer), .text(message.id)]
        )
        guard known.isEmpty else { return }
        switch event.type {
        case .paid: try await confirm(event, message)
        case .cancelled: try await release(event, message)
        }
        answered()
    }

    private func confirm(_ event: OrderEvent, _ message: ConsumedMessage) async throws {
        do {
            try await epochs.withEpoch(of: event.eventId, acceptedIn: event.epoch) { epoch in
                try await confirm(event, message, epoch)
            }
        } catch let refusal as SeatRefusal where refusal.reason != .epoch {
            try await reject(event, message, because: refusal.serviceError.message)
        } catch let collision as TicketCollision {
            try await reject(event, message, because: collision.description)
        } catch let past as PastEpoch {
            try await reject(event, message, because: past.description)
        }
    }

    private func confirm(_ event: OrderEvent, _ message: ConsumedMessage, _ epoch: Int64) async throws {
        let sale = try await seats.confirm(
            SeatKeys(event: event.eventId),
            epoch: epoch,
            seats: event.seatIds,
            order: event.orderId,
            traceID: message.trace.traceID
        )
        let tickets = zip(event.seatIds, sale.versions).map { (id: $0, version: $1) }
        do {
            try await record(.confirmed, event, message) { connection in
                guard try Tickets.isCurrent(epoch, of: event.eventId, on: connection) else { throw SeatRefusal(.epoch) }
                try Tickets.issue(
                    on: connection,
                    event: event.eventId,
                    seats: tickets,
                    order: event.orderId,
                    user: event.userId
                )
            }
        } catch let collision as TicketCollision {
            try await correction.correct(
                event.seatIds,
                of: event.eventId,
                epoch: epoch,
                order: event.orderId,
                user: event.userId,
                traceID: message.trace.traceID
            )
            throw collision
        }
    }

    /// None of the order's seats is sold to it; what is still pinned to it is freed.
    private func reject(_ event: OrderEvent, _ message: ConsumedMessage, because reason: String) async throws {
        logger.warning(
            "an order's seats are rejected",
            metadata: ["order": "\(event.orderId)", "reason": "\(reason)", "traceId": "\(message.trace.traceID)"]
        )
        try await free(event, message)
        try await record(.rejected, event, message, reason: reason) { _ in }
    }

    private func release(_ event: OrderEvent, _ message: ConsumedMessage) async throws {
        try await free(event, message)
        try await record(.released, event, message) { _ in }
    }

    private func free(_ event: OrderEvent, _ message: ConsumedMessage) async throws {
        do {
            try await epochs.withEpoch(of: event.eventId, acceptedIn: event.epoch) { epoch in
                _ = try await seats.cancel(
                    SeatKeys(event: event.eventId),
                    epoch: epoch,
                    seats: event.seatIds,
                    order: event.orderId,
                    traceID: message.trace.traceID
                )
            }
        } catch is PastEpoch {
            // The reset has freed everything.
        }
    }

    private func record(
        _ kind: ReservationEvent.Kind,
        _ event: OrderEvent,
        _ message: ConsumedMessage,
        reason: String? = nil,
        _ effect: @escaping @Sendable (MySQLConnection) throws -> Void
    ) async throws {
        let answer = ReservationEvent(
            type: kind,
            orderId: event.orderId,
            eventId: event.eventId,
            seatIds: event.seatIds,
            reason: reason
        )
        let span = Tracer.shared.begin("MySQL record answer", .client, attributes: MySQLSpan.attributes)
        do {
            try await commit(answer, event, message, effect)
            span?.end()
        } catch {
            span?.end(.failed(error))
            throw error
        }
    }

    private func commit(
        _ answer: ReservationEvent,
        _ event: OrderEvent,
        _ message: ConsumedMessage,
        _ effect: @escaping @Sendable (MySQLConnection) throws -> Void
    ) async throws {
        try await mysql.transaction { connection in
            do throws(MySQLError) {
                _ = try connection.execute(
                    "INSERT INTO consumed (consumer, message_id) VALUES (?, ?)",
                    [.text(Self.consumer), .text(message.id)]
                )
            } catch {
                // Another process of the group was faster.
                if case .duplicateKey = error.kind { return }
                throw error
            }
            try effect(connection)
            try Outbox.add(
                on: connection,
                topic: Topic.reservationEvents,
                key: event.orderId,
                message: answer,
                traceparent: message.trace.traceparent
            )
        }
    }
}
