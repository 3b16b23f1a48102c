import MySQLClient

/// Delivers every message of a run once more, to a suite that has come to rest: nothing may change.
///
/// At-least-once delivery entitles the broker to it at any time; this makes it happen in each run, to each message.
struct Replay {
    /// How long the readers may make no progress with what they have done before.
    private static let patience = Duration.seconds(30)

    private let before: OrderEffects
    private let messages: Int
    private let logged: Int?

    /// Delivers again, and returns when the readers have committed it.
    ///
    /// - Throws: when a store does not answer, or the readers do not come to the end in time.
    static func run(
        _ mysql: MySQLClient,
        _ messages: MessageTail,
        _ seatLog: SeatLogTail?,
        events: Set<String>
    ) async throws -> Replay {
        let before = try await MySQLEvidence.read(mysql, events: events)
        let logged = try await seatLog?.catchUp()
        let sent = try await messages.replay(of: Set(before.orders.keys), patience: patience)
        return Replay(before: OrderEffects(all: before), messages: sent, logged: logged)
    }

    /// What came of it, by what MySQL says now.
    func compare(with after: MySQLEvidence) -> ReplayEvidence {
        ReplayEvidence(messages: messages, logged: logged, changes: before.changes(to: OrderEffects(all: after)))
    }
}
