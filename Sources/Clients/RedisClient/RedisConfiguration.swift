import FoundationEssentials

/// Where a Redis server is and how long to wait for it.
package struct RedisConfiguration: Sendable {
    /// An address or a name.
    ///
    /// A name is resolved by a blocking call on the client's own thread: prefer an address.
    package var host: String
    package var port: Int
    package var username: String?
    package var password: String?
    /// The number of the logical database, selected on each connection.
    package var database: Int
    /// The limit on one connection attempt: TCP handshake, authentication and the first `PING` together.
    package var connectTimeout: Duration
    /// The limit on one command, from the call to its reply, unless the call says otherwise.
    package var commandTimeout: Duration
    /// How many commands may wait or be in flight at once; a command above it fails as ``RedisError/Kind/overloaded``.
    package var maximumPending: Int

    package init(
        host: String = "127.0.0.1",
        port: Int = 6379,
        username: String? = nil,
        password: String? = nil,
        database: Int = 0,
        connectTimeout: Duration = .milliseconds(250),
        commandTimeout: Duration = .milliseconds(500),
        maximumPending: Int = 20_000
    ) {
        self.host = host
        self.port = port
        self.username = username
        self.password = password
        self.database = database
        self.connectTimeout = connectTimeout
        self.commandTimeout = commandTimeout
        self.maximumPending = maximumPending
    }

    /// Reads `redis://[user[:password]@]host[:port][/database]`.
    ///
    /// - Throws: ``RedisURLError`` when the text is not such a URL.
    package init(url: String) throws {
        guard let parts = URLComponents(string: url), parts.scheme == "redis" else {
            throw RedisURLError(reason: "it does not start with redis://")
        }
        guard let host = parts.host, !host.isEmpty else {
            throw RedisURLError(reason: "it names no host")
        }
        guard (1...65_535).contains(parts.port ?? 6379) else {
            throw RedisURLError(reason: "its port is not between 1 and 65535")
        }
        let path = parts.path.drop { $0 == "/" }
        guard let database = path.isEmpty ? 0 : Int(path), database >= 0 else {
            throw RedisURLError(reason: "its path is not the number of a database")
        }
        let user = parts.user.flatMap { $0.isEmpty ? nil : $0 }
        self.init(
            host: host,
            port: parts.port ?? 6379,
            username: user,
            password: parts.password,
            database: database
        )
    }
}

/// A text that was to be the URL of a Redis server and is not one.
package struct RedisURLError: Error, Sendable, CustomStringConvertible {
    package let reason: String

    /// Without the text itself: wherever its writer put the password, it does not belong in a log.
    package var description: String {
        "Cannot read the Redis URL (not shown, it may hold a password): \(reason). Write redis://[user:password@]host[:port][/database]."
    }
}
