/// A parameter of a statement, or a column of a row.
///
/// Integers of any width arrive as `int` (an unsigned one above `Int64.max` as `text`), `FLOAT` and `DOUBLE` as
/// `double`, binary strings and blobs as `bytes`; all else (`DECIMAL`, dates and times, `JSON`, `ENUM`) as `text`.
package enum MySQLValue: Sendable, Equatable {
    case null
    case int(Int64)
    case double(Double)
    case text(String)
    case bytes([UInt8])

    package init(_ value: Int) {
        self = .int(Int64(value))
    }

    package init(_ value: Int64?) {
        self = value.map { .int($0) } ?? .null
    }

    package init(_ value: String?) {
        self = value.map { .text($0) } ?? .null
    }
}

extension MySQLValue: ExpressibleByStringLiteral, ExpressibleByStringInterpolation {
    package init(stringLiteral value: String) {
        self = .text(value)
    }
}

extension MySQLValue: ExpressibleByIntegerLiteral {
    package init(integerLiteral value: Int64) {
        self = .int(value)
    }
}

extension MySQLValue: ExpressibleByNilLiteral {
    package init(nilLiteral: ()) {
        self = .null
    }
}
