import CMariaDB

/// How the values of one column are read.
struct ColumnReader {
    enum Form {
        case integer
        case double
        case text
        case bytes
    }

    let name: String
    let form: Form
    let isUnsigned: Bool

    init(_ field: MYSQL_FIELD) {
        name = field.name.map { String(cString: $0) } ?? ""
        isUnsigned = field.flags & UInt32(UNSIGNED_FLAG) != 0
        switch field.type {
        case MYSQL_TYPE_TINY, MYSQL_TYPE_SHORT, MYSQL_TYPE_INT24, MYSQL_TYPE_LONG, MYSQL_TYPE_LONGLONG,
            MYSQL_TYPE_YEAR:
            form = .integer
        case MYSQL_TYPE_FLOAT, MYSQL_TYPE_DOUBLE:
            form = .double
        case MYSQL_TYPE_TINY_BLOB, MYSQL_TYPE_BLOB, MYSQL_TYPE_MEDIUM_BLOB, MYSQL_TYPE_LONG_BLOB,
            MYSQL_TYPE_VAR_STRING, MYSQL_TYPE_STRING, MYSQL_TYPE_BIT, MYSQL_TYPE_GEOMETRY:
            form = field.charsetnr == Self.binary ? .bytes : .text
        default:
            form = .text
        }
    }

    /// A value in the text protocol.
    func value(_ text: UnsafeRawBufferPointer) -> MySQLValue {
        switch form {
        case .bytes:
            return .bytes(Array(text))
        case .text:
            return .text(String(decoding: text, as: UTF8.self))
        case .integer:
            let text = String(decoding: text, as: UTF8.self)
            return Int64(text).map { .int($0) } ?? .text(text)
        case .double:
            let text = String(decoding: text, as: UTF8.self)
            return Double(text).map { .double($0) } ?? .text(text)
        }
    }

    /// The number of the character set of binary strings.
    private static let binary: UInt32 = 63
}
