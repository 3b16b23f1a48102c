/// One row of a result, read by the names of its columns.
package struct MySQLRow: Sendable, Equatable {
    /// The names of the columns, in the order of the statement.
    package let columns: [String]
    package let values: [MySQLValue]

    package init(columns: [String], values: [MySQLValue]) {
        self.columns = columns
        self.values = values
    }

    /// The column of this name; `nil` when the result has none (a column that is NULL is ``MySQLValue/null``).
    package subscript(_ column: String) -> MySQLValue? {
        columns.firstIndex(of: column).map { values[$0] }
    }

    package subscript(_ index: Int) -> MySQLValue {
        values[index]
    }

    /// A whole number: an integer column, or one whose value is whole (`SUM` is a `DECIMAL`, `? + 1` a `DOUBLE`).
    package func int(_ column: String) throws(MySQLRowError) -> Int64 {
        try require(optionalInt(column), column, "an integer")
    }

    package func string(_ column: String) throws(MySQLRowError) -> String {
        try require(optionalString(column), column, "text")
    }

    package func double(_ column: String) throws(MySQLRowError) -> Double {
        try require(optionalDouble(column), column, "a number")
    }

    package func bytes(_ column: String) throws(MySQLRowError) -> [UInt8] {
        switch try value(column) {
        case .bytes(let bytes): bytes
        case .text(let text): Array(text.utf8)
        case .null, .int, .double: throw MySQLRowError(column: column, expected: "bytes", row: self)
        }
    }

    /// A number, or `nil` when the column is NULL.
    package func optionalInt(_ column: String) throws(MySQLRowError) -> Int64? {
        switch try value(column) {
        case .null: return nil
        case .int(let integer): return integer
        case .text(let text):
            if let integer = Int64(text) {
                return integer
            }
        case .double(let double):
            if let integer = Int64(exactly: double) {
                return integer
            }
        case .bytes: break
        }
        throw MySQLRowError(column: column, expected: "an integer", row: self)
    }

    /// Text, or `nil` when the column is NULL.
    package func optionalString(_ column: String) throws(MySQLRowError) -> String? {
        switch try value(column) {
        case .null: return nil
        case .text(let text): return text
        case .int(let integer): return String(integer)
        case .bytes(let bytes):
            if let text = String(validating: bytes, as: UTF8.self) {
                return text
            }
        case .double: break
        }
        throw MySQLRowError(column: column, expected: "text", row: self)
    }

    /// A number, or `nil` when the column is NULL.
    package func optionalDouble(_ column: String) throws(MySQLRowError) -> Double? {
        switch try value(column) {
        case .null: return nil
        case .double(let double): return double
        case .int(let integer): return Double(integer)
        case .text(let text):
            if let double = Double(text) {
                return double
            }
        case .bytes: break
        }
        throw MySQLRowError(column: column, expected: "a number", row: self)
    }

    private func value(_ column: String) throws(MySQLRowError) -> MySQLValue {
        guard let value = self[column] else { throw MySQLRowError(column: column, expected: "a column", row: self) }
        return value
    }

    private func require<T>(_ value: T?, _ column: String, _ expected: String) throws(MySQLRowError) -> T {
        guard let value else { throw MySQLRowError(column: column, expected: expected, row: self) }
        return value
    }
}

/// A column that a row does not have, or that is not what the reader took it for.
package struct MySQLRowError: Error, Sendable, Equatable, CustomStringConvertible {
    package let column: String
    package let description: String

    init(column: String, expected: String, row: MySQLRow) {
        self.column = column
        let found =
            switch row[column] {
            case nil: "the result has only \(row.columns.joined(separator: ", "))"
            case .null: "it is NULL"
            case .int: "it is an integer"
            case .double: "it is a floating-point number"
            case .text: "it is text"
            case .bytes: "it is bytes"
            }
        description = "Reading column \"\(column)\" of a row as \(expected): \(found)."
    }
}
