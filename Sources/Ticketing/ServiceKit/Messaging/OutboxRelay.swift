import Contract
import KafkaClient
import Logging
import Metrics
import MySQLClient
import Observability
import ServiceLifecycle

/// Sends the rows of one topic of the outbox to Kafka, at least once each, in order for each key.
///
/// A row is marked sent only after the broker has acknowledged it, and sent again if it has no effect: see ``OutboxCheck``. One process
/// at a time relays a topic: it holds a named lock of the database's, which it loses with its connection, and it reads and marks rows
/// only on that connection.
package struct OutboxRelay: MessageRelay {
    private static let batch = 200
    /// How often it looks whether what was sent has had its effect.
    private static let checkInterval = Duration.seconds(1)

    private let mysql: MySQLClient
    private let producer: KafkaProducer
    private let topic: String
    private let check: OutboxCheck
    private let logger: Logger
    private let wakeup = Wakeup()
    private let sent: Counter
    private let failures: Counter
    private let waiting: Meter

    /// Makes a relay.
    ///
    /// - Parameters:
    ///   - mysql: Has the outbox; one more connection is opened for the relay's lock.
    ///   - producer: Sends.
    ///   - topic: Which rows it relays.
    ///   - consumer: The group that reads the topic, by its name in `consumed`.
    ///   - patience: Seconds after which a message that the consumer has not recorded may be lost.
    ///   - logger: Told of failures.
    package init(
        mysql: MySQLClient,
        producer: KafkaProducer,
        topic: String,
        consumer: String,
        patience: Int = 10,
        logger: Logger
    ) {
        check = OutboxCheck(topic: topic, consumer: consumer, patience: patience)
        self.mysql = mysql
        self.producer = producer
        self.topic = topic
        self.logger = logger
        sent = Counter(label: "outbox_sent_total", dimensions: [("topic", topic)])
        failures = Counter(label: "outbox_send_failures_total", dimensions: [("topic", topic)])
        waiting = Meter(label: "outbox_waiting_rows", dimensions: [("topic", topic)])
    }

    /// To be called after a commit that added rows; what is forgotten is found within a second.
    package func wake() { wakeup.signal() }

    package func run() async throws {
        await cancelWhenGracefulShutdownOrReturn { await relayForEver() }
    }

    private func relayForEver() async {
        var backoff = Backoff(cap: .seconds(1))
        while !Task.isCancelled {
            do {
                let session = try await mysql.session()
                defer { session.close() }
                if try await isOurs(session) {
                    try await relay(on: session) { backoff.reset() }
                } else {
                    await wakeup.sleep(for: .seconds(1))
                }
            } catch {
                failures.increment()
                logger.warning(
                    "cannot relay the outbox; trying again",
                    metadata: ["topic": "\(topic)", "error": "\(error)"]
                )
                try? await Task.sleep(for: backoff.next())
            }
        }
    }

    /// Whether this process is the one that relays the topic, from now until the session ends.
    private func isOurs(_ session: MySQLSession) async throws -> Bool {
        let answer = try await session.query("SELECT GET_LOCK(?, 0) AS got", [.text("ticketing.relay.\(topic)")])
        return try answer.first?.optionalInt("got") == 1
    }

    private func relay(on session: MySQLSession, _ succeeded: () -> Void) async throws {
        var check = check
        var nextCheck = ContinuousClock.now
        while !Task.isCancelled {
            if ContinuousClock.now >= nextCheck {
                try await check.run(on: session)
                nextCheck = .now + Self.checkInterval
            }
            let rows = try await rows(on: session)
            waiting.set(rows.count)
            if !rows.isEmpty {
                let result = await deliver(rows)
                try await mark(result.sent, on: session)
                sent.increment(by: result.sent.count)
                if let error = result.error { throw error }
            }
            succeeded()
            // A full batch means that there is probably more.
            if rows.count < Self.batch { await wakeup.sleep(for: .seconds(1)) }
        }
    }

    private func rows(on session: MySQLSession) async throws -> [OutboxRow] {
        try await session.query(
            """
            SELECT id, message_key, payload, traceparent FROM outbox
            WHERE topic = ? AND status = 'new' ORDER BY id LIMIT \(Self.batch)
            """,
            [.text(topic)]
        ).map { row in
            OutboxRow(
                id: try row.int("id"),
                key: try row.string("message_key"),
                payload: try row.string("payload"),
                traceparent: try row.optionalString("traceparent")
            )
        }
    }

    private func mark(_ rows: [SentRow], on session: MySQLSession) async throws {
        guard !rows.isEmpty else { return }
        let sent = "[" + rows.map { "[\($0.id),\($0.partition)]" }.joined(separator: ",") + "]"
        try await session.execute(
            """
            UPDATE outbox JOIN JSON_TABLE(
                ?, '$[*]' COLUMNS (row_id BIGINT PATH '$[0]', sent_to INT PATH '$[1]')
            ) AS sent ON outbox.id = sent.row_id
            SET status = 'sent', sent_at = NOW(3), kafka_partition = sent_to, \(check.assignment), attempts = attempts + 1
            """,
            [.text(sent)]
        )
    }

    private func deliver(_ rows: [OutboxRow]) async -> RelayResult {
        let byKey = Dictionary(grouping: rows, by: \.key)
        return await withTaskGroup(of: RelayResult.self) { group in
            for rows in byKey.values {
                group.addTask {
                    var result = RelayResult()
                    // One after the other: a later message of a key must not overtake an earlier one that failed.
                    for row in rows {
                        do {
                            result.sent.append(SentRow(id: row.id, partition: try await deliver(row)))
                        } catch {
                            result.error = error
                            break
                        }
                    }
                    return result
                }
            }
            return await group.reduce(into: RelayResult()) { all, part in
                all.sent += part.sent
                all.error = all.error ?? part.error
            }
        }
    }

    /// - Returns: The partition that it was sent to.
    private func deliver(_ row: OutboxRow) async throws -> Int32 {
        let messageID = Outbox.messageID(topic: topic, row: row.id)
        var span = Tracer.shared.begin(
            "send \(topic)",
            .producer,
            parent: row.traceparent.flatMap { TraceContext(traceparent: $0) },
            attributes: KafkaSpan.attributes(topic, "send", id: messageID)
        )
        var headers = [KafkaHeader(MessageHeader.messageID, messageID)]
        if let traceparent = span?.context.traceparent ?? row.traceparent {
            headers.append(KafkaHeader(MessageHeader.traceparent, traceparent))
        }
        do {
            let delivery = try await producer.send(
                topic: topic,
                key: Array(row.key.utf8),
                value: Array(row.payload.utf8),
                headers: headers
            )
            span?.attributes.append(SpanAttribute("messaging.kafka.offset", delivery.offset))
            span?.end()
            return delivery.partition
        } catch {
            // It may be in the log all the same; then a consumer's span has this one for its parent.
            span?.end(.failed(error))
            throw error
        }
    }
}

private struct OutboxRow: Sendable {
    let id: Int64
    let key: String
    let payload: String
    let traceparent: String?
}

private struct SentRow: Sendable {
    let id: Int64
    let partition: Int32
}

private struct RelayResult: Sendable {
    var sent: [SentRow] = []
    var error: (any Error)?
}

/// Runs `work` and cancels it when the process is asked to stop.
func cancelWhenGracefulShutdownOrReturn(_ work: @escaping @Sendable () async -> Void) async {
    await withTaskGroup(of: Void.self) { group in
        group.addTask { await work() }
        group.addTask { try? await gracefulShutdown() }
        await group.next()
        group.cancelAll()
    }
}
