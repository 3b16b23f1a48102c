/// One word of a command: text, a number, or bytes.
package struct RedisArgument: Sendable {
    enum Storage {
        case text(String)
        case integer(Int64)
        case bytes([UInt8])
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
