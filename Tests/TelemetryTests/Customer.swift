import AsyncHTTPClient
import Contract
import Foundation
import NIOCore
import NIOHTTP1

@testable import Environment

/// Somebody who buys a ticket through the gateway.
struct Customer {
    let suite: EmbeddedSuite

    /// A new event of one row with `seats` seats; its id.
    func makeEvent(seats: Int) async throws -> String {
        let request = #"""
            {"title":"t","description":"","dateTime":"2099-12-31T20:00:00.000Z","rows":1,"cols":\#(seats),"price":100}
            """#
        let token = suite.tokens.token(user: "boss", scopes: [.admin])
        let answer = try await send(.catalog, "POST", "/api/admin/events", request, token: token)
        return try JSONDecoder().decode(EventBody.self, from: try answer.expecting(201)).id
    }

    /// Holds the seat and orders it; the order's id.
    func buy(_ seat: String, of event: String, traceparent: String? = nil) async throws -> String {
        let hold = #"{"eventId":"\#(event)","seatId":"\#(seat)","holdSeconds":60}"#
        _ = try await send(.reservation, "POST", "/api/reservations", hold, traceparent: traceparent).expecting(201)
        let order = try await send(
            .order,
            "POST",
            "/api/orders",
            #"{"eventId":"\#(event)","seatIds":["\#(seat)"]}"#,
            traceparent: traceparent,
            headers: [Header.idempotencyKey: "key-" + UUID().uuidString]
        )
        return try JSONDecoder().decode(OrderBody.self, from: try order.expecting(201)).orderId
    }

    func status(of order: String) async throws -> OrderStatus {
        let answer = try await send(.order, "GET", "/api/orders/\(order)")
        return try JSONDecoder().decode(OrderBody.self, from: try answer.expecting(200)).status
    }

    /// What `/metrics` of the service says.
    func metrics(of service: ServiceName) async throws -> String {
        String(decoding: try await send(service, "GET", "/metrics").expecting(200), as: UTF8.self)
    }

    private func send(
        _ service: ServiceName,
        _ method: String,
        _ path: String,
        _ body: String? = nil,
        token: String? = nil,
        traceparent: String? = nil,
        headers: [String: String] = [:]
    ) async throws -> Answer {
        var request = HTTPClientRequest(url: suite.addresses.gateway + service.gatewayPrefix + path)
        request.method = .RAW(value: method)
        request.headers.add(
            name: "Authorization",
            value: "Bearer \(token ?? suite.tokens.token(user: "alice"))"
        )
        if let traceparent { request.headers.add(name: Header.traceparent, value: traceparent) }
        for (name, value) in headers { request.headers.add(name: name, value: value) }
        if let body { request.body = .bytes(ByteBuffer(string: body)) }
        let response = try await HTTPClient.shared.execute(request, timeout: .seconds(20))
        let bytes = try await response.body.collect(upTo: 16 << 20)
        return Answer(
            what: "\(method) \(path)",
            status: Int(response.status.code),
            body: Data(bytes.readableBytesView)
        )
    }

    private struct Answer {
        let what: String
        let status: Int
        let body: Data

        func expecting(_ expected: Int) throws -> Data {
            guard status == expected else {
                throw EnvironmentError(what, "\(status) \(String(decoding: body, as: UTF8.self))")
            }
            return body
        }
    }
}

/// Runs the suite, without the fault proxy, for as long as `body` takes.
func withSuite(
    environment: [String: String],
    _ body: (EmbeddedSuite) async throws -> Void
) async throws {
    var configuration = SuiteConfiguration(
        directory: TestPaths.privateFolder("telemetry"),
        seatstorm: TestPaths.seatstorm,
        ticketing: TestPaths.ticketing
    )
    configuration.usesFaultProxy = false
    configuration.serviceEnvironment = environment
    let suite = try await EmbeddedSuite.start(configuration)
    do {
        try await body(suite)
    } catch {
        await suite.stop()
        throw error
    }
    await suite.stop()
}
