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
        leave(wasProbe ? .probe : .call, error?.outcomeForCircuit ?? .succeeded)
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
        let outcome: CircuitBreaker.Outcome =
            switch error {
            case nil: .succeeded
            case let error as MySQLError: error.outcomeForCircuit
            case is CancellationError: .unknown
            // Thrown by what was done with the answers.
            default: .succeeded
            }
        leave(wasProbe ? .probe : .call, outcome)
    }
}

extension RedisError {
    /// The client's own limits and a caller that gave up say nothing of the server.
    fileprivate var outcomeForCircuit: CircuitBreaker.Outcome {
        switch kind {
        case .notConnected, .timeout, .connectionLost: .failed
        case .server(let code): code == "LOADING" ? .failed : .succeeded
        case .overloaded, .cancelled: .unknown
        }
    }
}

extension MySQLError {
    /// The client's own limits say nothing of the server.
    fileprivate var outcomeForCircuit: CircuitBreaker.Outcome {
        switch kind {
        case .unavailable, .connectionLost: .failed
        case .duplicateKey, .deadlock, .lockTimeout, .server: .succeeded
        case .poolExhausted, .closed: .unknown
        }
    }
}
