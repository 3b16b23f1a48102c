import Contract
import MySQLClient
import Testing
import TicketingTestKit

@testable import ServiceKit

@Suite("A database user for each service", .serialized)
struct ServiceGrantsTests {
    private static let first = String(repeating: "a", count: 16)
    private static let second = String(repeating: "b", count: 16)

    private static func passwords(_ password: String) throws -> ServicePasswords {
        try ServicePasswords(ServiceName.allCases.map { "\($0.rawValue)=\(password)\n" }.joined())
    }

    @Test("each may do what its statements need, and is refused the tables of the others")
    func rights() async throws {
        let stores = try await TestStores.shared()
        try await grantServices(stores.mysql, Self.passwords(Self.first))
        for service in ServiceName.allCases {
            let mysql = try client(of: service, Self.first, stores)
            let own = ServiceGrants.privileges(of: service)
            for (table, _) in own { _ = try await mysql.query("SELECT 1 AS one FROM \(table) LIMIT 1") }
            let all = Set(ServiceName.allCases.flatMap { ServiceGrants.privileges(of: $0).map(\.table) })
            for table in all.subtracting(own.map(\.table)).union(["schema_migrations"]) {
                await expectDenied("SELECT 1 AS one FROM \(table) LIMIT 1", mysql)
            }
            await expectDenied("DROP TABLE events", mysql)
            await mysql.close()
        }
        let reservation = try client(of: .reservation, Self.first, stores)
        await expectDenied("DELETE FROM tickets WHERE event_id = 'nothing'", reservation)
        await expectDenied("UPDATE orders SET status = 'PAID' WHERE id = 'nothing'", reservation)
        await reservation.close()
    }

    @Test("repeated, it sets the password and takes away what is no longer granted")
    func repeated() async throws {
        let stores = try await TestStores.shared()
        try await grantServices(stores.mysql, Self.passwords(Self.first))
        _ = try await stores.mysql.execute("GRANT SELECT ON orders TO 'ticketing_payment'@'%'")
        try await grantServices(stores.mysql, Self.passwords(Self.second))
        let old = try client(of: .payment, Self.first, stores)
        await #expect(throws: MySQLError.self) { try await old.query("SELECT 1 AS one") }
        await old.close()
        let mysql = try client(of: .payment, Self.second, stores)
        await expectDenied("SELECT 1 AS one FROM orders LIMIT 1", mysql)
        await mysql.close()
    }

    @Test(
        "a file that cannot be right is refused by its line, without the password",
        arguments: [
            "order=short", "orders=0123456789abcdef0", "order", "order=0123456789abcdef'; DROP TABLE x",
            "order=" + String(repeating: "x", count: 129),
        ]
    )
    func badFile(_ line: String) {
        let error = #expect(throws: ServicePasswordsError.self) { try ServicePasswords("# users\n\n\(line)\n") }
        #expect(error?.description.contains("line 3") == true)
        #expect(error?.description.contains("0123456789") == false)
    }

    @Test("a file that is not there is named by its variable")
    func noFile() {
        let error = #expect(throws: ServicePasswordsError.self) { try ServicePasswords.read("/nowhere/passwords") }
        #expect(error?.description.contains(ServicePasswords.variable) == true)
    }

    private func client(of service: ServiceName, _ password: String, _ stores: TestStores) throws -> MySQLClient {
        var configuration = try MySQLConfiguration(url: stores.mysqlURL)
        configuration.user = service.databaseUser
        configuration.password = password
        return try MySQLClient(configuration, logger: TestLog.quiet)
    }

    /// 1142: the command is denied on the table.
    private func expectDenied(_ sql: String, _ mysql: MySQLClient) async {
        let error = await #expect(throws: MySQLError.self, "\(sql)") { try await mysql.execute(sql) }
        #expect(error?.kind == .server(code: 1142), "\(sql): \(String(describing: error))")
    }
}
