/// A reply of the server (RESP2).
package enum RedisValue: Sendable, Equatable {
    case null
    case integer(Int64)
    /// A bulk string, or a status such as `OK`.
    case bytes([UInt8])
    case array([RedisValue])
    /// An error inside an array; an error that is the whole reply is thrown as ``RedisError/Kind/server(code:)``.
    case error(String)

    /// The text of a string reply, or of a number; `nil` for anything else and for bytes that are not UTF-8.
    package var string: String? {
        switch self {
        case .bytes(let bytes): String(validating: bytes, as: UTF8.self)
        case .integer(let integer): String(integer)
        case .null, .array, .error: nil
        }
    }

    /// The number of an integer reply, or of a string that spells one.
    package var integer: Int64? {
        switch self {
        case .integer(let integer): integer
        case .bytes: string.flatMap { Int64($0) }
        case .null, .array, .error: nil
        }
    }

    /// The elements of an array reply.
    package var array: [RedisValue]? {
        guard case .array(let elements) = self else { return nil }
        return elements
    }

    /// The bytes of a string reply.
    package var bytes: [UInt8]? {
        guard case .bytes(let bytes) = self else { return nil }
        return bytes
    }

    package var isNull: Bool {
        self == .null
    }
}
