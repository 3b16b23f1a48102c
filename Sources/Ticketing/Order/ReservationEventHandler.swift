import Contract
import Foundation
import Logging
import MySQLClient
import Observability
import ServiceKit

/// Ends sagas by what the reservation service says: `consumed` and the effect in one transaction.
package struct ReservationEventHandler: Sendable {
    /// The consumer group, and the name in `consumed`.
    package static let group = ConsumerGroup.order

    private let mysql: MySQLClient
    private let worker: SagaWorker
    private let logger: Logger

    /// Handles messages for `worker`'s orders.
    package init(mysql: MySQLClient, worker: SagaWorker, logger: Logger) {
        self.mysql = mysql
        self.worker = worker
        self.logger = logger
    }

    /// Applies the message, once however often it comes.
    ///
    /// - Throws: ``UnreadableMessage``; anything else is to be tried again.
    package func handle(_ message: ConsumedMessage) async throws {
        let event: ReservationEvent
        do {
            event = try JSONCoding.decoder.decode(ReservationEvent.self, from: Data(message.value))
        } catch {
            throw UnreadableMessage("message \(message.id) is not a \(Topic.reservationEvents) message: \(error)")
        }
        let effect = try await Tracer.shared.inSpan("MySQL end order", .client, attributes: MySQLSpan.attributes) {
            try await apply(event, id: message.id)
        }
        switch effect {
        case .confirmed(let seconds): worker.ended(.confirmed, after: seconds)
        case .rejected:
            logger.warning(
                "seats were rejected after payment; the money goes back",
                metadata: [
                    "order": "\(event.orderId)", "reason": "\(event.reason ?? "")",
                    "traceId": "\(message.trace.traceID)",
                ]
            )
            worker.sweepNow()
        case .nothing: break
        }
    }

    private func apply(_ event: ReservationEvent, id: String) async throws -> OrderStore.EventEffect {
        do {
            return try await mysql.transaction { connection in
                _ = try connection.execute(
                    "INSERT INTO consumed (consumer, message_id) VALUES (?, ?)",
                    [.text(Self.group), .text(id)]
                )
                return try OrderStore.apply(event, connection)
            }
        } catch let error as MySQLError {
            // Consumed before, or just now by another member of the group.
            guard case .duplicateKey = error.kind else { throw error }
            return .nothing
        }
    }
}
