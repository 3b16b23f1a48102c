import Environment
import Logging
import MySQLClient

@testable import FaultInjection

/// A MariaDB of one's own behind a proxy `p`.
struct ProxiedMySQL: Sendable {
    let proxy: TestProxy
    /// Through the proxy, one connection at a time, and soon out of patience.
    let client: MySQLClient
    /// Past the proxy, to see what really happened.
    let direct: MySQLClient

    static func with(
        speaking spoken: ProxiedProtocol? = nil,
        _ body: @escaping @Sendable (ProxiedMySQL) async throws -> Void
    ) async throws {
        let supervisor = try await Supervisor.start(
            executable: TestPaths.seatstorm,
            directory: TestPaths.privateFolder("proxied-mysql")
        )
        let result: Result<Void, any Error>
        do {
            let server = try await MariaDBServer.start(supervisor: supervisor)
            try await TestProxy.with { proxy in
                let listen = try await proxy.create(upstream: "127.0.0.1:\(server.port)", speaking: spoken)
                let url = server.url.replacing("127.0.0.1:\(server.port)", with: listen)
                let mysql = ProxiedMySQL(proxy: proxy, client: try client(url), direct: try client(server.url))
                _ = try await mysql.direct.execute("CREATE TABLE seats (id INT PRIMARY KEY, owner VARCHAR(40))")
                try await body(mysql)
                await mysql.client.close()
                await mysql.direct.close()
            }
            result = .success(())
        } catch {
            result = .failure(error)
        }
        await supervisor.stopAll()
        try result.get()
    }

    private static func client(_ url: String) throws -> MySQLClient {
        var configuration = try MySQLConfiguration(url: url)
        configuration.poolSize = 1
        configuration.readTimeout = .seconds(2)
        return try MySQLClient(configuration, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    }

    func seats() async throws -> Int64 {
        try await direct.query("SELECT COUNT(*) AS n FROM seats")[0].int("n")
    }
}
