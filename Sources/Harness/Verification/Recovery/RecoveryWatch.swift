import Logging
import MySQLClient
import RedisClient

/// Compares a suite after the faults of a run with what it was before the load.
package struct RecoveryWatch: Sendable {
    /// How long a suite may take to let go of what the faults left: connections are given up at their next use, leases end by themselves.
    private static let patience = Duration.seconds(10)

    private let redisURL: String
    private let mysqlURL: String
    private let events: Set<String>
    private let leftovers: @Sendable () async -> [String]
    private let logger: Logger
    private let before: Source<SuiteSnapshot>

    /// Takes the snapshot before the load.
    ///
    /// - Parameters:
    ///   - redisURL: Redis itself, past any fault proxy.
    ///   - mysqlURL: MySQL itself.
    ///   - events: The events of the run.
    ///   - logger: Hears of stores that are away.
    ///   - leftovers: What is not as it should be of rules and processes, a sentence each.
    package init(
        redisURL: String,
        mysqlURL: String,
        events: Set<String>,
        logger: Logger,
        leftovers: @escaping @Sendable () async -> [String]
    ) async {
        self.redisURL = redisURL
        self.mysqlURL = mysqlURL
        self.events = events
        self.leftovers = leftovers
        self.logger = logger
        before = await Self.take(redisURL, mysqlURL, events, logger, leftovers)
    }

    /// Takes the snapshot after the faults, again until nothing remains or patience is over.
    package func compare() async -> Source<RecoveryEvidence> {
        await Source.reading("what the faults left behind") {
            guard let before = before.content else { throw EvidenceError(before.gap ?? "there is no snapshot") }
            let deadline = ContinuousClock.now + Self.patience
            while true {
                let after = await Self.take(redisURL, mysqlURL, events, logger, leftovers)
                if let content = after.content,
                    content.remains(since: before).isEmpty || ContinuousClock.now >= deadline
                {
                    return RecoveryEvidence(before: before, after: content)
                }
                guard ContinuousClock.now < deadline else { throw EvidenceError(after.gap ?? "there is no snapshot") }
                // Nothing announces that a connection was let go.
                try await Task.sleep(for: .milliseconds(250))
            }
        }
    }

    private static func take(
        _ redisURL: String,
        _ mysqlURL: String,
        _ events: Set<String>,
        _ logger: Logger,
        _ leftovers: @Sendable () async -> [String]
    ) async -> Source<SuiteSnapshot> {
        await Source.reading("the suite's connections and locks") {
            let redis = RedisClient(try RedisConfiguration(url: redisURL), logger: logger)
            let mysql = try MySQLClient(MySQLConfiguration(url: mysqlURL), logger: logger)
            let result: Result<SuiteSnapshot, any Error>
            do {
                let left = await leftovers()
                result = .success(try await SuiteSnapshot.read(redis, mysql, events: events, leftovers: left))
            } catch {
                result = .failure(error)
            }
            await redis.close()
            await mysql.close()
            return try result.get()
        }
    }
}

/// A suite before the load and after the faults.
package struct RecoveryEvidence: Codable, Sendable {
    package var before: SuiteSnapshot
    package var after: SuiteSnapshot

    package init(before: SuiteSnapshot, after: SuiteSnapshot) {
        self.before = before
        self.after = after
    }
}
