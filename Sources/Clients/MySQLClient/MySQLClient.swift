import Glibc
import Logging
import NIOPosix
import Synchronization

/// A pool of blocking connections to MySQL or MariaDB, each used by one job at a time on a thread of the pool's own.
///
/// Connections are made when they are needed. One that breaks is thrown away, and one that the server closed while it
/// was idle is replaced without the caller noticing. What a caller may assume after an error is its
/// ``MySQLError/outcome``. A task that is cancelled while its job waits for a thread gets a `CancellationError` and the
/// job is not run; a job that has begun runs to its end.
package final class MySQLClient: Sendable {
    package let configuration: MySQLConfiguration
    private let pool: ConnectionPool
    private let threads: NIOThreadPool
    private let pending = Atomic(0)
    private let running = Atomic(0)
    private let sessions = Atomic(0)
    private let isClosed = Atomic(false)
    private let logger: Logger
    private let gate: (any MySQLGate)?

    /// How often a transaction is run again after a deadlock or a lock timeout.
    private static let maximumConflicts = 4

    /// Every statement, transaction and new session passes `gate`, if there is one.
    ///
    /// - Throws: ``MySQLError`` when the pool's size is not positive.
    package init(_ configuration: MySQLConfiguration, logger: Logger, gate: (any MySQLGate)? = nil) throws {
        guard configuration.poolSize > 0 else {
            throw MySQLError(kind: .poolExhausted, message: "A pool of \(configuration.poolSize) connections is none.")
        }
        self.configuration = configuration
        self.logger = logger
        self.gate = gate
        pool = ConnectionPool(configuration)
        threads = NIOThreadPool(numberOfThreads: configuration.poolSize)
        threads.start()
    }

    deinit {
        pool.close()
        if !isClosed.load(ordering: .relaxed) {
            threads.shutdownGracefully { _ in }
        }
    }

    /// Runs one statement, in its own transaction, and returns its rows.
    package func query(_ sql: String, _ parameters: [MySQLValue] = []) async throws -> [MySQLRow] {
        try await onThread { pool in try pool.withConnection { try $0.query(sql, parameters) } }
    }

    /// Runs one statement, in its own transaction, for its effect.
    @discardableResult
    package func execute(_ sql: String, _ parameters: [MySQLValue] = []) async throws -> MySQLResult {
        try await onThread { pool in try pool.withConnection { try $0.execute(sql, parameters) } }
    }

    /// Runs `body` between `START TRANSACTION` and `COMMIT`; when it throws, everything is rolled back.
    ///
    /// `body` is run again from its start after a deadlock or a lock timeout (at most four times, after a short random
    /// pause), and once when an idle connection proved dead: it must not have effects outside the transaction, nor
    /// statements that commit by themselves (`COMMIT`, `CREATE TABLE` …). A connection that is lost before the commit
    /// is sent is ``MySQLError/Kind/unavailable`` (the server rolls back); one lost during the commit is
    /// ``MySQLError/Kind/connectionLost``, with an unknown outcome.
    package func transaction<T: Sendable>(
        _ body: @escaping @Sendable (MySQLConnection) throws -> T
    ) async throws -> T {
        try await onThread { [logger] pool in
            var conflicts = 0
            while true {
                do {
                    return try pool.withConnection { try Transaction.run(on: $0, body) }
                } catch let error as MySQLError where error.isConflict && conflicts < Self.maximumConflicts {
                    conflicts += 1
                    logger.debug("transaction runs again", metadata: ["reason": "\(error)", "count": "\(conflicts)"])
                    // The other party needs a moment to finish; the pause is random so that two do not meet again.
                    usleep(UInt32.random(in: 1_000...10_000) * UInt32(conflicts))
                }
            }
        }
    }

    /// Runs `body` with one connection and without a transaction.
    ///
    /// Afterwards an open transaction is rolled back and named locks (`GET_LOCK`) are released.
    package func withConnection<T: Sendable>(
        _ body: @escaping @Sendable (MySQLConnection) throws -> T
    ) async throws -> T {
        try await onThread { pool in try pool.withConnection(releasingLocks: true, body) }
    }

    /// Opens a connection outside the pool, for what outlives a single closure, such as a named lock.
    ///
    /// There may be as many sessions at a time as the pool has connections.
    package func session() async throws -> MySQLSession {
        guard sessions.add(1, ordering: .relaxed).newValue <= configuration.poolSize else {
            endSession()
            let message = "A session was not opened: \(configuration.poolSize) are open already. Close one first."
            throw MySQLError(kind: .poolExhausted, message: message)
        }
        do {
            let connection = try await onThread { pool in try pool.openConnection() }
            return MySQLSession(connection, client: self)
        } catch {
            endSession()
            throw error
        }
    }

    /// Lets running statements end, refuses new ones, and closes the connections.
    package func close() async {
        guard !isClosed.exchange(true, ordering: .relaxed) else { return }
        do {
            try await threads.shutdownGracefully()
        } catch {
            logger.warning("MySQL threads did not stop", metadata: ["error": "\(error)"])
        }
        pool.close()
    }

    /// How busy the pool is now.
    package var usage: MySQLPoolUsage {
        let running = running.load(ordering: .relaxed)
        return MySQLPoolUsage(
            inUse: running,
            size: configuration.poolSize,
            waiting: max(0, pending.load(ordering: .relaxed) - running),
            sessions: sessions.load(ordering: .relaxed)
        )
    }

    func endSession() {
        sessions.subtract(1, ordering: .relaxed)
    }

    /// Runs a job on one of the pool's threads, if the gate lets it.
    func onThread<T: Sendable>(_ job: @escaping @Sendable (ConnectionPool) throws -> T) async throws -> T {
        guard let gate else { return try await runOnThread(job) }
        let isProbe = try gate.enterMySQL()
        do {
            let result = try await runOnThread(job)
            gate.leaveMySQL(wasProbe: isProbe, nil)
            return result
        } catch {
            gate.leaveMySQL(wasProbe: isProbe, error)
            throw error
        }
    }

    private func runOnThread<T: Sendable>(_ job: @escaping @Sendable (ConnectionPool) throws -> T) async throws -> T {
        defer { pending.subtract(1, ordering: .relaxed) }
        guard pending.add(1, ordering: .relaxed).newValue <= configuration.maximumPending else {
            throw exhausted("\(configuration.maximumPending) statements run or wait already")
        }
        guard !isClosed.load(ordering: .relaxed) else { throw closed() }
        let deadline = ContinuousClock.now.advanced(by: configuration.acquireTimeout)
        do {
            return try await threads.runIfActive { [pool] in
                self.running.add(1, ordering: .relaxed)
                defer { self.running.subtract(1, ordering: .relaxed) }
                guard ContinuousClock.now < deadline else {
                    throw self.exhausted("no connection was free within \(self.configuration.acquireTimeout)")
                }
                return try job(pool)
            }
        } catch is NIOThreadPoolError.ThreadPoolInactive {
            throw closed()
        } catch is CancellationError where isClosed.load(ordering: .relaxed) {
            throw closed()
        }
    }

    private func exhausted(_ reason: String) -> MySQLError {
        MySQLError(
            kind: .poolExhausted,
            message: "A statement was not sent to MySQL at \(configuration.host):\(configuration.port): \(reason). "
                + "Try again later, or give the pool more than \(configuration.poolSize) connections."
        )
    }

    private func closed() -> MySQLError {
        MySQLError(kind: .closed, message: "A statement was not sent to MySQL: this client is closed.")
    }
}
