import Synchronization

/// A connection of one's own, kept across calls: for a named lock (`GET_LOCK`) that is held for long.
///
/// It does not reconnect: what the session held is lost with its connection, and the next call fails as
/// ``MySQLError/Kind/unavailable``. The server releases the locks of a session whose connection ends.
package final class MySQLSession: Sendable {
    private let connection: Mutex<MySQLConnection?>
    private let client: MySQLClient

    init(_ connection: MySQLConnection, client: MySQLClient) {
        self.connection = Mutex(connection)
        self.client = client
    }

    deinit {
        if connection.withLock({ $0 != nil }) {
            client.endSession()
        }
    }

    package func query(_ sql: String, _ parameters: [MySQLValue] = []) async throws -> [MySQLRow] {
        try await onThread { try $0.query(sql, parameters) }
    }

    @discardableResult
    package func execute(_ sql: String, _ parameters: [MySQLValue] = []) async throws -> MySQLResult {
        try await onThread { try $0.execute(sql, parameters) }
    }

    /// Ends the session; the server releases its locks.
    package func close() {
        // Closing writes one small packet and does not wait for an answer.
        if connection.withLock({ $0.take() }) != nil {
            client.endSession()
        }
    }

    private func onThread<T: Sendable>(
        _ body: @escaping @Sendable (MySQLConnection) throws -> T
    ) async throws -> T {
        try await client.onThread { _ in
            // Held while the statement runs: that is what makes the session's calls take turns.
            try self.connection.withLock { connection in
                guard let connection else {
                    let message = "A statement was not sent to MySQL: the session is closed."
                    throw MySQLError(kind: .closed, message: message)
                }
                return try body(connection)
            }
        }
    }
}
