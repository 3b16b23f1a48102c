import Logging
import MySQLClient

/// Gathers evidence after a run and judges it.
package struct Verification: Sendable {
    /// Where the evidence is: direct addresses, past every fault proxy.
    package struct Sources: Sendable {
        package var redisURL: String?
        package var mysqlURL: String?
        /// Nil where there is no Redis to look into.
        package var seatLog: SeatLogTail?
        /// Nil where there is no Kafka to look into.
        package var messages: MessageTail?
        /// Path of `history.jsonl`.
        package var history: String
        /// Nil where the services do not export their spans to the harness.
        package var spans: SpanSource?
        /// Nil where nothing is broken on purpose, or there are no stores to look into.
        package var recovery: RecoveryWatch?
        /// Whether every message may be delivered again: to a suite that is the harness' own.
        package var replays: Bool

        package init(
            redisURL: String?,
            mysqlURL: String?,
            seatLog: SeatLogTail?,
            messages: MessageTail?,
            history: String,
            spans: SpanSource? = nil,
            recovery: RecoveryWatch? = nil,
            replays: Bool = false
        ) {
            self.redisURL = redisURL
            self.mysqlURL = mysqlURL
            self.seatLog = seatLog
            self.messages = messages
            self.history = history
            self.spans = spans
            self.recovery = recovery
            self.replays = replays
        }
    }

    /// How long MySQL may take for an answer: a service must give up soon, a judge whose only witness is slow waits.
    private static let patience = Duration.seconds(30)

    private let sources: Sources
    private let logger: Logger

    /// Verifies against `sources`.
    package init(_ sources: Sources, logger: Logger) {
        self.sources = sources
        self.logger = logger
    }

    /// Waits until the suite is quiet (at most `limit`), then reads all sources.
    ///
    /// Where ``Sources/replays`` says so, and the suite did come to rest, every message is delivered again first: Kafka is written to.
    ///
    /// - Parameters:
    ///   - events: The events that the run seeded.
    ///   - limit: How long sagas and messages may take to come to rest.
    ///   - isHurried: Whether `limit` is shorter than the suite is entitled to.
    /// - Returns: What each source said, or why it could not be read.
    package func gather(events: Set<String>, quietWithin limit: Duration, isHurried: Bool = false) async -> Evidence {
        var unrest: String?
        var replay: Source<ReplayEvidence>?
        var seen = 0
        var committed: [String: Int64] = [:]
        let mysql = await Source.reading("MySQL") {
            var configuration = try MySQLConfiguration(url: known(sources.mysqlURL, "mysql"))
            (configuration.connectTimeout, configuration.readTimeout) = (Self.patience, Self.patience)
            let client = try MySQLClient(configuration, logger: logger)
            do {
                unrest = try await Quiet.wait(client, within: limit)
                var replayed: Result<Replay?, any Error> = .success(nil)
                if unrest == nil, !isHurried {
                    replayed = await replayAll(client, events)
                    unrest = try await Quiet.wait(client, within: limit)
                }
                // Before the snapshot: a message that has been seen was sent, and what was sent had its row; what was committed had its effect.
                seen = sources.messages?.count ?? 0
                if unrest != nil {
                    // A broker that does not answer now is heard of when its topics are read to the end.
                    committed = (try? await sources.messages?.committed()) ?? [:]
                }
                let evidence = try await MySQLEvidence.read(client, events: events)
                switch replayed {
                case .success(let done): replay = done.map { .read($0.compare(with: evidence)) }
                case .failure(let error):
                    replay = .unreadable(name: "what came of delivering messages again", reason: "\(error)")
                }
                await client.close()
                return evidence
            } catch {
                await client.close()
                throw error
            }
        }
        // Before the tails end, whose connections were there before the load as well.
        let recovery = await sources.recovery?.compare()
        async let redis = Source.reading("Redis") {
            try await RedisEvidence.read(
                url: known(sources.redisURL, "redis"),
                events: events,
                log: sources.seatLog,
                logger: logger
            )
        }
        async let kafka = Source.reading("Kafka") { [seen, committed] in
            let (messages, early, trimmed) = try await known(sources.messages, "kafka").finish(seen: seen)
            return try KafkaEvidence(
                messages,
                early: early,
                committed: committed,
                trimmed: trimmed,
                events: events
            )
        }
        async let spans = readSpans(of: mysql.content)
        async let clients = Source.reading("the clients' history") { try ClientEvidence.read(history: sources.history) }
        return await Evidence(
            events: events,
            clients: clients,
            redis: redis,
            mysql: mysql,
            kafka: kafka,
            spans: spans,
            recovery: recovery,
            replay: replay,
            unrest: unrest,
            isHurried: isHurried
        )
    }

    /// The verdict on `evidence` of every invariant that it can be asked about.
    package static func judge(_ evidence: Evidence) -> [InvariantResult] {
        let search = SeatSearch(evidence)
        return everyInvariant.filter { $0.isAsked(of: evidence) }.map { $0.judge(evidence, search) }
    }

    /// Nil where nothing may be delivered again, or there is nothing.
    private func replayAll(_ mysql: MySQLClient, _ events: Set<String>) async -> Result<Replay?, any Error> {
        guard sources.replays, let messages = sources.messages else { return .success(nil) }
        do {
            return .success(try await Replay.run(mysql, messages, sources.seatLog, events: events))
        } catch {
            return .failure(error)
        }
    }

    private func readSpans(of mysql: MySQLEvidence?) async -> Source<SpanEvidence>? {
        guard let source = sources.spans else { return nil }
        return await Source.reading("the spans") { try await source.read(of: Array((mysql?.orders ?? [:]).values)) }
    }

    private func known<Address>(_ address: Address?, _ name: String) throws -> Address {
        guard let address else { throw EvidenceError("the scenario's environment gives no address for \(name)") }
        return address
    }
}
