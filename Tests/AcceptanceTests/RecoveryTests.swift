import Contract
import Environment
import Foundation
import FoundationNetworking
import Glibc
import Logging
import MySQLClient
import Testing

/// Every part of the suite dies, or freezes, once, while people buy.
@Suite("The suite recovers by itself", .serialized)
struct RecoveryTests {
    @Test(
        "kill -9 of each service, of Redis and of MariaDB, and a broker frozen for 10 s, under load: every order ends, nothing is sold twice or charged for nothing"
    )
    func everythingOnce() async throws {
        try await withSuite { suite in
            let run = try Seatstorm(
                ["run", "--no-color", Seatstorm.scenario("recovery")],
                environment: Seatstorm.variables(of: suite.addresses)
            )
            defer { run.remove() }
            // A charge takes its time, so that whoever dies leaves orders half-way.
            try await Self.slowPayment(suite)
            try await run.waitFor("load started")
            let sales = try Sales(suite.addresses)
            try await sales.waitForMore()
            for service in ServiceName.allCases {
                try await Self.kill(service.rawValue, of: suite)
                try await suite.waitUntilReady(service)
                try await sales.waitForMore()
            }
            for store in ["redis", "mariadb"] {
                try await Self.kill(store, of: suite)
                for service in ServiceName.allCases { try await suite.waitUntilReady(service) }
                try await sales.waitForMore()
            }
            try await suite.supervisor.signal("kafka", SIGSTOP)
            // Not waited for: ten seconds is how long the broker is to be frozen.
            try await Task.sleep(for: .seconds(10))
            try await suite.supervisor.signal("kafka", SIGCONT)
            try await sales.waitForMore()
            #expect(!run.text.contains("load stopped"), "the load ended before the last recovery was seen")

            try await run.waitForExit()
            #expect(run.exitCode == 0, "\(run.text)")
            let invariants = try #require(try run.summary()["invariants"] as? [[String: Any]])
            #expect(invariants.allSatisfy { $0["verdict"] as? String == "holds" })
            #expect(try await sales.mistakes() == [:])
            await sales.close()
            #expect(suite.failures.isEmpty)
            try Self.findNoSecrets(in: suite)
        }
    }

    /// Looks for what nobody may read in what the processes said at level debug, through all these failures.
    private static func findNoSecrets(in suite: EmbeddedSuite) throws {
        let folder = suite.supervisor.directory
        func read(_ file: String) throws -> String { try String(contentsOfFile: folder + "/" + file, encoding: .utf8) }
        var secrets = try read("mysql.passwords").split(separator: "\n").compactMap { $0.split(separator: "=").last }
        secrets.append(contentsOf: try read("auth.secret").split(separator: "\n"))
        #expect(secrets.count == ServiceName.allCases.count + 1)
        // How every token begins: {"alg":
        secrets.append("eyJhbGciOi")
        for service in ServiceName.allCases {
            let log = try read("\(service.rawValue).log")
            #expect(log.contains(#""level":"debug""#), "the log of \(service) is not what it was to be")
            for secret in secrets { #expect(!log.contains(secret), "\(service) logs a secret: \(secret.prefix(12))…") }
        }
        for file in ["migrate.log", "supervisor.log", "mariadb.log", "redis.log"] {
            guard let log = try? read(file) else { continue }
            for secret in secrets { #expect(!log.contains(secret), "\(file) has a secret") }
        }
    }

    private static func slowPayment(_ suite: EmbeddedSuite) async throws {
        var request = URLRequest(
            url: try #require(URL(string: suite.addresses.url(of: .payment) + "/api/admin/faults"))
        )
        request.httpMethod = "PUT"
        let token = suite.tokens.token(user: "recovery", scopes: [.admin])
        request.setValue("Bearer \(token)", forHTTPHeaderField: "Authorization")
        request.httpBody = try JSONEncoder().encode(
            PaymentFaults(delay: .init(distribution: .constant, valueMs: 400))
        )
        let (body, answer) = try await URLSession.shared.data(for: request)
        #expect((answer as? HTTPURLResponse)?.statusCode == 200, "\(String(decoding: body, as: UTF8.self))")
    }

    /// Kills it and starts it again, as whoever watches over processes would; how the suite goes on is its own matter.
    private static func kill(_ name: String, of suite: EmbeddedSuite) async throws {
        try await suite.supervisor.signal(name, SIGKILL)
        _ = try await suite.supervisor.waitForExit(name, within: .seconds(5))
        try await suite.supervisor.restart(name)
    }

    private func withSuite(_ body: (EmbeddedSuite) async throws -> Void) async throws {
        var configuration = SuiteConfiguration(
            directory: TestPaths.privateFolder("recovery"),
            seatstorm: Seatstorm.executable("seatstorm").path,
            ticketing: Seatstorm.executable("ticketing").path
        )
        configuration.usesFaultProxy = false
        configuration.logLevel = "debug"
        let suite = try await EmbeddedSuite.start(configuration)
        do {
            try await body(suite)
        } catch {
            await suite.stop()
            throw error
        }
        await suite.stop()
    }
}

/// What MySQL knows of orders, asked directly.
private struct Sales {
    private let mysql: MySQLClient

    init(_ addresses: SuiteAddresses) throws {
        var logger = Logger(label: "recovery")
        logger.logLevel = .critical
        mysql = try MySQLClient(MySQLConfiguration(url: addresses.mysql ?? ""), logger: logger)
    }

    /// Waits until an order that was made from now on is CONFIRMED: the whole path works again.
    func waitForMore(within limit: Duration = .seconds(30)) async throws {
        let newest = "SELECT CAST(COALESCE(MAX(created_at), '2000-01-01') AS CHAR) AS newest FROM orders"
        var since: String?
        try await waitUntil("a new order is confirmed", within: limit) {
            guard let newest = since else {
                since = try await mysql.query(newest).first?.string("newest")
                return false
            }
            let rows = try await mysql.query(
                "SELECT 1 AS one FROM orders WHERE status = 'CONFIRMED' AND created_at > ? LIMIT 1",
                [.text(newest)]
            )
            return !rows.isEmpty
        }
    }

    /// What must not be, by its name, with how often it is; nothing when all is well.
    func mistakes() async throws -> [String: Int64] {
        let queries = [
            "orders that did not end": """
            SELECT COUNT(*) AS n FROM orders WHERE status NOT IN ('CONFIRMED', 'CANCELLED', 'REFUNDED')
            """,
            "seats with two tickets": """
            SELECT COUNT(*) AS n FROM (SELECT 1 FROM tickets GROUP BY event_id, seat_id HAVING COUNT(*) > 1) AS twice
            """,
            "charges with neither ticket nor refund": """
            SELECT COUNT(*) AS n FROM payments WHERE status = 'success'
            AND NOT EXISTS (SELECT 1 FROM tickets WHERE tickets.order_id = payments.order_id)
            """,
            "tickets without a charge": """
            SELECT COUNT(*) AS n FROM tickets WHERE NOT EXISTS
            (SELECT 1 FROM payments WHERE payments.order_id = tickets.order_id AND payments.status = 'success')
            """,
        ]
        var found: [String: Int64] = [:]
        for (name, query) in queries {
            let count = try await mysql.query(query).first?.int("n") ?? -1
            if count != 0 { found[name] = count }
        }
        return found
    }

    func close() async { await mysql.close() }
}
