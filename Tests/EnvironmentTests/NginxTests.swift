import Contract
import Foundation
import Glibc
import Testing

@testable import Environment

@Suite("The gateway")
struct NginxTests {
    private static let answer = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok"

    @Test("each service's prefix is removed, and the query kept")
    func prefixes() async throws {
        try await withSupervisor { supervisor in
            let upstream = try Upstream(answer: Self.answer)
            defer { upstream.close() }
            let services = Dictionary(uniqueKeysWithValues: ServiceName.allCases.map { ($0, [upstream.port]) })
            let nginx = try await NginxServer.start(supervisor: supervisor, services: services)
            for service in ServiceName.allCases {
                let answer = try await LoopbackProbe(port: nginx.port).get("\(service.gatewayPrefix)/api/x?y=1")
                #expect(answer == (200, "ok"))
            }
            _ = try await LoopbackProbe(port: nginx.port).get("/ticketing/catalog/api/events/E1/seats/stream?from=7")
            let lines = upstream.requests.map { $0.prefix { $0 != "\r\n" } }
            #expect(lines.prefix(4).allSatisfy { $0 == "GET /api/x?y=1 HTTP/1.1" })
            #expect(lines.last == "GET /api/events/E1/seats/stream?from=7 HTTP/1.1")
            #expect(upstream.requests.allSatisfy { !$0.lowercased().contains("connection:") })
        }
    }

    @Test("where only orders are traced, no other request is, unless its caller brings a trace")
    func sampling() async throws {
        try await withSupervisor { supervisor in
            let upstream = try Upstream(answer: Self.answer)
            defer { upstream.close() }
            let services = Dictionary(uniqueKeysWithValues: ServiceName.allCases.map { ($0, [upstream.port]) })
            let nginx = try await NginxServer.start(supervisor: supervisor, services: services, tracesOrdersOnly: true)
            let trace = String(repeating: "ab", count: 16)
            for (line, headers) in [
                ("POST /ticketing/order/api/orders", ""),
                ("GET /ticketing/order/api/orders/7", ""),
                ("POST /ticketing/reservation/api/reservations", ""),
                ("POST /ticketing/reservation/api/reservations", "traceparent: 00-\(trace)-00f067aa0ba902b7-01\r\n"),
                ("POST /ticketing/reservation/api/reservations", "b3: \(trace)-00f067aa0ba902b7-1\r\n"),
            ] {
                let request = "\(line) HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\(headers)Content-Length: 0\r\n\r\n"
                _ = try await LoopbackProbe(port: nginx.port).exchange(Array(request.utf8)) { _ in false }
            }
            let decisions = upstream.requests.map { request in
                request.split(separator: "\r\n").first { $0.hasPrefix("b3: ") }.map { $0.dropFirst(4) }
            }
            #expect(decisions == [nil, "0", "0", nil, "\(trace)-00f067aa0ba902b7-1"])
        }
    }

    @Test("the processes of a service take turns")
    func instances() async throws {
        try await withSupervisor { supervisor in
            let upstreams = try [Upstream(answer: Self.answer), Upstream(answer: Self.answer)]
            defer { for upstream in upstreams { upstream.close() } }
            let services: [ServiceName: [Int]] = [.order: upstreams.map(\.port)]
            let nginx = try await NginxServer.start(supervisor: supervisor, services: services)
            for _ in 0..<4 { _ = try await LoopbackProbe(port: nginx.port).get("/ticketing/order/api/x") }
            #expect(upstreams.map(\.requests.count) == [2, 2])
        }
    }

    @Test("a service that is down is a 503 in the contract's shape, under the caller's trace")
    func upstreamDown() async throws {
        try await withSupervisor { supervisor in
            let nginx = try await NginxServer.start(supervisor: supervisor, services: [.order: [try FreePort.next()]])
            let trace = String(repeating: "ab", count: 16)
            let request =
                "POST /ticketing/order/api/orders HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 2\r\n"
                + "traceparent: 00-\(trace)-00f067aa0ba902b7-01\r\n\r\n{}"
            let bytes = try await LoopbackProbe(port: nginx.port).exchange(Array(request.utf8)) { _ in false }
            let answer = String(decoding: bytes, as: UTF8.self)
            #expect(answer.hasPrefix("HTTP/1.1 503 "))
            #expect(answer.contains("\r\nContent-Type: application/json\r\n"))
            #expect(answer.contains("\r\nTrace-Id: \(trace)\r\n"))
            #expect(answer.contains("\r\nRetry-After: 1\r\n"))
            let body = try error(in: answer)
            #expect(body.code == ErrorCode.upstreamUnavailable.rawValue)
            #expect(body.traceId == trace)
        }
    }

    @Test("a request that may have been executed is never sent again")
    func noResend() async throws {
        try await withSupervisor { supervisor in
            let upstream = try Upstream(answer: "")
            defer { upstream.close() }
            let nginx = try await NginxServer.start(supervisor: supervisor, services: [.payment: [upstream.port]])
            let answer = try await LoopbackProbe(port: nginx.port).get("/ticketing/payment/api/payments/authorize")
            #expect(answer.status == 503)
            #expect(upstream.requests.count == 1)
        }
    }

    @Test("an unknown route is a 404 in the contract's shape, with a trace id of 32 hex digits")
    func unknownRoute() async throws {
        try await withSupervisor { supervisor in
            let nginx = try await NginxServer.start(supervisor: supervisor, services: [:])
            let answer = try await LoopbackProbe(port: nginx.port).get("/nothing")
            #expect(answer.status == 404)
            let body = try JSONDecoder().decode(ErrorBody.self, from: Data(answer.body.utf8))
            #expect(body.code == ErrorCode.notFound.rawValue)
            #expect(body.traceId.wholeMatch(of: /[0-9a-f]{32}/) != nil)
        }
    }

    @Test("it restarts, and a killed master takes its worker with it")
    func restart() async throws {
        try await withSupervisor { supervisor in
            let nginx = try await NginxServer.start(supervisor: supervisor, services: [:])
            try await supervisor.restart("nginx")
            try await NginxServer.waitUntilReady(supervisor: supervisor, port: nginx.port)
            try await supervisor.signal("nginx", SIGKILL)
            try await expectEventually("master and worker are gone") { supervisor.groups.isEmpty }
            try await supervisor.restart("nginx")
            try await NginxServer.waitUntilReady(supervisor: supervisor, port: nginx.port)
            try await supervisor.stop("nginx")
            #expect(supervisor.groups.isEmpty)
        }
    }

    private func error(in answer: String) throws -> ErrorBody {
        let start = try #require(answer.firstRange(of: "\r\n\r\n")).upperBound
        return try JSONDecoder().decode(ErrorBody.self, from: Data(answer[start...].utf8))
    }
}
