import Contract
import Logging
import MySQLClient
import RedisClient

/// What a suite at rest has open: taken before the load, and again after the faults of a run.
package struct SuiteSnapshot: Codable, Sendable, Equatable {
    /// How long a transaction must have been open to count as left behind, in seconds; nothing here takes as long.
    private static let patience = 5

    /// Clients that Redis has, our own included.
    package var redisConnections = 0
    /// Sessions that MySQL has.
    ///
    /// Pools keep theirs, so that this may rise.
    package var mysqlConnections = 0
    /// Events whose opening in Redis was begun and not ended.
    package var openings: [String] = []
    /// Events whose named lock somebody holds in MySQL.
    package var locks: [String] = []
    /// Transactions that are open for long, each with its session.
    package var transactions: [String] = []
    /// What else is not as it was, by who watches over rules and processes: toxics in force, processes stopped or gone.
    package var leftovers: [String] = []

    package init() {}

    /// What is wrong with this one, taken after `before`; a sentence each.
    package func remains(since before: SuiteSnapshot) -> [String] {
        var remains = leftovers.filter { !before.leftovers.contains($0) }
        if redisConnections > before.redisConnections {
            remains.append("Redis has \(redisConnections) connections, and had \(before.redisConnections)")
        }
        remains += openings.map { "the opening of event \($0) in Redis was begun and not ended" }
        remains += locks.map { "the lock of event \($0) is held in MySQL" }
        remains += transactions.map { "MySQL has an open transaction: \($0)" }
        return remains
    }

    /// Looks into the stores directly, past any fault proxy.
    ///
    /// - Throws: when a store does not answer.
    static func read(
        _ redis: RedisClient,
        _ mysql: MySQLClient,
        events: Set<String>,
        leftovers: [String]
    ) async throws -> SuiteSnapshot {
        var snapshot = SuiteSnapshot()
        let reply = try await redis.send("CLIENT", "LIST", "TYPE", "normal")
        guard let clients = reply.string else { throw EvidenceError("CLIENT LIST answered \(reply), not lines") }
        snapshot.redisConnections = clients.split(whereSeparator: \.isNewline).count
        for event in events.sorted() {
            if try await redis.send("EXISTS", RedisArgument(SeatKeys(event: event).opening)).integer == 1 {
                snapshot.openings.append(event)
            }
            let lock = "SELECT IS_USED_LOCK(\(EventLockName.sql)) AS holder"
            if try await mysql.query(lock, [.text(event)]).first?.optionalInt("holder") != nil {
                snapshot.locks.append(event)
            }
        }
        let sessions = try await mysql.query("SELECT COUNT(*) AS n FROM information_schema.processlist")
        snapshot.mysqlConnections = Int(try sessions.first?.int("n") ?? 0)
        let open = """
            SELECT trx_mysql_thread_id AS session, TIMESTAMPDIFF(SECOND, trx_started, NOW()) AS age
            FROM information_schema.innodb_trx WHERE trx_started < NOW() - INTERVAL \(patience) SECOND
            """
        for row in try await mysql.query(open) {
            snapshot.transactions.append("session \(try row.int("session")), for \(try row.int("age")) s")
        }
        snapshot.leftovers = leftovers
        return snapshot
    }
}
