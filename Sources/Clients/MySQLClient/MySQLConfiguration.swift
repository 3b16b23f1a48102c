import FoundationEssentials

/// Where a MySQL or MariaDB server is, who we are there, and how long to wait for it.
package struct MySQLConfiguration: Sendable {
    package var host: String
    package var port: Int
    package var user: String
    package var password: String
    package var database: String
    /// Connections kept, and threads: each statement occupies one of both while it runs.
    package var poolSize: Int
    /// The limit on a connection attempt.
    ///
    /// The connector counts in whole seconds; parts are rounded up.
    package var connectTimeout: Duration
    /// The limit on each wait for the server (a read or a write).
    ///
    /// Whole seconds too.
    package var readTimeout: Duration
    /// How long a statement may wait for a free connection.
    package var acquireTimeout: Duration
    /// How many statements may run or wait for a connection; one more fails as ``MySQLError/Kind/poolExhausted``.
    package var maximumPending: Int

    package init(
        host: String = "127.0.0.1",
        port: Int = 3306,
        user: String,
        password: String,
        database: String,
        poolSize: Int = 10,
        connectTimeout: Duration = .seconds(1),
        readTimeout: Duration = .seconds(2),
        acquireTimeout: Duration = .seconds(2),
        maximumPending: Int = 2_000
    ) {
        self.host = host
        self.port = port
        self.user = user
        self.password = password
        self.database = database
        self.poolSize = poolSize
        self.connectTimeout = connectTimeout
        self.readTimeout = readTimeout
        self.acquireTimeout = acquireTimeout
        self.maximumPending = maximumPending
    }

    /// Reads `mysql://user[:password]@host[:port]/database`.
    ///
    /// - Throws: ``MySQLURLError`` when the text is not such a URL.
    package init(url: String) throws {
        guard let parts = URLComponents(string: url), parts.scheme == "mysql" else {
            throw MySQLURLError(reason: "it does not start with mysql://")
        }
        guard let host = parts.host, !host.isEmpty else {
            throw MySQLURLError(reason: "it names no host")
        }
        guard (1...65_535).contains(parts.port ?? 3306) else {
            throw MySQLURLError(reason: "its port is not between 1 and 65535")
        }
        guard let user = parts.user, !user.isEmpty else {
            throw MySQLURLError(reason: "it names no user")
        }
        self.init(
            host: host,
            port: parts.port ?? 3306,
            user: user,
            password: parts.password ?? "",
            database: String(parts.path.drop { $0 == "/" })
        )
    }
}

/// A text that was to be the URL of a MySQL server and is not one.
package struct MySQLURLError: Error, Sendable, CustomStringConvertible {
    package let reason: String

    /// Without the text itself: wherever its writer put the password, it does not belong in a log.
    package var description: String {
        "Cannot read the MySQL URL (not shown, it may hold a password): \(reason). Write mysql://user[:password]@host[:port]/database."
    }
}
