/// Decides whether a command is sent at all, and hears how it went: a circuit breaker.
package protocol RedisGate: Sendable {
    /// Called before each command.
    ///
    /// - Returns: Whether the command is to find out if the server is back; handed to ``leaveRedis(wasProbe:_:)``.
    /// - Throws: What the caller gets instead.
    func enterRedis() throws(RedisError) -> Bool

    /// Called at the end of each command that was let through; `error` is nil when it was answered.
    func leaveRedis(wasProbe: Bool, _ error: RedisError?)
}
