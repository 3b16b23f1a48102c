/// Everything the verdict rests on: four sources, each read or not.
package struct Evidence: Codable, Sendable {
    /// The events that the run seeded: nothing else is judged.
    package var events: Set<String>
    package var clients: Source<ClientEvidence>
    package var redis: Source<RedisEvidence>
    package var mysql: Source<MySQLEvidence>
    package var kafka: Source<KafkaEvidence>
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
        unrest: String? = nil,
        isHurried: Bool = false,
        faults: [FaultWindow] = []
    ) {
        self.events = events
        self.clients = clients
        self.redis = redis
        self.mysql = mysql
        self.kafka = kafka
        self.unrest = unrest
        self.isHurried = isHurried
        self.faults = faults
    }

    /// Of a server without any data: nothing was read, and nothing is to be judged by it.
    package static var none: Evidence {
        func absent<Content>(_ name: String) -> Source<Content> {
            .unreadable(name: name, reason: "the scenario names no store and makes no event")
        }
        return Evidence(
            events: [],
            clients: absent("the clients' history"),
            redis: absent("Redis"),
            mysql: absent("MySQL"),
            kafka: absent("Kafka")
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
