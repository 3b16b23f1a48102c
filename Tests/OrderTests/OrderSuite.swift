import AsyncHTTPClient
import Contract
import Environment
import Foundation
import KafkaClient
import Logging
import MySQLClient
import NIOCore
import NIOHTTP1
import Order
import Payment
import RedisClient
import Reservation
import ServiceKit
import TicketingTestKit

/// The whole path of an order on real stores.
///
/// Redis, MariaDB, the embedded broker, and the reservation, payment and order services; shared by the tests of this target; ended with the test process.
final class OrderSuite: Sendable {
    static let shared = Task { try await OrderSuite() }

    struct Answer: Sendable {
        var status: Int
        var body: String
    }

    let supervisor: Supervisor
    let mysql: MySQLClient
    let redis: RedisClient
    let store: OrderStore
    private let kafka: EmbeddedKafkaCluster
    let signer: TokenSigner
    let urls: [ServiceName: String]
    /// Settings of a service on these stores.
    let settings: @Sendable (ServiceName) -> ServiceSettings
    private let running: [Task<Void, any Error>]
    private let http: HTTPClient

    private init() async throws {
        let logger = Logger(label: "test") { label in
            var handler = StreamLogHandler.standardError(label: label)
            handler.logLevel = .error
            return handler
        }
        supervisor = try await Supervisor.start(
            executable: TestPaths.seatstorm,
            directory: TestPaths.privateFolder("order")
        )
        let redisServer = try await RedisServer.start(supervisor: supervisor)
        let database = try await MariaDBServer.start(supervisor: supervisor)
        let cluster = try EmbeddedKafkaCluster(brokers: 1, topics: Topic.all.map { ($0, partitions: 2) })
        kafka = cluster
        mysql = try MySQLClient(try MySQLConfiguration(url: database.url), logger: logger)
        redis = RedisClient(try RedisConfiguration(url: redisServer.url), logger: logger)
        try await migrate(mysql, logger: logger)
        store = OrderStore(mysql: mysql)

        let secret = Array(String(repeating: "s", count: 32).utf8)
        signer = TokenSigner(secret: secret)
        @Sendable func settings(_ name: ServiceName) -> ServiceSettings {
            var settings = ServiceSettings(name: name, authentication: .secret(secret))
            settings.mysqlURL = database.url
            settings.redisURL = redisServer.url
            settings.kafkaBrokers = cluster.bootstrapServers
            return settings
        }
        self.settings = settings
        var urls: [ServiceName: String] = [:]
        var running: [Task<Void, any Error>] = []
        func start(
            _ name: ServiceName,
            _ make: (@escaping @Sendable (Int) async -> Void) throws -> ServiceApplication
        ) async throws {
            let (ports, continuation) = AsyncStream<Int>.makeStream()
            let application = try make { continuation.yield($0) }
            running.append(Task { try await application.run() })
            for await port in ports {
                urls[name] = "http://127.0.0.1:\(port)"
                break
            }
        }
        try await start(.payment) { listening in
            try paymentApplication(settings: settings(.payment), logger: logger, onListening: listening)
        }
        try await start(.reservation) { listening in
            try reservationApplication(settings: settings(.reservation), logger: logger, onListening: listening)
        }
        try await start(.order) { [urls] listening in
            var order = settings(.order)
            order.reservationURL = urls[.reservation]
            order.paymentURL = urls[.payment]
            return try orderApplication(settings: order, logger: logger, onListening: listening)
        }
        self.urls = urls
        self.running = running
        var configuration = HTTPClient.Configuration()
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = 200
        http = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
        for name in [ServiceName.payment, .reservation, .order] {
            try await eventually("\(name) is ready", within: .seconds(30)) {
                try await self.call(name, "GET", "/readyz").status == 200
            }
        }
    }

    /// Sends a request as `user`, who may do everything that a user may.
    func call(
        _ service: ServiceName,
        _ method: String,
        _ path: String,
        _ body: String? = nil,
        user: String = "alice",
        scopes: [String] = ["reservation:write", "order:write"],
        headers: [String: String] = [:]
    ) async throws -> Answer {
        var request = HTTPClientRequest(url: (urls[service] ?? "") + path)
        request.method = .RAW(value: method)
        request.headers.add(name: "Authorization", value: "Bearer \(try signer.sign(user: user, scopes: scopes))")
        for (name, value) in headers { request.headers.add(name: name, value: value) }
        if let body { request.body = .bytes(ByteBuffer(string: body)) }
        let response = try await http.execute(request, timeout: .seconds(20))
        let bytes = try await response.body.collect(upTo: 1 << 20)
        ContractChecker.shared.hold(
            ContractExchange(
                service: service,
                method: method,
                path: path,
                requestHeaders: request.headers,
                requestBody: body.map { Data($0.utf8) },
                status: Int(response.status.code),
                headers: response.headers,
                body: Data(bytes.readableBytesView)
            )
        )
        return Answer(status: Int(response.status.code), body: String(buffer: bytes))
    }

