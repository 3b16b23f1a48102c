import CMariaDB

/// The parameters of one execution, in memory that stays where it is until the statement has run.
struct ParameterBinding: ~Copyable {
    let binds: UnsafeMutableBufferPointer<MYSQL_BIND>
    private let storage: UnsafeMutableRawPointer

    init(_ parameters: [MySQLValue]) {
        binds = .allocate(capacity: parameters.count)
        storage = .allocate(byteCount: max(1, parameters.reduce(0) { $0 + Self.size(of: $1) }), alignment: 8)
        var next = storage
        for (index, parameter) in parameters.enumerated() {
            var bind = MYSQL_BIND()
            bind.buffer = next
            switch parameter {
            case .null:
                bind.buffer_type = MYSQL_TYPE_NULL
            case .int(let integer):
                bind.buffer_type = MYSQL_TYPE_LONGLONG
                next.storeBytes(of: integer, as: Int64.self)
            case .double(let double):
                bind.buffer_type = MYSQL_TYPE_DOUBLE
                next.storeBytes(of: double, as: Double.self)
            case .text(var text):
                bind.buffer_type = MYSQL_TYPE_STRING
                bind.buffer_length = text.withUTF8 { Self.copy(UnsafeRawBufferPointer($0), to: next) }
            case .bytes(let bytes):
                bind.buffer_type = MYSQL_TYPE_BLOB
                bind.buffer_length = bytes.withUnsafeBytes { Self.copy($0, to: next) }
            }
            binds.initializeElement(at: index, to: bind)
            next += Self.size(of: parameter)
        }
    }

    deinit {
        binds.deallocate()
        storage.deallocate()
    }

    private static func copy(_ source: UnsafeRawBufferPointer, to target: UnsafeMutableRawPointer) -> UInt {
        if let start = source.baseAddress {
            target.copyMemory(from: start, byteCount: source.count)
        }
        return UInt(source.count)
    }

    /// Rounded up to 8, so that every value is aligned.
    private static func size(of parameter: MySQLValue) -> Int {
        switch parameter {
        case .null, .int, .double: 8
        case .text(let text): (text.utf8.count + 7) & ~7
        case .bytes(let bytes): (bytes.count + 7) & ~7
        }
    }
}
