import CMariaDB

/// Where the connector puts the numbers of a row, and says how long its texts are.
struct ResultBuffer: ~Copyable {
    let binds: UnsafeMutableBufferPointer<MYSQL_BIND>
    private let numbers: UnsafeMutableRawPointer
    private let lengths: UnsafeMutablePointer<UInt>
    private let nulls: UnsafeMutablePointer<my_bool>

    init(_ columns: [ColumnReader]) {
        let count = columns.count
        binds = .allocate(capacity: count)
        numbers = .allocate(byteCount: 8 * count, alignment: 8)
        lengths = .allocate(capacity: count)
        nulls = .allocate(capacity: count)
        numbers.initializeMemory(as: UInt64.self, repeating: 0, count: count)
        lengths.initialize(repeating: 0, count: count)
        nulls.initialize(repeating: 0, count: count)
        for (index, column) in columns.enumerated() {
            var bind = MYSQL_BIND()
            bind.buffer = numbers + 8 * index
            bind.length = lengths + index
            bind.is_null = nulls + index
            bind.is_unsigned = column.isUnsigned ? 1 : 0
            switch column.form {
            case .integer:
                bind.buffer_type = MYSQL_TYPE_LONGLONG
                bind.buffer_length = 8
            case .double:
                bind.buffer_type = MYSQL_TYPE_DOUBLE
                bind.buffer_length = 8
            case .text, .bytes:
                // No room yet: the length comes first, then `mysql_stmt_fetch_column` copies into memory of that size.
                bind.buffer_type = column.form == .text ? MYSQL_TYPE_STRING : MYSQL_TYPE_BLOB
            }
            binds.initializeElement(at: index, to: bind)
        }
    }

    deinit {
        binds.deallocate()
        numbers.deallocate()
        lengths.deallocate()
        nulls.deallocate()
    }

    /// The values of the row that was just fetched.
    func values(of statement: UnsafeMutablePointer<MYSQL_STMT>, _ columns: [ColumnReader]) -> [MySQLValue] {
        columns.enumerated().map { index, column in
            guard nulls[index] == 0 else { return .null }
            let number = numbers + 8 * index
            switch column.form {
            case .integer where column.isUnsigned:
                let unsigned = number.load(as: UInt64.self)
                return Int64(exactly: unsigned).map { .int($0) } ?? .text(String(unsigned))
            case .integer:
                return .int(number.load(as: Int64.self))
            case .double:
                return .double(number.load(as: Double.self))
            case .text:
                return .text(String(decoding: bytes(of: statement, index), as: UTF8.self))
            case .bytes:
                return .bytes(bytes(of: statement, index))
            }
        }
    }

    private func bytes(of statement: UnsafeMutablePointer<MYSQL_STMT>, _ index: Int) -> [UInt8] {
        let length = Int(lengths[index])
        guard length > 0 else { return [] }
        return Array(unsafeUninitializedCapacity: length) { target, count in
            var bind = MYSQL_BIND()
            var copied: UInt = 0
            bind.buffer = UnsafeMutableRawPointer(target.baseAddress)
            bind.buffer_length = UInt(length)
            bind.buffer_type = binds[index].buffer_type
            let status = withUnsafeMutablePointer(to: &copied) { pointer in
                bind.length = pointer
                return mysql_stmt_fetch_column(statement, &bind, UInt32(index), 0)
            }
            count = status == 0 ? length : 0
        }
    }
}
