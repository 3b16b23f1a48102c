import CMariaDB
import Glibc

/// One connection to the server.
///
/// Its calls block: use it only inside the closure that it is given to, and never keep it.
///
/// Statements with parameters are prepared once a connection; those without go as text. The session's time zone is UTC,
/// its character set utf8mb4, its SQL mode strict.
///
/// `@unchecked Sendable`: the connector allows a connection to move between threads as long as one uses it at a time;
/// it is either in the pool's stack of idle ones or owned by exactly one job (or session, which has a lock).
package final class MySQLConnection: @unchecked Sendable {
    private let handle: UnsafeMutablePointer<MYSQL>
    private let server: String
    private var statements = StatementCache()

    /// Set by an error after which the session is gone or in doubt; such a connection is thrown away.
    private(set) var isBroken = false
    /// Statements answered since the connection was last taken from the pool.
    private(set) var answered = 0
    private var lastUse = ContinuousClock.now

    /// Connects and prepares the session.
    init(_ configuration: MySQLConfiguration) throws(MySQLError) {
        _ = Self.library
        server = "MySQL at \(configuration.host):\(configuration.port)"
        guard let handle = mysql_init(nil) else {
            throw MySQLError(kind: .unavailable, message: "No memory for a connection to \(server).")
        }
        self.handle = handle
        Self.setOptions(of: handle, configuration)
        let connected = mysql_real_connect(
            handle,
            configuration.host,
            configuration.user,
            configuration.password,
            configuration.database,
            UInt32(configuration.port),
            nil,
            0
        )
        guard connected != nil else {
            throw MySQLError(
                code: mysql_errno(handle),
                text: String(cString: mysql_error(handle)),
                phase: .connecting,
                doing: "Connecting to \(server) as \(configuration.user), database \(configuration.database)"
            )
        }
        // The connection's socket must not leak into child processes.
        _ = fcntl(mysql_get_socket(handle), F_SETFD, FD_CLOEXEC)
    }

    deinit {
        // First the connection: the statements then only free their memory, without a message to the server each.
        mysql_close(handle)
        statements.removeAll()
    }

    /// Runs a statement and returns its rows, all of them in memory.
    package func query(_ sql: String, _ parameters: [MySQLValue] = []) throws(MySQLError) -> [MySQLRow] {
        try run(sql, parameters).rows
    }

    /// Runs a statement for its effect.
    @discardableResult
    package func execute(_ sql: String, _ parameters: [MySQLValue] = []) throws(MySQLError) -> MySQLResult {
        try run(sql, parameters).result
    }

    private func run(
        _ sql: String,
        _ parameters: [MySQLValue]
    ) throws(MySQLError) -> (rows: [MySQLRow], result: MySQLResult) {
        guard !isBroken else {
            let message = "\(server), \(Self.excerpt(sql)): the connection was lost before. Nothing was executed."
            throw MySQLError(kind: .unavailable, message: message)
        }
        do {
            let outcome = parameters.isEmpty ? try runText(sql) : try runPrepared(sql, parameters)
            answered += 1
            return outcome
        } catch {
            statements.remove(sql)
            isBroken = isBroken || MySQLError.endsConnection(error.code)
            throw MySQLError(
                code: error.code,
                text: error.text,
                phase: error.phase,
                doing: "\(server), \(Self.excerpt(sql))"
            )
        }
    }

    private func runPrepared(
        _ sql: String,
        _ parameters: [MySQLValue]
    ) throws(PreparedStatement.Failure) -> (rows: [MySQLRow], result: MySQLResult) {
        let statement: PreparedStatement
        if let cached = statements.statement(for: sql) {
            statement = cached
        } else {
            statement = try PreparedStatement(sql, on: handle)
            statements.insert(statement, for: sql)
        }
        guard statement.parameterCount == parameters.count else {
            let text = "the statement has \(statement.parameterCount) parameters and was given \(parameters.count)"
            throw PreparedStatement.Failure(code: UInt32(ER_WRONG_ARGUMENTS), text: text, phase: .preparing)
        }
        return try statement.run(parameters)
    }

    private func runText(_ sql: String) throws(PreparedStatement.Failure) -> (rows: [MySQLRow], result: MySQLResult) {
        var sql = sql
        let status = sql.withUTF8 { text in
            text.withMemoryRebound(to: CChar.self) { mysql_real_query(handle, $0.baseAddress, UInt($0.count)) }
        }
        guard status == 0 else { throw failure() }
        guard let stored = mysql_store_result(handle) else {
            guard mysql_field_count(handle) == 0 else { throw failure() }
            let affected = mysql_affected_rows(handle)
            return ([], MySQLResult(affectedRows: affected, lastInsertID: mysql_insert_id(handle)))
        }
        defer { mysql_free_result(stored) }
        let rows = Self.rows(of: stored)
        return (rows, MySQLResult(affectedRows: 0, lastInsertID: 0))
    }

    private func failure() -> PreparedStatement.Failure {
        PreparedStatement.Failure(
            code: mysql_errno(handle),
            text: String(cString: mysql_error(handle)),
            phase: .executing
        )
    }

    private static func rows(of stored: UnsafeMutablePointer<MYSQL_RES>) -> [MySQLRow] {
        guard let fields = mysql_fetch_fields(stored) else { return [] }
        let columns = (0..<Int(mysql_num_fields(stored))).map { ColumnReader(fields[$0]) }
        let names = columns.map(\.name)
        var rows: [MySQLRow] = []
        while let row = mysql_fetch_row(stored), let lengths = mysql_fetch_lengths(stored) {
            let values = columns.enumerated().map { index, column in
                guard let start = row[index] else { return MySQLValue.null }
                return column.value(UnsafeRawBufferPointer(start: start, count: Int(lengths[index])))
            }
            rows.append(MySQLRow(columns: names, values: values))
        }
        return rows
    }

    /// The beginning of a statement, for messages.
    ///
    /// Parameters are not shown: they may be private.
    private static func excerpt(_ sql: String) -> String {
        let line = sql.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        return line.count <= 120 ? line : line.prefix(120) + "…"
    }
}

