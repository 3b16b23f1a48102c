/// One attempt at a transaction, on one connection.
enum Transaction {
    static func run<T>(on connection: MySQLConnection, _ body: (MySQLConnection) throws -> T) throws -> T {
        let value: T
        do {
            try connection.execute("START TRANSACTION")
            value = try body(connection)
        } catch let error as MySQLError where error.kind == .connectionLost {
            // The commit was never sent, and a server rolls back what its client left open.
            let message = "\(error.message) It was part of a transaction that was not committed: nothing took effect."
            throw MySQLError(kind: .unavailable, message: message)
        } catch {
            connection.rollBack()
            throw error
        }
        try connection.execute("COMMIT")
        return value
    }
}

extension MySQLError {
    /// Whether the same transaction may well succeed when it is run again at once.
    var isConflict: Bool {
        kind == .deadlock || kind == .lockTimeout
    }
}
