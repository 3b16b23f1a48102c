import Contract
import Foundation
import KafkaClient

/// What went through Kafka: every message of both topics, from the beginning.
package struct KafkaEvidence: Codable, Sendable {
    /// Orders whose seats a SEATS_CONFIRMED message names, with the seats.
    package var confirmed: [String: Set<SeatID>] = [:]
    /// Orders that a SEATS_REJECTED message names.
    package var rejected: Set<String> = []
    /// `message-id` of every message.
    package var messageIDs: Set<String> = []
    /// How many messages were read, of all events.
    package var messages = 0

    /// Evidence of nothing; tests fill it.
    package init() {}

    /// Reads all partitions of both topics from their beginning to the end that they have now.
    ///
    /// - Throws: when the broker does not answer in time, or a message is not of the contract.
    package static func read(brokers: String, events: Set<String>) async throws -> KafkaEvidence {
        let configuration = KafkaConfiguration(bootstrapServers: brokers, clientID: "seatstorm-evidence")
        let messages = try await KafkaReader.readAll(configuration, topics: Topic.all, deadline: .seconds(20))
        return try KafkaEvidence(messages, events: events)
    }

    /// Sorts messages by what they say of `events`.
    package init(_ messages: [KafkaMessage], events: Set<String>) throws {
        let decoder = JSONDecoder()
        self.messages = messages.count
        for message in messages {
            if let id = message.headers.first(where: { $0.name == MessageHeader.messageID }) {
                messageIDs.insert(String(decoding: id.value, as: UTF8.self))
            }
            guard message.topic == Topic.reservationEvents else { continue }
            let event: ReservationEvent
            do {
                event = try decoder.decode(ReservationEvent.self, from: Data(message.value))
            } catch {
                throw EvidenceError("message \(message.offset) of \(message.topic)/\(message.partition): \(error)")
            }
            guard events.contains(event.eventId) else { continue }
            switch event.type {
            case .confirmed:
                confirmed[event.orderId, default: []].formUnion(event.seatIds.map { SeatID(event.eventId, $0) })
            case .rejected: rejected.insert(event.orderId)
            case .released: break
            }
        }
    }
}