    /// Puts faults on the payment service, or takes them away.
    func paymentFaults(_ faults: String?) async throws {
        let method = faults == nil ? "DELETE" : "PUT"
        let answer = try await call(.payment, method, "/api/admin/faults", faults, scopes: ["admin"])
        guard answer.status == 200 else { throw Unexpected(what: "\(method) faults", answer: answer) }
    }

    /// A new event with seats `R1C1` and on, at 100 each.
    func seedEvent(seats: Int = 4) async throws -> String {
        let event = "event-" + UUID().uuidString.lowercased()
        let keys = SeatKeys(event: event)
        let names = (1...seats).map { CreateEventRequest.seatID(row: 1, column: $0) }
        // Redis first: the reservation service restores what it finds in MySQL alone.
        for seat in names {
            _ = try await redis.send(
                ["HSET", RedisArgument(keys.versions), RedisArgument(seat), RedisArgument(SeatVersion.base(epoch: 1))]
            )
        }
        _ = try await redis.send(["SET", RedisArgument(keys.run), .runID()])
        _ = try await redis.send(["SET", RedisArgument(keys.epoch), "1"])
        try await mysql.transaction { connection in
            for (index, seat) in names.enumerated() {
                _ = try connection.execute(
                    "INSERT INTO seats (id, event_id, row_no, col_no, price) VALUES (?, ?, 1, ?, 100)",
                    [.text(seat), .text(event), .int(Int64(index + 1))]
                )
            }
            _ = try connection.execute(
                """
                INSERT INTO events (id, title, description, date_time, seat_rows, seat_cols, epoch)
                VALUES (?, 't', 'd', '2027-01-01T20:00:00Z', 1, ?, 1)
                """,
                [.text(event), .int(Int64(seats))]
            )
        }
        return event
    }

    func hold(_ event: String, _ seats: [String], user: String = "alice") async throws {
        for seat in seats {
            let answer = try await call(
                .reservation,
                "POST",
                "/api/reservations",
                #"{"eventId":"\#(event)","seatId":"\#(seat)","holdSeconds":60}"#,
                user: user
            )
            guard answer.status == 201 else { throw Unexpected(what: "hold \(seat)", answer: answer) }
        }
    }

    func order(_ event: String, _ seats: [String], key: String, user: String = "alice") async throws -> Answer {
        let list = seats.map { "\"\($0)\"" }.joined(separator: ",")
        return try await call(
            .order,
            "POST",
            "/api/orders",
            #"{"eventId":"\#(event)","seatIds":[\#(list)]}"#,
            user: user,
            headers: [Header.idempotencyKey: key]
        )
    }

    /// The order of a 2xx answer.
    func orderBody(_ answer: Answer) throws -> OrderBody {
        guard (200..<300).contains(answer.status) else { throw Unexpected(what: "order", answer: answer) }
        return try JSONDecoder().decode(OrderBody.self, from: Data(answer.body.utf8))
    }

    /// Waits until the order has ended, and returns it.
    func end(of order: String, within limit: Duration = .seconds(20), user: String = "alice") async throws -> OrderBody
    {
        let deadline = ContinuousClock.now + limit
        while true {
            let body = try orderBody(try await call(.order, "GET", "/api/orders/\(order)", user: user))
            if body.status.isFinal || ContinuousClock.now > deadline { return body }
            try await Task.sleep(for: .milliseconds(10))
        }
    }

    /// The order's way, `CREATED PAYING PAID …`.
    func transitions(_ order: String) async throws -> String {
        let rows = try await mysql.query(
            "SELECT from_status, to_status FROM order_transitions WHERE order_id = ? ORDER BY id",
            [.text(order)]
        )
        return try rows.map { try $0.string("to_status") }.joined(separator: " ")
    }

    /// One number that a query gives.
    func count(_ sql: String, _ values: [MySQLValue]) async throws -> Int64 {
        try await mysql.query("SELECT COUNT(*) AS n FROM \(sql)", values).first?.int("n") ?? -1
    }

    /// Polls until `condition` holds.
    func eventually(
        _ what: String,
        within limit: Duration = .seconds(10),
        _ condition: () async throws -> Bool
    ) async throws {
        let deadline = ContinuousClock.now + limit
        while !(try await condition()) {
            guard ContinuousClock.now < deadline else {
                throw Unexpected(what: "\(what): not within \(limit)", answer: nil)
            }
            try await Task.sleep(for: .milliseconds(10))
        }
    }

    struct Unexpected: Error, CustomStringConvertible {
        let what: String
        let answer: Answer?
        var description: String { "\(what): \(answer.map { "\($0.status) \($0.body)" } ?? "")" }
    }
}
