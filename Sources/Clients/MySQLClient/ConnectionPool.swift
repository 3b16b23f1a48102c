import Synchronization

/// The idle connections.
///
/// The number of threads that take from it bounds the number of connections.
final class ConnectionPool: Sendable {
    private struct State {
        var idle: [MySQLConnection] = []
        var isClosed = false
    }

    private let configuration: MySQLConfiguration
    private let state = Mutex(State())

    init(_ configuration: MySQLConfiguration) {
        self.configuration = configuration
    }

    /// Gives a body a connection, and a fresh one for a second try if the first was an idle one that turned out to be
    /// dead before anything was executed on it.
    func withConnection<T>(
        releasingLocks: Bool = false,
        _ body: (MySQLConnection) throws -> T
    ) throws -> T {
        guard let idle = takeIdle() else { return try use(MySQLConnection(configuration), releasingLocks, body) }
        do {
            return try use(idle, releasingLocks, body)
        } catch let error as MySQLError where error.kind == .unavailable && idle.isBroken && idle.answered == 0 {
            return try use(MySQLConnection(configuration), releasingLocks, body)
        }
    }

    /// A connection of its own for a session, which never comes back to the pool.
    func openConnection() throws(MySQLError) -> MySQLConnection {
        try MySQLConnection(configuration)
    }

    func close() {
        let idle = state.withLock { state in
            state.isClosed = true
            defer { state.idle = [] }
            return state.idle
        }
        // Closing talks to the server: not under the lock.
        _ = consume idle
    }

    private func use<T>(
        _ connection: MySQLConnection,
        _ releasingLocks: Bool,
        _ body: (MySQLConnection) throws -> T
    ) throws -> T {
        defer {
            connection.settle(releasingLocks: releasingLocks)
            if !connection.isBroken {
                putBack(connection)
            }
        }
        return try body(connection)
    }

    /// The connection used last, if it still lives: those at the bottom of the stack may grow old in peace.
    private func takeIdle() -> MySQLConnection? {
        while let connection = state.withLock({ $0.idle.popLast() }) {
            if connection.wakeUp() {
                return connection
            }
        }
        return nil
    }

    private func putBack(_ connection: MySQLConnection) {
        state.withLock { state in
            if !state.isClosed {
                state.idle.append(connection)
            }
        }
    }
}
