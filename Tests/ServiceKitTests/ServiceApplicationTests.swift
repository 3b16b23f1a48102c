import AsyncHTTPClient
import Contract
import Foundation
import HTTPTypes
import Hummingbird
import NIOHTTP1
import Observability
import ServiceKit
import Testing
import TicketingTestKit

@Suite("A service's manners")
struct ServiceApplicationTests {
    private struct Echo: Codable {
        let name: String
    }
    private struct Oops: Error {}

    private func application(
        _ onListening: @escaping @Sendable (Int) async -> Void,
        authentication: ServiceSettings.Authentication = .secret(TestStores.secret),
        maximumConcurrency: Int = 100,
        readiness: [ReadinessCheck] = []
    ) -> ServiceApplication {
        var settings = ServiceSettings(name: .order, authentication: authentication)
        settings.maximumConcurrency = maximumConcurrency
        return ServiceApplication(
            settings: settings,
            readiness: readiness,
            logger: TestLog.quiet,
            onListening: onListening
        ) { router in
            router.post("api/things/{id}/echo") { request, context in
                try jsonResponse(.ok, try await request.decodeBody(Echo.self, context: context))
            }
            router.get("api/me") { _, context in
                try jsonResponse(.ok, ["user": try context.require(.orderWrite).user])
            }
            router.get("api/trace") { _, context in
                try jsonResponse(.ok, ["current": TraceContext.current?.traceID, "context": context.trace.traceID])
            }
            router.get("api/broken") { _, _ -> Response in throw Oops() }
            router.get("api/slow") { _, _ -> Response in
                try await Task.sleep(for: .seconds(60))
                return Response(status: .ok)
            }
        }
    }

    @Test("every refusal has the contract's body and the trace id, whoever refuses")
    func refusals() async throws {
        try await RunningService.with({ application($0) }) { service in
            let cases: [(HTTPMethod, String, String?, Int, String)] = [
                (.GET, "/nowhere", nil, 404, "NOT_FOUND"),
                (.GET, "/api/things/7/echo", nil, 405, "METHOD_NOT_ALLOWED"),
                (.POST, "/api/things/7/echo", "{", 400, "MALFORMED_REQUEST"),
                (.POST, "/api/things/7/echo", "{}", 422, "VALIDATION_FAILED"),
                (.POST, "/api/things/7/echo", String(repeating: "x", count: 70_000), 413, "PAYLOAD_TOO_LARGE"),
                (.GET, "/api/me", nil, 401, "UNAUTHENTICATED"),
                (.GET, "/api/broken", nil, 500, "INTERNAL"),
            ]
            for (method, path, body, status, code) in cases {
                let answer = try await service.send(method, path, body: body)
                #expect(answer.status == status, "\(method) \(path)")
                #expect(answer.code == code, "\(method) \(path)")
                let trace = try #require(answer.headers.first(name: "Trace-Id"))
                #expect(trace.count == 32)
                #expect(try answer.json(ErrorBody.self).traceId == trace)
                #expect(!answer.text.contains("Oops"))
            }
            let wrongMethod = try await service.send(.DELETE, "/api/things/7/echo")
            #expect(wrongMethod.headers.first(name: "Allow") == "POST")
        }
    }

    @Test("an incoming trace is continued, in the handler and in the answer")
    func traces() async throws {
        try await RunningService.with({ application($0) }) { service in
            let id = "0af7651916cd43dd8448eb211c80319c"
            let headers = [
                ["traceparent": "00-\(id)-b7ad6b7169203331-01"],
                ["b3": "\(id)-b7ad6b7169203331-1"],
                ["X-B3-TraceId": id, "X-B3-SpanId": "b7ad6b7169203331"],
                ["Trace-Id": id],
            ]
            for sent in headers {
                let answer = try await service.send(.GET, "/api/trace", headers: sent)
                #expect(answer.headers.first(name: "Trace-Id") == id, "\(sent)")
                #expect(try answer.json([String: String].self) == ["current": id, "context": id], "\(sent)")
            }
        }
    }

