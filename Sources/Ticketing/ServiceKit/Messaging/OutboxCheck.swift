import Contract
import Metrics
import MySQLClient

/// Looks whether what was sent has had its effect, and has it sent again if it is lost: a broker may lose what it has acknowledged.
///
/// The effect is the consumer's row in `consumed`. A consumer that has not come to a message yet is not helped by another one, so a message
/// counts as lost only if the consumer has recorded one that was sent to the same partition after it, or if it has recorded nothing at all
/// for as long as a message may take. The message is the same each time, id and all, so the consumer takes no notice of one too many.
struct OutboxCheck: Sendable {
    /// Rows looked at in one go.
    private static let batch = 500
    /// How many goes there are before the relay gets its turn.
    private static let goes = 10
    /// The longest that is waited before a row is sent once more, in seconds: a consumer that is away for long is not sent ever more.
    private static let longestWait = 300

    let topic: String
    /// The name in `consumed` of the group that reads the topic.
    let consumer: String
    /// Seconds that a message may take to its effect; as much again for each time that it was sent.
    let patience: Int
    private let resent: Counter
    /// When it was last seen that the consumer gets on; nil before the first look.
    private var progress: ContinuousClock.Instant?
    /// Of each partition, when the latest row was sent that the consumer has recorded; in ms by the database's clock.
    private var reached: [Int64: Int64] = [:]

    init(topic: String, consumer: String, patience: Int) {
        self.topic = topic
        self.consumer = consumer
        self.patience = patience
        resent = Counter(label: "outbox_resent_total", dimensions: [("topic", topic)])
    }

    /// What marking a row as sent sets, before it counts the attempt.
    var assignment: String {
        "check_at = NOW(3) + INTERVAL LEAST(\(patience) * (attempts + 1), \(Self.longestWait)) SECOND"
    }

    /// Looks at what is due; rows that are lost are new again afterwards, for the relay to send.
    mutating func run(on session: MySQLSession) async throws {
        for _ in 0..<Self.goes {
            guard try await checkBatch(on: session) == Self.batch else { return }
        }
    }

    private mutating func checkBatch(on session: MySQLSession) async throws -> Int {
        let due = try await due(on: session)
        guard !due.isEmpty else { return 0 }
        let ids = try await consumed(due, on: session)
        let (consumed, missing) = (due.filter { ids.contains($0.id) }, due.filter { !ids.contains($0.id) })
        note(consumed)
        let isStill = isStill()
        let lost = missing.filter { isStill || isPassedOver($0) }
        let waiting = missing.filter { !isStill && !isPassedOver($0) }
        try await update(consumed, "check_at = NULL", on: session)
        try await update(lost, "check_at = NULL, status = 'new'", on: session)
        try await update(waiting, "check_at = NOW(3) + INTERVAL \(max(1, patience / 3)) SECOND", on: session)
        resent.increment(by: lost.count)
        return due.count
    }

    private mutating func note(_ consumed: [DueRow]) {
        guard !consumed.isEmpty else { return }
        progress = .now
        // Of a row that was sent more than once it is not known which message was recorded.
        for row in consumed where row.attempts == 1 {
            guard let partition = row.partition else { continue }
            reached[partition] = max(reached[partition] ?? 0, row.sentAt)
        }
    }

    /// Whether nothing at all has been recorded for as long as a message may take.
    private mutating func isStill() -> Bool {
        let since = progress ?? .now
        progress = since
        return .now - since >= .seconds(patience)
    }

    private func isPassedOver(_ row: DueRow) -> Bool {
        guard let partition = row.partition else { return true }
        return row.sentAt < reached[partition] ?? 0
    }

    private func due(on session: MySQLSession) async throws -> [DueRow] {
        try await session.query(
            """
            SELECT id, kafka_partition, attempts, CAST(UNIX_TIMESTAMP(sent_at) * 1000 AS SIGNED) AS sent FROM outbox
            WHERE topic = ? AND check_at <= NOW(3) ORDER BY check_at LIMIT \(Self.batch)
            """,
            [.text(topic)]
        ).map { row in
            DueRow(
                id: try row.int("id"),
                partition: try row.optionalInt("kafka_partition"),
                attempts: try row.int("attempts"),
                sentAt: try row.int("sent")
            )
        }
    }

    private func consumed(_ due: [DueRow], on session: MySQLSession) async throws -> Set<Int64> {
        let rows = Dictionary(uniqueKeysWithValues: due.map { (Outbox.messageID(topic: topic, row: $0.id), $0.id) })
        let consumed = try await session.query(
            "SELECT message_id FROM consumed WHERE consumer = ? AND message_id IN (\(Self.places(rows.count)))",
            [.text(consumer)] + rows.keys.map { .text($0) }
        )
        return Set(try consumed.compactMap { rows[try $0.string("message_id")] })
    }

    private func update(_ rows: [DueRow], _ assignments: String, on session: MySQLSession) async throws {
        guard !rows.isEmpty else { return }
        try await session.execute(
            "UPDATE outbox SET \(assignments) WHERE id IN (\(Self.places(rows.count)))",
            rows.map { .int($0.id) }
        )
    }

    private static func places(_ count: Int) -> String { Array(repeating: "?", count: count).joined(separator: ",") }
}

/// A row that was sent, and whose effect should be there.
private struct DueRow: Sendable {
    let id: Int64
    /// Nil where that was not written down.
    let partition: Int64?
    let attempts: Int64
    /// In ms by the database's clock.
    let sentAt: Int64
}
