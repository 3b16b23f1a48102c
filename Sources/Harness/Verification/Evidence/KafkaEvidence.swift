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
    /// The messages of the run's orders, partition by partition, each in the order of its offsets.
    package var records: [KafkaRecord] = []
    /// Partitions whose beginning the broker has thrown away: what is missing there cannot be told from what never was.
    package var trimmed: Set<String> = []

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
        try takeRecords(messages, events: events)
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

    private mutating func takeRecords(_ messages: [KafkaMessage], events: Set<String>) throws {
        let decoder = JSONDecoder()
        var first: [String: Int64] = [:]
        for message in messages {
            let partition = "\(message.topic)/\(message.partition)"
            first[partition] = min(first[partition] ?? .max, message.offset)
            let subject: Subject
            do {
                subject = try decoder.decode(Subject.self, from: Data(message.value))
            } catch {
                throw EvidenceError("message \(message.offset) of \(partition): \(error)")
            }
            guard events.contains(subject.eventId) else { continue }
            records.append(
                KafkaRecord(
                    id: message.header(MessageHeader.messageID) ?? "",
                    topic: message.topic,
                    partition: message.partition,
                    offset: message.offset,
                    key: message.key.map { String(decoding: $0, as: UTF8.self) } ?? "",
                    order: subject.orderId
                )
            )
        }
        records.sort { ($0.topic, $0.partition, $0.offset) < ($1.topic, $1.partition, $1.offset) }
        trimmed = Set(first.filter { $0.value > 0 }.keys)
    }

    /// What every message of either topic names.
    private struct Subject: Decodable {
        var eventId: String
        var orderId: String
    }
}
