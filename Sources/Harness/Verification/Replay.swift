import Contract
import MySQLClient

/// Delivers every message of the orders that have ended once more, to a suite that has come to rest: nothing may change.
///
/// At-least-once delivery entitles the broker to it at any time; this makes it happen in each run, to each message.
struct Replay {
    /// How long the readers may make no progress with what they have done before.
    private static let patience = Duration.seconds(30)

    private let ended: Set<String>
    private let before: OrderEffects
    private let messages: Int
    private let logged: Int?

    /// Delivers again, and returns when the readers have committed it; nil when there is nothing to deliver.
    ///
    /// - Throws: when a store does not answer, or the readers do not come to the end in time.
    static func run(
        _ mysql: MySQLClient,
        _ messages: MessageTail,
        _ seatLog: SeatLogTail?,
        events: Set<String>
    ) async throws -> Replay? {
        let before = try await MySQLEvidence.read(mysql, events: events)
        // A request that its client has given up may make an order even now.
        let ended = Set(before.orders.values.filter(\.status.isFinal).map(\.id))
        let ids = Set(before.outbox.filter { ended.contains($0.order) }.map(\.messageID))
        guard !ids.isEmpty else { return nil }
        let logged = try await seatLog?.catchUp()
        try await messages.replay(ids, patience: patience)
        return Replay(ended: ended, before: OrderEffects(ofEnded: before), messages: ids.count, logged: logged)
    }

    /// What came of it, by what MySQL says now.
    func compare(with after: MySQLEvidence) -> ReplayEvidence {
        ReplayEvidence(
            messages: messages,
            logged: logged,
            others: Set(after.orders.keys).subtracting(ended),
            changes: before.changes(to: OrderEffects(ofEnded: after)).filter { ended.contains($0.order) }
        )
    }
}
