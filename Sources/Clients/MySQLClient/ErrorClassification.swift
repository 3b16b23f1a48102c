import CMariaDB

/// What was being done when the connector reported an error.
enum StatementPhase {
    case connecting
    case preparing
    case executing
}

extension MySQLError {
    /// Classifies an error number of the server (1000 to 1999, 3000 and up) or the connector (2000 to 2999, 5000 on).
    ///
    /// Connecting and preparing have no effects, so nothing was executed. Of the connector's own errors, 2006 means that
    /// the statement could not be written in full, and a server does not execute a part of a packet; 2013 and its kin
    /// mean that the answer is missing.
    init(code: UInt32, text: String, phase: StatementPhase, doing: @autoclosure () -> String) {
        let kind: Kind =
            switch code {
            case _ where phase == .connecting: .unavailable
            case _ where Self.endsConnection(code) && phase == .preparing: .unavailable
            case UInt32(CR_SERVER_GONE_ERROR), UInt32(CR_ERR_NET_WRITE), Self.clientWasIdle: .unavailable
            case _ where Self.endsConnection(code): .connectionLost
            case UInt32(ER_DUP_ENTRY), UInt32(ER_DUP_ENTRY_WITH_KEY_NAME): .duplicateKey(Self.keyName(in: text))
            case UInt32(ER_LOCK_DEADLOCK), UInt32(ER_CHECKREAD): .deadlock
            case UInt32(ER_LOCK_WAIT_TIMEOUT): .lockTimeout
            default: .server(code: code)
            }
        let consequence =
            switch kind {
            case .unavailable: " Nothing was executed; try again."
            case .connectionLost: " It may have taken effect: look before it is run again."
            case .duplicateKey, .deadlock, .lockTimeout, .server, .poolExhausted, .closed: ""
            }
        self.init(kind: kind, message: "\(doing()): \(text) (error \(code)).\(consequence)")
    }

    /// Whether the connection cannot be used after this error.
    static func endsConnection(_ code: UInt32) -> Bool {
        switch code {
        case UInt32(ER_SERVER_SHUTDOWN), UInt32(ER_CONNECTION_KILLED), clientWasIdle: true
        case 2000..<3000, 5000...: true
        default: false
        }
    }

    /// MySQL 8's ER_CLIENT_INTERACTION_TIMEOUT: said instead of an answer to whoever was idle for too long.
    private static let clientWasIdle: UInt32 = 4031

    /// The key in "Duplicate entry 'x' for key 'name'"; MySQL 8 puts the table and a dot before the name.
    private static func keyName(in text: String) -> String {
        let parts = text.split(separator: "'", omittingEmptySubsequences: false)
        guard let quoted = parts.dropLast().last else { return "" }
        return String(quoted.split(separator: ".").last ?? quoted)
    }
}