// MARK: - Session

extension MySQLConnection {
    /// How long an idle connection is believed in without asking.
    private static let trust = Duration.seconds(5)

    /// Prepares the connection for the next job.
    ///
    /// A server that ended closes its sockets, and says goodbye at most: anything to read here means that the session
    /// is over. A silent loss (a network that is cut) does not show, hence a ping after some seconds.
    ///
    /// - Returns: False when the connection is of no use any more.
    func wakeUp() -> Bool {
        answered = 0
        var watched = pollfd(fd: mysql_get_socket(handle), events: Int16(POLLIN | peerClosed), revents: 0)
        guard poll(&watched, 1, 0) == 0 else { return false }
        return lastUse.duration(to: .now) < Self.trust || mysql_ping(handle) == 0
    }

    /// Leaves nothing of the job in the session: no open transaction, no named lock.
    func settle(releasingLocks: Bool) {
        if !isBroken, handle.pointee.server_status & UInt32(SERVER_STATUS_IN_TRANS) != 0 {
            rollBack()
        }
        if !isBroken, releasingLocks {
            do {
                try execute("DO RELEASE_ALL_LOCKS()")
            } catch {
                isBroken = true
            }
        }
        lastUse = .now
    }

    /// Rolls back; a connection that cannot is thrown away, and then the server rolls back.
    func rollBack() {
        do {
            try execute("ROLLBACK")
        } catch {
            isBroken = true
        }
    }

    private static func setOptions(of handle: UnsafeMutablePointer<MYSQL>, _ configuration: MySQLConfiguration) {
        set(handle, MYSQL_OPT_CONNECT_TIMEOUT, seconds(configuration.connectTimeout))
        set(handle, MYSQL_OPT_READ_TIMEOUT, seconds(configuration.readTimeout))
        set(handle, MYSQL_OPT_WRITE_TIMEOUT, seconds(configuration.readTimeout))
        // Without this, "localhost" means a Unix socket.
        set(handle, MYSQL_OPT_PROTOCOL, MYSQL_PROTOCOL_TCP.rawValue)
        mysql_options(handle, MYSQL_SET_CHARSET_NAME, "utf8mb4")
        mysql_options(handle, MYSQL_INIT_COMMAND, sessionStatement)
    }

    private static func set(_ handle: UnsafeMutablePointer<MYSQL>, _ option: mysql_option, _ value: UInt32) {
        withUnsafePointer(to: value) { _ = mysql_options(handle, option, $0) }
    }

    private static func seconds(_ duration: Duration) -> UInt32 {
        let (seconds, attoseconds) = duration.components
        return UInt32(clamping: max(1, seconds + (attoseconds > 0 ? 1 : 0)))
    }

    private static let sessionStatement = """
        SET time_zone = '+00:00', \
        sql_mode = 'STRICT_TRANS_TABLES,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION'
        """

    /// The connector's global state, made once and before any thread needs it.
    private static let library: Int32 = mysql_server_init(0, nil, nil)
}

/// Linux's `POLLRDHUP`, which the header hides behind `_GNU_SOURCE`.
private let peerClosed: Int32 = 0x2000
