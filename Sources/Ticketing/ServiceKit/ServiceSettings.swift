import Contract
import KafkaClient
import Logging
import MySQLClient
import RedisClient

/// What a service process is told by its environment variables; read once, never changed.
package struct ServiceSettings: Sendable {
    /// How callers prove who they are.
    package enum Authentication: Sendable, Equatable {
        /// Bearer JWT, HS256 with this secret of at least 32 bytes.
        case secret([UInt8])
        /// Nobody proves anything: the user is the header `X-Caller-Id`, or `anonymous`.
        case off
    }

    package var name: ServiceName
    /// The address to listen on; 127.0.0.1 unless `HOST` says otherwise.
    package var host: String
    /// The port to listen on; 0 lets the system choose.
    package var port: Int
    package var redisURL: String?
    package var mysqlURL: String?
    package var kafkaBrokers: String?
    package var reservationURL: String?
    package var paymentURL: String?
    package var authentication: Authentication
    package var logLevel: Logger.Level
    /// Requests that may be worked on at once; past it the answer is 503, at once.
    package var maximumConcurrency: Int
    /// Event loop threads.
    package var threads: Int
    /// How long a request may take to arrive, from its first byte to its last.
    package var requestReadTimeout: Duration
    /// How long a connection is kept on which nothing is under way; longer than nginx and our own clients keep theirs (60 s), so that
    /// they never send on one that is being closed.
    package var idleTimeout: Duration
    /// How long a Redis command may take.
    package var redisTimeout: Duration
    /// Where traces go; nowhere unless `OTEL_EXPORTER_OTLP_ENDPOINT` says so.
    package var traceEndpoint: OTLPEndpoint?

    /// Settings with everything optional left out; for tests and tools.
    package init(name: ServiceName, port: Int = 0, authentication: Authentication) {
        self.name = name
        self.host = "127.0.0.1"
        self.port = port
        self.authentication = authentication
        self.logLevel = .info
        self.maximumConcurrency = 8192
        self.threads = 1
        self.requestReadTimeout = .seconds(10)
        self.idleTimeout = .seconds(75)
        self.redisTimeout = .milliseconds(500)
    }

    /// Reads the settings of the service `name`.
    ///
    /// - Parameters:
    ///   - name: The service; it decides the default port and which variables must be there.
    ///   - environment: The process' environment.
    ///   - port: Overrides `PORT`.
    /// - Returns: The settings, complete for that service.
    /// - Throws: ``SettingsError`` with every problem found.
    package static func read(
        _ name: ServiceName,
        environment: [String: String],
        port: Int? = nil
    ) throws(SettingsError) -> ServiceSettings {
        var problems: [String] = []
        var settings = ServiceSettings(
            name: name,
            port: port ?? number("PORT", in: environment, 0...65535, name.port, &problems),
            authentication: readAuthentication(environment, &problems)
        )
        settings.host = environment["HOST"].nonEmpty ?? "127.0.0.1"
        settings.redisURL = SecretFile.value(of: "REDIS_URL", in: environment, &problems)
        settings.mysqlURL = SecretFile.value(of: "MYSQL_URL", in: environment, &problems)
        settings.kafkaBrokers = environment["KAFKA_BROKERS"].nonEmpty
        settings.reservationURL = environment["RESERVATION_URL"].nonEmpty
        settings.paymentURL = environment["PAYMENT_URL"].nonEmpty
        settings.maximumConcurrency = number("MAX_CONCURRENCY", in: environment, 1...1_000_000, 8192, &problems)
        settings.threads = number("SERVICE_THREADS", in: environment, 1...256, 1, &problems)
        settings.requestReadTimeout = .milliseconds(
            number("REQUEST_READ_TIMEOUT_MS", in: environment, 100...600_000, 10_000, &problems)
        )
        settings.redisTimeout = .milliseconds(number("REDIS_TIMEOUT_MS", in: environment, 1...60_000, 500, &problems))
        if let text = environment["LOG_LEVEL"].nonEmpty {
            if let level = Logger.Level(rawValue: text.lowercased()) {
                settings.logLevel = level
            } else {
                let levels = Logger.Level.allCases.map(\.rawValue).joined(separator: ", ")
                problems.append("LOG_LEVEL is \"\(text)\"; it must be one of \(levels)")
            }
        }
        if let text = environment[OTLPEndpoint.variable].nonEmpty {
            settings.traceEndpoint = OTLPEndpoint(text)
            if settings.traceEndpoint == nil {
                problems.append("\(OTLPEndpoint.variable) is \"\(text)\"; it must be a base URL: http://host:port")
            }
        }
        for variable in required(by: name) where !SecretFile.isSet(variable, in: environment) {
            problems.append("\(variable) is not set, and \(name.rawValue) needs it")
        }
        guard problems.isEmpty else { throw SettingsError(service: name, problems: problems) }
        return settings
    }

    private static func required(by name: ServiceName) -> [String] {
        switch name {
        case .catalog: ["REDIS_URL", "MYSQL_URL"]
        case .reservation: ["REDIS_URL", "MYSQL_URL", "KAFKA_BROKERS"]
        case .order: ["MYSQL_URL", "KAFKA_BROKERS", "RESERVATION_URL", "PAYMENT_URL"]
        case .payment: ["MYSQL_URL"]
        }
    }

    private static func number(
        _ variable: String,
        in environment: [String: String],
        _ range: ClosedRange<Int>,
        _ whenAbsent: Int,
        _ problems: inout [String]
    ) -> Int {
        guard let text = environment[variable].nonEmpty else { return whenAbsent }
        guard let value = Int(text), range.contains(value) else {
            problems.append(
                "\(variable) is \"\(text)\"; it must be a whole number from \(range.lowerBound) to \(range.upperBound)"
            )
            return whenAbsent
        }
        return value
    }

    private static func readAuthentication(
        _ environment: [String: String],
        _ problems: inout [String]
    ) -> Authentication {
        if let mode = environment["AUTH"].nonEmpty {
            if mode.lowercased() == "off" { return .off }
            if mode.lowercased() != "on" { problems.append("AUTH is \"\(mode)\"; it must be on or off") }
        }
        guard SecretFile.isSet("AUTH_SECRET", in: environment) else {
            problems.append("neither AUTH_SECRET nor AUTH_SECRET_FILE is set; set one, or AUTH=off for tools")
            return .off
        }
        guard let text = SecretFile.value(of: "AUTH_SECRET", in: environment, &problems) else { return .off }
        let secret = Array(text.utf8)
        if secret.count < 32 { problems.append("the auth secret has \(secret.count) bytes; it needs at least 32") }
        return .secret(secret)
    }
}

