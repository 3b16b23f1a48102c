import Contract
import Metrics
import MySQLClient

/// Looks whether what was sent has had its effect, and has it sent again if not: a broker may lose what it has acknowledged.
///
/// The effect is the consumer's row in `consumed`. The message is the same each time, id and all, so the consumer takes no notice of
/// one too many.
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

    /// Looks at what is due; rows without effect are new again afterwards, for the relay to send.
    func run(on session: MySQLSession) async throws {
        for _ in 0..<Self.goes {
            guard try await checkBatch(on: session) == Self.batch else { return }
        }
    }

    private func checkBatch(on session: MySQLSession) async throws -> Int {
        let due = try await session.query(
            "SELECT id FROM outbox WHERE topic = ? AND check_at <= NOW(3) ORDER BY check_at LIMIT \(Self.batch)",
            [.text(topic)]
        ).map { try $0.int("id") }
        guard !due.isEmpty else { return 0 }
        let rows = Dictionary(uniqueKeysWithValues: due.map { (Outbox.messageID(topic: topic, row: $0), $0) })
        let consumed = try await session.query(
            "SELECT message_id FROM consumed WHERE consumer = ? AND message_id IN (\(Self.places(rows.count)))",
            [.text(consumer)] + rows.keys.map { .text($0) }
        ).compactMap { rows[try $0.string("message_id")] }
        let lost = Array(Set(due).subtracting(consumed))
        try await update(consumed, "check_at = NULL", on: session)
        try await update(lost, "check_at = NULL, status = 'new'", on: session)
        resent.increment(by: lost.count)
        return due.count
    }

    private func update(_ ids: [Int64], _ assignments: String, on session: MySQLSession) async throws {
        guard !ids.isEmpty else { return }
        try await session.execute(
            "UPDATE outbox SET \(assignments) WHERE id IN (\(Self.places(ids.count)))",
            ids.map(MySQLValue.int)
        )
    }

    private static func places(_ count: Int) -> String { Array(repeating: "?", count: count).joined(separator: ",") }
}