    @Test("a caller needs a valid token and its scope; without authentication the header names him")
    func callers() async throws {
        try await RunningService.with({ application($0) }) { service in
            let allowed = try await service.send(.GET, "/api/me", token: try TestStores.token("ann", .orderWrite))
            #expect(try allowed.json([String: String].self) == ["user": "ann"])
            let forbidden = try await service.send(.GET, "/api/me", token: try TestStores.token("ann", .admin))
            #expect(forbidden.status == 403)
            #expect(forbidden.code == "FORBIDDEN")
            #expect(try await service.send(.GET, "/api/me", token: "nonsense").status == 401)
            #expect(try await service.send(.GET, "/api/me", headers: ["X-Caller-Id": "ann"]).status == 401)
        }
        try await RunningService.with({ application($0, authentication: .off) }) { service in
            let named = try await service.send(.GET, "/api/me", headers: ["X-Caller-Id": "ann"])
            #expect(try named.json([String: String].self) == ["user": "ann"])
            #expect(try await service.send(.GET, "/api/me").json([String: String].self) == ["user": "anonymous"])
        }
    }

    @Test("work past the caller's deadline is abandoned with 504")
    func deadline() async throws {
        try await RunningService.with({ application($0) }) { service in
            let answer = try await service.send(.GET, "/api/slow", headers: ["Request-Timeout-Ms": "50"])
            #expect(answer.status == 504)
            #expect(answer.code == "TIMEOUT")
            #expect(try await service.send(.GET, "/api/slow", headers: ["Request-Timeout-Ms": "soon"]).status == 422)
        }
    }

    @Test("past its limit a service refuses at once, and says when to come back")
    func overload() async throws {
        try await RunningService.with({ application($0, maximumConcurrency: 1) }) { service in
            // It may itself be refused while the other request is there.
            async let slow = {
                while true {
                    let answer = try await service.send(.GET, "/api/slow", headers: ["Request-Timeout-Ms": "2000"])
                    if answer.status != 503 { return answer }
                }
            }()
            let refused = try await eventually {
                let answer = try await service.send(.GET, "/healthz")
                return answer.status == 503 && answer.headers.first(name: "Retry-After") != nil
            }
            #expect(refused)
            #expect(try await slow.status == 504)
            let metrics = try await service.send(.GET, "/metrics").text.split(separator: "\n")
            let shed = try #require(metrics.first { $0.hasPrefix("http_requests_shed_total ") })
            #expect(shed != "http_requests_shed_total 0")
            // The request for the metrics itself is one.
            let inFlight = try #require(metrics.first { $0.hasPrefix("http_requests_in_flight ") })
            #expect(inFlight != "http_requests_in_flight 0")
        }
    }

    @Test("health, readiness and metrics are there, and readiness names what fails")
    func commonRoutes() async throws {
        let down = ReadinessCheck(name: "the clock tower") { throw Oops() }
        try await RunningService.with({ application($0, readiness: [down]) }) { service in
            #expect(try await service.send(.GET, "/healthz").status == 200)
            let ready = try await service.send(.GET, "/readyz")
            #expect(ready.status == 503)
            #expect(ready.text.contains("the clock tower"))
            _ = try await service.send(.POST, "/api/things/7/echo", body: #"{"name":"x"}"#)
            let metrics = try await service.send(.GET, "/metrics").text
            #expect(metrics.contains("http_requests_total{"))
            #expect(metrics.contains("http_request_duration_seconds_bucket{"))
            #expect(metrics.contains("/api/things/{id}/echo"))
            #expect(!metrics.contains("/api/things/7/echo"))
        }
    }

    @Test("a request in flight is answered when the service is asked to stop")
    func gracefulStop() async throws {
        try await RunningService.with({ application($0) }) { service in
            async let slow = service.send(.GET, "/api/slow", headers: ["Request-Timeout-Ms": "700"])
            try await Task.sleep(for: .milliseconds(200))
            await service.stop()
            #expect(try await slow.status == 504)
        }
    }
}
