/// Everything the verdict rests on: its sources, each read or not.
package struct Evidence: Codable, Sendable {
    /// The events that the run seeded: nothing else is judged.
    package var events: Set<String>
    package var clients: Source<ClientEvidence>
    /// How many lines the clients' history had when it was first read; nil while it has not been.
    package var historyLines: Int?
    package var redis: Source<RedisEvidence>
    package var mysql: Source<MySQLEvidence>
    package var kafka: Source<KafkaEvidence>
    /// Nil where the services do not export their spans to the harness.
    package var spans: Source<SpanEvidence>?
    /// Nil where nothing was broken on purpose, or there are no stores to look into.
    package var recovery: Source<RecoveryEvidence>?
    /// What came of delivering all messages again; nil where they were not, as of a suite that is not the harness' own.
    package var replay: Source<ReplayEvidence>?
    /// Why the suite was not quiet when the evidence was taken; nil when it was.
    package var unrest: String?
    /// Whether the wait for quiet was cut short, as after Ctrl-C: what is unfinished then may yet have ended.
    package var isHurried: Bool
    /// What was broken on purpose, and when.
    package var faults: [FaultWindow]

    /// Puts the sources together.
    package init(
        events: Set<String>,
        clients: Source<ClientEvidence>,
        redis: Source<RedisEvidence>,
        mysql: Source<MySQLEvidence>,
        kafka: Source<KafkaEvidence>,
        spans: Source<SpanEvidence>? = nil,
        recovery: Source<RecoveryEvidence>? = nil,
        replay: Source<ReplayEvidence>? = nil,
        unrest: String? = nil,
        isHurried: Bool = false,
        faults: [FaultWindow] = []
    ) {
        self.events = events
        self.clients = clients
        historyLines = clients.content?.lines
        self.redis = redis
        self.mysql = mysql
        self.kafka = kafka
        self.spans = spans
        self.recovery = recovery
        self.replay = replay
        self.unrest = unrest
        self.isHurried = isHurried
        self.faults = faults
    }

    /// Evidence of a run of which nothing was recorded.
    package static func ofNothing(events: Set<String>, reason: String) -> Evidence {
        Evidence(
            events: events,
            clients: .unreadable(name: "the clients' history", reason: reason),
            redis: .unreadable(name: "Redis", reason: reason),
            mysql: .unreadable(name: "MySQL", reason: reason),
            kafka: .unreadable(name: "Kafka", reason: reason)
        )
    }

    /// A sentence for each source that could not be read, and one if the suite was not quiet.
    package var gaps: [String] {
        [clients.gap, redis.gap, mysql.gap, kafka.gap, unrest].compactMap(\.self)
    }
}

/// A source of evidence: what it said, or why it could not be read.
package enum Source<Content: Codable & Sendable>: Codable, Sendable {
    case read(Content)
    case unreadable(name: String, reason: String)

    /// What it said.
    package var content: Content? {
        if case .read(let content) = self { content } else { nil }
    }

    /// Why it said nothing.
    package var gap: String? {
        if case .unreadable(let name, let reason) = self { "\(name) could not be read: \(reason)" } else { nil }
    }

    /// Reads a source; an error makes it unreadable, never absent without a word.
    package static func reading(_ name: String, _ body: () async throws -> Content) async -> Source {
        do { return .read(try await body()) } catch { return .unreadable(name: name, reason: "\(error)") }
    }
}

/// A seat of an event.
package struct SeatID: Hashable, Codable, Sendable, Comparable, CustomStringConvertible {
    package let event: String
    package let seat: String

    /// Names a seat.
    package init(_ event: String, _ seat: String) {
        self.event = event
        self.seat = seat
    }

    package var description: String { "\(event)/\(seat)" }

    package static func < (left: SeatID, right: SeatID) -> Bool {
        (left.event, left.seat) < (right.event, right.seat)
    }
}
