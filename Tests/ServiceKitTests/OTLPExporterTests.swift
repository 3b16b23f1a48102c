import Contract
import Observability
import ServiceKit
import ServiceLifecycle
import Testing
import TicketingTestKit

@Suite("Exporting traces", .timeLimit(.minutes(2)))
struct OTLPExporterTests {
    private static let policy = OTLPRetryPolicy(
        limit: .seconds(20),
        attemptTimeout: .seconds(10),
        firstWait: .milliseconds(5),
        finalLimit: .seconds(20)
    )

    private func span(_ name: String) -> Span {
        Span(context: TraceContext.fresh().child(), name: name, kind: .client, start: 1, end: 2)
    }

    /// Runs an exporter, and stops it as SIGTERM does once `body` has returned.
    private func exporting(
        to url: String,
        policy: OTLPRetryPolicy = OTLPExporterTests.policy,
        _ body: (SpanQueue) async throws -> Void
    ) async throws {
        let endpoint = try #require(OTLPEndpoint(url))
        let exporter = OTLPExporter(endpoint: endpoint, service: .order, logger: TestLog.quiet, policy: policy)
        let group = ServiceGroup(
            configuration: .init(services: [.init(service: exporter)], logger: TestLog.quiet)
        )
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            let outcome: Result<Void, any Error>
            do {
                outcome = .success(try await body(exporter.queue))
            } catch {
                outcome = .failure(error)
            }
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
            try outcome.get()
        }
    }

    @Test("spans arrive as the service's, as OTLP JSON, without anybody stopping")
    func arrives() async throws {
        try await TraceReceiver.with { receiver, url in
            try await exporting(to: url) { (queue: SpanQueue) async throws -> Void in
                let span = span("GET x")
                queue.add(span)
                #expect(try await eventually { receiver.spans.count == 1 })
                let received = try #require(receiver.spans.first)
                #expect(received.service == "order")
                #expect(received.traceID == span.context.traceID)
                #expect(received.parentSpanID == span.context.parentSpanID)
                #expect(received.kind == "CLIENT")
            }
            #expect(receiver.problems.isEmpty)
        }
    }

    @Test("what waits when the process ends is sent before it ends, in batches of at most 512")
    func finalFlush() async throws {
        try await TraceReceiver.with { receiver, url in
            try await exporting(to: url) { (queue: SpanQueue) async throws -> Void in
                for number in 0..<1100 { queue.add(span("\(number)")) }
            }
            #expect(Set(receiver.spans.map(\.name)) == Set((0..<1100).map { "\($0)" }))
            #expect(receiver.requests >= 3)
        }
    }

    @Test("429, 502, 503 and 504 are tried again, and nothing is lost or sent twice")
    func retried() async throws {
        try await TraceReceiver.with(answering: [429, 502, 503, 504]) { receiver, url in
            try await exporting(to: url) { (queue: SpanQueue) async throws -> Void in
                queue.add(span("x"))
                #expect(try await eventually { receiver.spans.count == 1 })
            }
            #expect(receiver.requests == 5)
            #expect(receiver.spans.map(\.name) == ["x"])
        }
    }

    @Test("any other refusal is final: the batch is dropped, and the next one goes out", arguments: [400, 404, 500])
    func refused(status: Int) async throws {
        try await TraceReceiver.with(answering: [status]) { receiver, url in
            try await exporting(to: url) { (queue: SpanQueue) async throws -> Void in
                queue.add(span("refused"))
                #expect(try await eventually { receiver.requests == 1 })
                queue.add(span("taken"))
                #expect(try await eventually { receiver.spans.count == 1 })
            }
            #expect(receiver.requests == 2)
            #expect(receiver.spans.map(\.name) == ["taken"])
        }
    }

    @Test("a collector that is not there costs the spans, counted, and not the end of the process")
    func absent() async throws {
        let registry = ServiceApplication.registry
        func dropped() -> Int {
            let line = registry.render().split(separator: "\n").first {
                $0.hasPrefix(#"otlp_spans_dropped_total{reason="export_failed"}"#)
            }
            return line?.split(separator: " ").last.flatMap { Int($0) } ?? 0
        }
        let before = dropped()
        let policy = OTLPRetryPolicy(limit: .milliseconds(200), finalLimit: .milliseconds(200))
        // Port 1 is reserved, and nobody listens there.
        try await exporting(to: "http://127.0.0.1:1", policy: policy) { (queue: SpanQueue) async throws -> Void in
            for number in 0..<3 { queue.add(span("\(number)")) }
        }
        #expect(dropped() - before >= 3)
    }
}
