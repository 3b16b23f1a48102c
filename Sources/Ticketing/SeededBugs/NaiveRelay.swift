import Contract
import KafkaClient
import Logging
import MySQLClient
import Observability
import ServiceKit
import ServiceLifecycle
import Synchronization

/// The relay that one writes first: it reads the new rows, sends them and marks them, and nothing looks whether what was sent had its effect.
///
/// Its broker misbehaves: it refuses one row in five at first, and of one in five the acknowledgement is lost, so that it is sent again.
/// Without a flaw the relay copes with both, and so must the suite; each flaw is one way of not doing so.
struct NaiveRelay: MessageRelay {
    struct Flaws: OptionSet {
        let rawValue: Int

        /// A row is marked before the broker has answered.
        static let marksFirst = Flaws(rawValue: 1)
        /// What could not be sent is never tried again.
        static let givesUp = Flaws(rawValue: 2)
        /// Two relays work on the same rows.
        static let hasTwin = Flaws(rawValue: 4)
        /// The message does not say to which trace it belongs.
        static let losesTrace = Flaws(rawValue: 8)
    }

    private static let pause = Duration.milliseconds(30)

    private let mysql: MySQLClient
    private let producer: KafkaProducer
    private let topic: String
    private let flaws: Flaws
    private let logger: Logger
    /// Rows that the broker has refused once.
    private let refused = Refused()

    static func maker(_ flaws: Flaws) -> RelayMaker {
        { mysql, producer, topic, logger in
            NaiveRelay(mysql: mysql, producer: producer, topic: topic, flaws: flaws, logger: logger)
        }
    }

    private init(mysql: MySQLClient, producer: KafkaProducer, topic: String, flaws: Flaws, logger: Logger) {
        self.mysql = mysql
        self.producer = producer
        self.topic = topic
        self.flaws = flaws
        self.logger = logger
    }

    /// It looks often enough.
    func wake() {}

    func run() async throws {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await relayForEver() }
            group.addTask { try? await gracefulShutdown() }
            await group.next()
            group.cancelAll()
        }
    }

    private func relayForEver() async {
        while !Task.isCancelled {
            await withTaskGroup(of: Void.self) { group in
                for _ in 0..<(flaws.contains(.hasTwin) ? 2 : 1) { group.addTask { await relayAll() } }
            }
            try? await Task.sleep(for: Self.pause)
        }
    }

    private func relayAll() async {
        guard let rows = try? await newRows() else { return }
        await withTaskGroup(of: Void.self) { group in
            for rows in Dictionary(grouping: rows, by: \.key).values { group.addTask { await relay(rows) } }
        }
    }

    /// Messages of one key keep their order: after one that failed comes none.
    private func relay(_ rows: [Row]) async {
        do {
            for row in rows { try await relay(row) }
        } catch {
            logger.info("cannot relay the outbox; trying again", metadata: ["error": "\(error)"])
        }
    }

    private func relay(_ row: Row) async throws {
        if flaws.contains(.marksFirst) { try await mark(row, "sent") }
        do {
            try await send(row)
        } catch {
            guard flaws.contains(.givesUp) else { throw error }
            return try await mark(row, "failed")
        }
        try await mark(row, "sent")
    }

    private func send(_ row: Row) async throws {
        if row.id % 5 == 1, refused.insert(row.id) { throw BrokerRefused(row: row.id) }
        let parent = row.traceparent.flatMap { TraceContext(traceparent: $0) }
        let span = Tracer.shared.begin("send \(topic)", .producer, parent: parent)
        defer { span?.end() }
        var headers = [KafkaHeader(MessageHeader.messageID, Outbox.messageID(topic: topic, row: row.id))]
        if let traceparent = span?.context.traceparent ?? row.traceparent, !flaws.contains(.losesTrace) {
            headers.append(KafkaHeader(MessageHeader.traceparent, traceparent))
        }
        for _ in 0..<(row.id % 5 == 3 ? 2 : 1) {
            try await producer.send(
                topic: topic,
                key: Array(row.key.utf8),
                value: Array(row.payload.utf8),
                headers: headers
            )
        }
    }

    private func newRows() async throws -> [Row] {
        try await mysql.query(
            """
            SELECT id, message_key, payload, traceparent FROM outbox
            WHERE topic = ? AND status = 'new' ORDER BY id LIMIT 50
            """,
            [.text(topic)]
        ).map { row in
            Row(
                id: try row.int("id"),
                key: try row.string("message_key"),
                payload: try row.string("payload"),
                traceparent: try row.optionalString("traceparent")
            )
        }
    }

    private func mark(_ row: Row, _ status: String) async throws {
        try await mysql.execute(
            "UPDATE outbox SET status = ?, sent_at = NOW(3), attempts = attempts + 1 WHERE id = ?",
            [.text(status), .int(row.id)]
        )
    }

    private struct Row: Sendable {
        let id: Int64
        let key: String
        let payload: String
        let traceparent: String?
    }

    private final class Refused: Sendable {
        private let rows = Mutex<Set<Int64>>([])

        /// Whether it is the first time.
        func insert(_ row: Int64) -> Bool { rows.withLock { $0.insert(row).inserted } }
    }
}

/// What the misbehaving broker says.
private struct BrokerRefused: Error, CustomStringConvertible {
    let row: Int64

    var description: String { "the broker refused the message of row \(row)" }
}
