import Contract
import Foundation
import Hummingbird
import NIOCore
import ServiceKit
import Testing
import TicketingTestKit

@Suite("Slow and oversized requests", .timeLimit(.minutes(1)))
struct SlowClientTests {
    private static let head = "GET /healthz HTTP/1.1\r\nHost: x\r\n"

    private func withService<T: Sendable>(
        readTimeout: Duration = .seconds(60),
        idleTimeout: Duration = .seconds(60),
        _ body: (_ port: Int) async throws -> T
    ) async throws -> T {
        try await RunningService.with({ onListening in
            var settings = ServiceSettings(name: .order, authentication: .off)
            settings.requestReadTimeout = readTimeout
            settings.idleTimeout = idleTimeout
            return ServiceApplication(
                settings: settings,
                readiness: [],
                logger: TestLog.quiet,
                onListening: onListening
            ) { router in
                router.post("api/body") { request, context in
                    try jsonResponse(.ok, try await request.decodeBody([String: Int].self, context: context))
                }
                router.get("api/slow") { _, _ -> Response in
                    try await Task.sleep(for: .seconds(1))
                    return Response(status: .ok)
                }
            }
        }) { service in
            try await body(Int(service.url.split(separator: ":").last ?? "") ?? 0)
        }
    }

    private func expect(_ answer: String, _ status: Int, _ code: ErrorCode, _ place: SourceLocation = #_sourceLocation)
    {
        #expect(answer.hasPrefix("HTTP/1.1 \(status) "), "\(answer)", sourceLocation: place)
        #expect(answer.contains(#""code":"\#(code.rawValue)""#), "\(answer)", sourceLocation: place)
        for header in ["Connection: close", "Trace-Id: ", "Content-Type: application/json"] {
            #expect(answer.lowercased().contains(header.lowercased()), "\(answer)", sourceLocation: place)
        }
    }

    @Test(
        "a request that stops half-way is 408, and the connection ends",
        arguments: [
            "G", head, head + "X-Half: ",
            "POST /api/body HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{\"a\"",
        ]
    )
    func halfway(_ request: String) async throws {
        try await withService(readTimeout: .milliseconds(300)) { port in
            let answer = try await RawConnection.with(port: port) {
                try await $0.say(request)
                return try await $0.hearAll()
            }
            expect(answer, 408, .requestTimeout)
        }
    }

    @Test("bytes that trickle in do not buy more time")
    func trickle() async throws {
        try await withService(readTimeout: .milliseconds(300)) { port in
            let answer = try await RawConnection.with(port: port) { connection in
                try await connection.say(Self.head)
                // Until the other side is gone; a request that is read for ever would never end this.
                for _ in 0..<100 {
                    do { try await connection.say("X: 1\r\n") } catch { break }
                    try await Task.sleep(for: .milliseconds(50))
                }
                return try await connection.hearAll()
            }
            expect(answer, 408, .requestTimeout)
        }
    }

    @Test("neither a pause between requests nor an answer that takes its time is slow reading")
    func patience() async throws {
        try await withService(readTimeout: .milliseconds(300)) { port in
            try await RawConnection.with(port: port) { connection in
                for _ in 0..<2 {
                    try await connection.say(Self.head + "\r\n")
                    #expect(try await connection.hear(until: "}").hasPrefix("HTTP/1.1 200 "))
                    // The pause is what is tested.
                    try await Task.sleep(for: .milliseconds(500))
                }
                try await connection.say("GET /api/slow HTTP/1.1\r\nHost: x\r\n\r\n")
                #expect(try await connection.hear(until: "\r\n\r\n").hasPrefix("HTTP/1.1 200 "))
            }
        }
    }

    @Test("a connection on which nothing happens is closed without a word")
    func idle() async throws {
        try await withService(idleTimeout: .milliseconds(300)) { port in
            let heard = try await RawConnection.with(port: port) { connection in
                try await connection.say(Self.head + "\r\n")
                #expect(try await connection.hear(until: "}").hasPrefix("HTTP/1.1 200 "))
                return try await connection.hearAll()
            }
            #expect(heard.isEmpty)
        }
    }

    @Test(
        "a head with too many bytes or fields is 431",
        arguments: [
            "X-Long: " + String(repeating: "x", count: 20_000) + "\r\n",
            (0..<20).map { "X-\($0): " + String(repeating: "x", count: 1000) + "\r\n" }.joined(),
            (0..<150).map { "X-\($0): 1\r\n" }.joined(),
        ]
    )
    func largeHead(_ fields: String) async throws {
        try await withService { port in
            let answer = try await RawConnection.with(port: port) {
                try await $0.say(Self.head + fields + "\r\n")
                return try await $0.hearAll()
            }
            expect(answer, 431, .headersTooLarge)
        }
    }

    @Test("what is not HTTP is 400, and what came before it is answered first")
    func notHTTP() async throws {
        try await withService { port in
            let answer = try await RawConnection.with(port: port) {
                try await $0.say("HELO there\r\n\r\n")
                return try await $0.hearAll()
            }
            expect(answer, 400, .malformedRequest)
            let both = try await RawConnection.with(port: port) {
                try await $0.say(Self.head + "\r\n" + "nonsense\r\n\r\n")
                return try await $0.hearAll()
            }
            #expect(both.hasPrefix("HTTP/1.1 200 "))
            expect(
                String(both[(both.range(of: "HTTP/1.1 400")?.lowerBound ?? both.startIndex)...]),
                400,
                .malformedRequest
            )
            let metrics = try await RawConnection.with(port: port) {
                try await $0.say("GET /metrics HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
                return try await $0.hearAll()
            }
            #expect(metrics.contains(#"http_requests_refused_total{code="MALFORMED_REQUEST"}"#))
        }
    }
}
