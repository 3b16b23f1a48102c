/// Decides whether a statement is sent at all, and hears how it went: a circuit breaker.
package protocol MySQLGate: Sendable {
    /// Called before each statement, transaction or new connection.
    ///
    /// - Returns: Whether it is to find out if the server is back; handed to ``leaveMySQL(wasProbe:_:)``.
    /// - Throws: What the caller gets instead.
    func enterMySQL() throws(MySQLError) -> Bool

    /// Called at the end of each of them that was let through; `error` is nil when it succeeded.
    func leaveMySQL(wasProbe: Bool, _ error: (any Error)?)
}
