import Contract
import Foundation

/// What went through Kafka: every message of both topics since the run began.
package struct KafkaEvidence: Codable, Sendable {
    /// Orders whose seats a SEATS_CONFIRMED message names, with the seats.
    package var confirmed: [String: Set<SeatID>] = [:]
    /// `message-id` of every message.
    package var messageIDs: Set<String> = []
    /// How many messages were read, of all events.
    package var messages = 0
    /// The messages of the run's orders, partition by partition, each in the order of its offsets.
    package var records: [KafkaRecord] = []
    /// `message-id` of every message that was first seen when MySQL had been read: of these that may know nothing.
    package var late: Set<String> = []
    /// How far the readers had committed before MySQL was read, by `topic/partition`; empty where it was not asked for, or not known.
    package var committed: [String: Int64] = [:]
    /// Partitions of which the broker threw something away before it was read: what is missing there cannot be told from what never was.
    package var trimmed: Set<String> = []

    /// Evidence of nothing; tests fill it.
    package init() {}

    /// Sorts the messages of a tail by what they say of `events`.
    ///
    /// - Parameters:
    ///   - messages: In the order in which they were seen.
    ///   - early: How many of them had been seen when MySQL was read.
    ///   - committed: How far the readers had committed before that.
    ///   - trimmed: Partitions of which some were thrown away.
    ///   - events: Of which orders the messages are kept.
    /// - Throws: `EvidenceError` when a message is not of the contract.
    init(
        _ messages: [MessageTail.Message],
        early: Int,
        committed: [String: Int64],
        trimmed: Set<String>,
        events: Set<String>
    ) throws {
        let decoder = JSONDecoder()
        self.committed = committed
        late = Set(messages.dropFirst(early).map(\.id)).subtracting(messages.prefix(early).map(\.id))
        self.messages = messages.count
        self.trimmed = trimmed
        try takeRecords(messages, events: events)
        for message in messages {
            if !message.id.isEmpty { messageIDs.insert(message.id) }
            guard message.topic == Topic.reservationEvents else { continue }
            let event: ReservationEvent
            do {
                event = try decoder.decode(ReservationEvent.self, from: Data(message.value.utf8))
            } catch {
                throw EvidenceError("message \(message.offset) of \(message.topic)/\(message.partition): \(error)")
            }
            guard events.contains(event.eventId) else { continue }
            if event.type == .confirmed {
                confirmed[event.orderId, default: []].formUnion(event.seatIds.map { SeatID(event.eventId, $0) })
            }
        }
    }

    private mutating func takeRecords(_ messages: [MessageTail.Message], events: Set<String>) throws {
        let decoder = JSONDecoder()
        for message in messages {
            let partition = "\(message.topic)/\(message.partition)"
            let subject: Subject
            do {
                subject = try decoder.decode(Subject.self, from: Data(message.value.utf8))
            } catch {
                throw EvidenceError("message \(message.offset) of \(partition): \(error)")
            }
            guard events.contains(subject.eventId) else { continue }
            records.append(
                KafkaRecord(
                    id: message.id,
                    topic: message.topic,
                    partition: message.partition,
                    offset: message.offset,
                    key: message.key,
                    order: subject.orderId
                )
            )
        }
        records.sort { ($0.topic, $0.partition, $0.offset) < ($1.topic, $1.partition, $1.offset) }
    }

    /// What every message of either topic names.
    private struct Subject: Decodable {
        var eventId: String
        var orderId: String
    }
}
