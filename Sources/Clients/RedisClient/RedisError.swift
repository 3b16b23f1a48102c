/// What a caller may assume about a command that failed.
package enum RedisOutcome: Sendable, Equatable {
    /// The command certainly had no effect: it may be sent again.
    case notExecuted
    /// The command was sent and the reply never came: it may or may not have taken effect.
    case unknown
    /// The server answered with an error. A script that fails midway keeps the writes it made before.
    case refused
}

/// A command that did not end with a reply.
package struct RedisError: Error, Sendable, Equatable, CustomStringConvertible {
    package enum Kind: Sendable, Equatable {
        /// No connection came about within the command's timeout, or the client is closed.
        case notConnected
        /// Too many commands wait or are in flight already.
        case overloaded
        /// The command was sent and not answered in time; its connection has been dropped.
        case timeout
        /// The connection was lost, or dropped because of another command's timeout, with this command in flight.
        case connectionLost
        /// The calling task was cancelled.
        case cancelled
        /// The server's error reply; `code` is its first word, such as `NOSCRIPT`, `OOM` or `ERR`.
        case server(code: String)
    }

    package let kind: Kind
    package let message: String
    package let outcome: RedisOutcome

    /// Makes an error; `outcome` follows from `kind` when it is not given.
    package init(kind: Kind, message: String, outcome: RedisOutcome? = nil) {
        self.kind = kind
        self.message = message
        self.outcome = outcome ?? kind.usualOutcome
    }

    package var description: String {
        message
    }
}

extension RedisError.Kind {
    fileprivate var usualOutcome: RedisOutcome {
        switch self {
        case .notConnected, .overloaded: .notExecuted
        case .timeout, .connectionLost, .cancelled: .unknown
        case .server: .refused
        }
    }
}
