import Logging
import MySQLClient

/// Gathers evidence after a run and judges it.
package struct Verification: Sendable {
    /// Where the evidence is: direct addresses, past every fault proxy.
    package struct Sources: Sendable {
        package var redisURL: String?
        package var mysqlURL: String?
        package var kafkaBrokers: String?
        /// Path of `history.jsonl`.
        package var history: String

        package init(redisURL: String?, mysqlURL: String?, kafkaBrokers: String?, history: String) {
            self.redisURL = redisURL
            self.mysqlURL = mysqlURL
            self.kafkaBrokers = kafkaBrokers
            self.history = history
        }
    }

    private let sources: Sources
    private let logger: Logger

    /// Verifies against `sources`.
    package init(_ sources: Sources, logger: Logger) {
        self.sources = sources
        self.logger = logger
    }

    /// Waits until the suite is quiet (at most `limit`), then reads all four sources.
    ///
    /// - Parameters:
    ///   - events: The events that the run seeded.
    ///   - limit: How long sagas and messages may take to come to rest.
    ///   - isHurried: Whether `limit` is shorter than the suite is entitled to.
    /// - Returns: What each source said, or why it could not be read.
    package func gather(events: Set<String>, quietWithin limit: Duration, isHurried: Bool = false) async -> Evidence {
        var unrest: String?
        let mysql = await Source.reading("MySQL") {
            let url = try known(sources.mysqlURL, "mysql")
            let client = try MySQLClient(MySQLConfiguration(url: url), logger: logger)
            do {
                unrest = try await Quiet.wait(client, within: limit)
                let evidence = try await MySQLEvidence.read(client, events: events)
                await client.close()
                return evidence
            } catch {
                await client.close()
                throw error
            }
        }
        async let redis = Source.reading("Redis") {
            try await RedisEvidence.read(url: known(sources.redisURL, "redis"), events: events, logger: logger)
        }
        async let kafka = Source.reading("Kafka") {
            try await KafkaEvidence.read(brokers: known(sources.kafkaBrokers, "kafka"), events: events)
        }
        async let clients = Source.reading("the clients' history") { try ClientEvidence.read(history: sources.history) }
        return await Evidence(
            events: events,
            clients: clients,
            redis: redis,
            mysql: mysql,
            kafka: kafka,
            unrest: unrest,
            isHurried: isHurried
        )
    }

    /// The verdict on `evidence` of every invariant that it can be asked about.
    package static func judge(_ evidence: Evidence) -> [InvariantResult] {
        everyInvariant.filter { $0.isAsked(of: evidence) }.map { $0.judge(evidence) }
    }

    private func known(_ address: String?, _ name: String) throws -> String {
        guard let address else { throw EvidenceError("the scenario's environment gives no address for \(name)") }
        return address
    }
}