extension Optional where Wrapped == String {
    fileprivate var nonEmpty: String? {
        guard let self, !self.isEmpty else { return nil }
        return self
    }
}

/// Why a service cannot start: everything that is wrong with its environment variables.
package struct SettingsError: Error, Sendable, CustomStringConvertible {
    package let service: ServiceName
    package let problems: [String]

    package var description: String {
        "\(service.rawValue) cannot start:\n" + problems.map { "  \($0)" }.joined(separator: "\n")
    }
}

/// Opening the stores that the settings name; none of these waits for the store to answer.
extension ServiceSettings {
    /// A client of the Redis that `REDIS_URL` names.
    package func openRedis(logger: Logger) throws -> RedisClient {
        var configuration = try RedisConfiguration(url: try named("REDIS_URL", redisURL))
        configuration.commandTimeout = redisTimeout
        let gate = Dependency("redis", limit: configuration.maximumPending)
        let redis = RedisClient(configuration, logger: logger, gate: gate)
        StoreGauges.observe(redis, of: name)
        return redis
    }

    /// A client of the database that `MYSQL_URL` names.
    package func openMySQL(logger: Logger) throws -> MySQLClient {
        let configuration = try MySQLConfiguration(url: try named("MYSQL_URL", mysqlURL))
        let gate = Dependency("mysql", limit: configuration.maximumPending)
        let mysql = try MySQLClient(configuration, logger: logger, gate: gate)
        StoreGauges.observe(mysql, of: name)
        return mysql
    }

    /// The brokers that `KAFKA_BROKERS` names.
    package func kafkaConfiguration() throws -> KafkaConfiguration {
        KafkaConfiguration(
            bootstrapServers: try named("KAFKA_BROKERS", kafkaBrokers),
            clientID: "ticketing-\(name.rawValue)"
        )
    }

    /// The value of a setting that must be there.
    package func named(_ variable: String, _ value: String?) throws(SettingsError) -> String {
        guard let value else { throw SettingsError(service: name, problems: ["\(variable) is not set"]) }
        return value
    }
}
