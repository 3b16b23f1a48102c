import AsyncHTTPClient
import Contract
import Environment
import Foundation
import Logging
import MySQLClient
import NIOCore
import NIOHTTP1
import Payment
import ServiceKit
import TicketingTestKit

/// A MariaDB with the suite's schema and a payment service, shared by the tests of this target; ended with the test process.
final class PaymentSuite: Sendable {
    static let shared = Task { try await PaymentSuite() }

    let supervisor: Supervisor
    let mysql: MySQLClient
    let store: PaymentStore
    private let baseURL: String
    private let token: String
    private let running: Task<Void, any Error>

    private init() async throws {
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        supervisor = try await Supervisor.start(
            executable: TestPaths.seatstorm,
            directory: TestPaths.privateFolder("payment")
        )
        let server = try await MariaDBServer.start(supervisor: supervisor)
        mysql = try MySQLClient(try MySQLConfiguration(url: server.url), logger: logger)
        try await migrate(mysql, logger: logger)
        store = PaymentStore(mysql: mysql)
        let secret = Array(String(repeating: "s", count: 32).utf8)
        token = try TokenSigner(secret: secret).sign(user: "tester", scopes: ["payment:authorize", "admin"])
        var settings = ServiceSettings(name: .payment, authentication: .secret(secret))
        settings.mysqlURL = server.url
        let (ports, continuation) = AsyncStream<Int>.makeStream()
        let application = try paymentApplication(settings: settings, logger: logger) { continuation.yield($0) }
        running = Task { try await application.run() }
        var port: Int?
        for await bound in ports {
            port = bound
            break
        }
        baseURL = "http://127.0.0.1:\(port ?? 0)"
    }

    /// Sends a request; an answer's status and body, or what became of the connection.
    func call(
        _ method: String,
        _ path: String,
        _ body: String? = nil,
        timeout: TimeAmount = .seconds(10),
        authenticated: Bool = true
    ) async throws -> (status: Int, body: String) {
        var request = HTTPClientRequest(url: baseURL + path)
        request.method = .RAW(value: method)
        if authenticated { request.headers.add(name: "Authorization", value: "Bearer \(token)") }
        if let body { request.body = .bytes(ByteBuffer(string: body)) }
        let response = try await Self.client.execute(request, timeout: timeout)
        let bytes = try await response.body.collect(upTo: 1 << 20)
        ContractChecker.shared.hold(
            ContractExchange(
                service: .payment,
                method: method,
                path: path,
                requestHeaders: request.headers,
                requestBody: body.map { Data($0.utf8) },
                status: Int(response.status.code),
                headers: response.headers,
                body: Data(bytes.readableBytesView)
            )
        )
        return (Int(response.status.code), String(buffer: bytes))
    }

    /// With room for hundreds of calls at once: the shared client makes eight connections to a host.
    private static let client: HTTPClient = {
        var configuration = HTTPClient.Configuration.singletonConfiguration
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = 512
        return HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }()

    /// How often an order was attempted with this outcome.
    func attempts(_ order: String, _ outcome: String) async throws -> Int64 {
        let rows = try await mysql.query(
            "SELECT COUNT(*) AS n FROM payment_attempts WHERE order_id = ? AND outcome = ?",
            [.text(order), .text(outcome)]
        )
        return try rows.first?.int("n") ?? 0
    }
}
