/// One word of a command: text, a number, or bytes.
package struct RedisArgument: Sendable {
    enum Storage {
        case text(String)
        case integer(Int64)
        case bytes([UInt8])
        case runID(prefix: String)
    }

    let storage: Storage

    package init(_ text: String) {
        storage = .text(text)
    }

    package init(_ integer: Int64) {
        storage = .integer(integer)
    }

    package init(_ integer: Int) {
        storage = .integer(Int64(integer))
    }

    package init(_ bytes: [UInt8]) {
        storage = .bytes(bytes)
    }

    private init(storage: Storage) {
        self.storage = storage
    }

    /// `prefix` and the `run_id` of the server that the command is sent to: 40 hex digits, another set each time it starts.
    ///
    /// It is filled in when the command leaves, on the connection that it leaves by. A command that has waited while the server was
    /// restarted so says the new server's id: what a caller had learnt before would by then be another server's.
    package static func runID(after prefix: String = "") -> RedisArgument {
        RedisArgument(storage: .runID(prefix: prefix))
    }
}

extension RedisArgument: ExpressibleByStringLiteral, ExpressibleByStringInterpolation {
    package init(stringLiteral value: String) {
        self.init(value)
    }
}

extension RedisArgument: ExpressibleByIntegerLiteral {
    package init(integerLiteral value: Int64) {
        self.init(value)
    }
}
