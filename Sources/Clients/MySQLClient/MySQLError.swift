/// What a caller may assume about a statement or a transaction that failed.
package enum MySQLOutcome: Sendable, Equatable {
    /// Certainly without effect: it may be run again.
    case notExecuted
    /// It was sent and the answer never came: it may or may not have taken effect.
    case unknown
    /// The server answered with an error.
    case refused
}

/// A statement or a transaction that failed.
package struct MySQLError: Error, Sendable, Equatable, CustomStringConvertible {
    package enum Kind: Sendable, Equatable {
        /// No connection, or one that was lost before anything could take effect (in a transaction: before the commit).
        case unavailable
        /// The connection was lost, or the server did not answer in time, after the statement (or commit) was sent.
        case connectionLost
        /// A unique key of this name holds the value already.
        case duplicateKey(String)
        /// The server chose this transaction as the victim of a deadlock, and rolled it back.
        case deadlock
        /// A row lock was not granted in time.
        case lockTimeout
        /// Another error of the server, by its number.
        case server(code: UInt32)
        /// Too many statements run or wait, or this one waited too long for a connection.
        case poolExhausted
        /// The client has been closed.
        case closed
    }

    package let kind: Kind
    package let message: String

    package init(kind: Kind, message: String) {
        self.kind = kind
        self.message = message
    }

    package var outcome: MySQLOutcome {
        switch kind {
        case .unavailable, .poolExhausted, .closed: .notExecuted
        case .connectionLost: .unknown
        case .duplicateKey, .deadlock, .lockTimeout, .server: .refused
        }
    }

    package var description: String {
        message
    }
}
