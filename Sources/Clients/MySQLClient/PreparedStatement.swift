import CMariaDB

/// A statement that the server has parsed, on one connection.
final class PreparedStatement {
    struct Failure: Error {
        let code: UInt32
        let text: String
        let phase: StatementPhase
    }

    private let handle: UnsafeMutablePointer<MYSQL_STMT>
    private let columns: [ColumnReader]
    let parameterCount: Int

    init(_ sql: String, on connection: UnsafeMutablePointer<MYSQL>) throws(Failure) {
        guard let handle = mysql_stmt_init(connection) else {
            throw Failure(code: mysql_errno(connection), text: "no memory for a statement", phase: .preparing)
        }
        self.handle = handle
        var sql = sql
        let status = sql.withUTF8 { text in
            text.withMemoryRebound(to: CChar.self) { mysql_stmt_prepare(handle, $0.baseAddress, UInt($0.count)) }
        }
        guard status == 0 else {
            let failure = Self.failure(handle, phase: .preparing)
            mysql_stmt_close(handle)
            throw failure
        }
        parameterCount = Int(mysql_stmt_param_count(handle))
        columns = Self.columns(of: handle)
    }

    deinit {
        // After the connection was closed this only frees memory.
        mysql_stmt_close(handle)
    }

    func run(_ parameters: [MySQLValue]) throws(Failure) -> (rows: [MySQLRow], result: MySQLResult) {
        let binding = ParameterBinding(parameters)
        if !parameters.isEmpty, mysql_stmt_bind_param(handle, binding.binds.baseAddress) != 0 {
            throw Self.failure(handle, phase: .preparing)
        }
        guard mysql_stmt_execute(handle) == 0 else { throw Self.failure(handle, phase: .executing) }
        // The binding's memory is read during `execute`, so it must live until here.
        _ = consume binding
        defer { mysql_stmt_free_result(handle) }
        let rows = columns.isEmpty ? [] : try fetch()
        let affected = mysql_stmt_affected_rows(handle)
        return (
            rows,
            MySQLResult(
                affectedRows: affected == .max ? 0 : affected,
                lastInsertID: mysql_stmt_insert_id(handle)
            )
        )
    }

    private func fetch() throws(Failure) -> [MySQLRow] {
        let buffer = ResultBuffer(columns)
        guard mysql_stmt_bind_result(handle, buffer.binds.baseAddress) == 0, mysql_stmt_store_result(handle) == 0 else {
            throw Self.failure(handle, phase: .executing)
        }
        let names = columns.map(\.name)
        var rows: [MySQLRow] = []
        rows.reserveCapacity(Int(mysql_stmt_num_rows(handle)))
        while true {
            switch mysql_stmt_fetch(handle) {
            case 0, MYSQL_DATA_TRUNCATED:
                // "Truncated" is expected: the lengths of texts are only known now.
                rows.append(MySQLRow(columns: names, values: buffer.values(of: handle, columns)))
            case MYSQL_NO_DATA:
                return rows
            default:
                throw Self.failure(handle, phase: .executing)
            }
        }
    }

    private static func columns(of handle: UnsafeMutablePointer<MYSQL_STMT>) -> [ColumnReader] {
        guard let metadata = mysql_stmt_result_metadata(handle) else { return [] }
        defer { mysql_free_result(metadata) }
        guard let fields = mysql_fetch_fields(metadata) else { return [] }
        return (0..<Int(mysql_num_fields(metadata))).map { ColumnReader(fields[$0]) }
    }

    private static func failure(_ handle: UnsafeMutablePointer<MYSQL_STMT>, phase: StatementPhase) -> Failure {
        Failure(code: mysql_stmt_errno(handle), text: String(cString: mysql_stmt_error(handle)), phase: phase)
    }
}
