import MySQLClient
import RedisClient

/// Before a Redis client: while the circuit is open a command fails at once instead of waiting for its timeout.
extension Dependency: RedisGate {
    package func enterRedis() throws(RedisError) -> Bool {
        do throws(Refusal) {
            return try enter() == .probe
        } catch {
            throw RedisError(kind: .notConnected, message: "A command was not sent: \(error).")
        }
    }

    package func leaveRedis(wasProbe: Bool, _ error: RedisError?) {
        leave(wasProbe ? .probe : .call, failed: error?.isOutage ?? false)
    }
}

/// Before a MySQL client, as before Redis.
extension Dependency: MySQLGate {
    package func enterMySQL() throws(MySQLError) -> Bool {
        do throws(Refusal) {
            return try enter() == .probe
        } catch {
            throw MySQLError(kind: .unavailable, message: "A statement was not sent: \(error).")
        }
    }

    package func leaveMySQL(wasProbe: Bool, _ error: (any Error)?) {
        leave(wasProbe ? .probe : .call, failed: (error as? MySQLError)?.isOutage ?? false)
    }
}

extension RedisError {
    /// Whether the server was not there; its own limits and a caller that gave up say nothing of the server.
    fileprivate var isOutage: Bool {
        switch kind {
        case .notConnected, .timeout, .connectionLost: true
        case .server(let code): code == "LOADING"
        case .overloaded, .cancelled: false
        }
    }
}

extension MySQLError {
    /// Whether the server was not there.
    fileprivate var isOutage: Bool {
        switch kind {
        case .unavailable, .connectionLost: true
        case .duplicateKey, .deadlock, .lockTimeout, .server, .poolExhausted, .closed: false
        }
    }
}
