import AsyncHTTPClient
import Contract
import Hummingbird
import Observability
import ServiceKit
import Testing
import TicketingTestKit

@Suite("Calls between services")
struct ServiceClientTests {
    private func withClient<T: Sendable>(_ body: (ServiceClient) async throws -> T) async throws -> T {
        let settings = ServiceSettings(name: .payment, authentication: .secret(TestStores.secret))
        return try await RunningService.with({ onListening in
            ServiceApplication(settings: settings, readiness: [], logger: TestLog.quiet, onListening: onListening) {
                router in
                router.post("api/who") { request, context in
                    let caller = try context.require(.paymentAuthorize)
                    return try jsonResponse(.ok, ["user": caller.user, "trace": context.trace.traceID])
                }
                router.post("api/refuse") { _, _ -> Response in throw ServiceError(.holdExpired, "too late") }
                router.post("api/odd") { _, _ in try jsonResponse(.ok, [1, 2]) }
                router.post("api/slow") { _, _ -> Response in
                    try await Task.sleep(for: .seconds(60))
                    return Response(status: .ok)
                }
            }
        }) { service in
            try await body(client(service.url))
        }
    }

    private func client(_ url: String) -> ServiceClient {
        let token = ServiceToken(.secret(TestStores.secret), name: .order, scopes: [.paymentAuthorize])
        return ServiceClient(upstream: "payment", baseURL: url, httpClient: HTTPClient.shared, token: token)
    }

    @Test("a call says who calls and continues the trace")
    func identity() async throws {
        try await withClient { client in
            let trace = TraceContext.fresh()
            let reply = try await TraceContext.$current.withValue(trace) {
                try await client.post("/api/who", ["x": 1], as: [String: String].self)
            }
            #expect(reply.status == 200)
            #expect(reply.body == ["user": "service:order", "trace": trace.traceID])
        }
    }

    @Test("a refusal is an answer, with its code")
    func refusal() async throws {
        try await withClient { client in
            let reply = try await client.post("/api/refuse", ["x": 1], as: [String: String].self)
            #expect(reply.status == 410)
            #expect(reply.error?.code == "HOLD_EXPIRED")
            #expect(reply.body == nil)
        }
    }

    @Test("no answer in time, or one that makes no sense, leaves the outcome unknown")
    func unknown() async throws {
        try await withClient { client in
            let late = await #expect(throws: ServiceCallError.self) {
                try await client.post("/api/slow", ["x": 1], as: [String: String].self, timeout: .milliseconds(200))
            }
            #expect(late?.outcome == .unknown)
            let odd = await #expect(throws: ServiceCallError.self) {
                try await client.post("/api/odd", ["x": 1], as: [String: String].self)
            }
            #expect(odd?.outcome == .unknown)
        }
    }

    @Test("where nobody listens nothing was done")
    func refused() async throws {
        let error = await #expect(throws: ServiceCallError.self) {
            // Port 1 is reserved, and nobody listens there.
            try await client("http://127.0.0.1:1").post("/api/who", ["x": 1], as: [String: String].self)
        }
        #expect(error?.outcome == .notExecuted)
        #expect(error?.message.contains("payment") == true)
    }
}
