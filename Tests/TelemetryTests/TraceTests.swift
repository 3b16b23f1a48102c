import AsyncHTTPClient
import Contract
import Environment
import NIOCore
import NIOHTTP1
import Observability
import Testing
import TicketingTestKit

@Suite("One order is one trace", .timeLimit(.minutes(3)))
struct TraceTests {
    /// Every hop from the click to the end, with the service that exports it.
    private static let hops: Set<String> = {
        let click = "browser INTERNAL click"
        let hold = "\(click) › reservation SERVER POST /api/reservations"
        let order = "\(click) › order SERVER POST /api/orders"
        let pin = "\(order) › order CLIENT POST reservation"
        let pinned = "\(pin) › reservation SERVER POST /api/reservations/pin"
        let saga = "\(order) › order INTERNAL saga"
        let authorize = "\(saga) › order CLIENT POST payment"
        let charged = "\(authorize) › payment SERVER POST /api/payments/authorize"
        let paid = "\(saga) › order PRODUCER send order.events"
        let consumed = "\(paid) › reservation CONSUMER process order.events"
        let confirmed = "\(consumed) › reservation PRODUCER send reservation.events"
        let ended = "\(confirmed) › order CONSUMER process reservation.events"
        return [
            click, hold, "\(hold) › reservation CLIENT EVALSHA hold",
            order, "\(order) › order CLIENT MySQL insert order", "\(order) › order CLIENT MySQL accept order",
            pin, pinned, "\(pinned) › reservation CLIENT EVALSHA pin",
            saga, "\(saga) › order CLIENT MySQL begin payment", "\(saga) › order CLIENT MySQL settle order",
            authorize, charged, "\(charged) › payment CLIENT MySQL authorize",
            paid, consumed, "\(consumed) › reservation CLIENT EVALSHA confirm",
            "\(consumed) › reservation CLIENT MySQL record answer",
            confirmed, ended, "\(ended) › order CLIENT MySQL end order",
        ]
    }()

    @Test("click, hold, order, payment, outbox, Kafka, confirm, end: one tree, one root, no orphan")
    func purchase() async throws {
        try await TraceReceiver.with { receiver, url in
            try await withSuite(environment: [OTLPVariable.name: url]) { suite in
                let customer = Customer(suite: suite)
                let event = try await customer.makeEvent(seats: 2)
                let tracer = Tracer()
                let queue = SpanQueue()
                tracer.start(into: queue)
                let trace = TraceContext.fresh()
                let click = try #require(tracer.begin("click", .internal, as: trace))
                let order = try await customer.buy("R1C1", of: event, traceparent: trace.traceparent)
                let isConfirmed = try await eventually(within: .seconds(30)) {
                    try await customer.status(of: order) == .confirmed
                }
                click.end()
                try await export(queue.take(), to: url)
                #expect(isConfirmed)

                let isComplete = try await eventually(within: .seconds(30)) {
                    let tree = TraceTree(receiver.spans, of: trace.traceID)
                    return tree.paths.isSuperset(of: Self.hops) && tree.orphans.isEmpty
                }
                let tree = TraceTree(receiver.spans, of: trace.traceID)
                print("the trace of one order, \(tree.spans.count) spans:\n\(tree.text)")
                #expect(isComplete, "missing: \(Self.hops.subtracting(tree.paths).sorted())")
                #expect(tree.roots.map(\.name) == ["click"])
                #expect(tree.orphans.map(\.name) == [])
                #expect(Set(tree.spans.map(\.spanID)).count == tree.spans.count)
                #expect(tree.spans.filter { $0.error != nil }.map(\.name) == [])
                #expect(receiver.problems == [])
                let probes = receiver.spans.filter { $0.name.contains("/readyz") || $0.name.contains("/metrics") }
                #expect(probes.isEmpty)
            }
        }
    }

    private func export(_ spans: [Span], to url: String) async throws {
        var request = HTTPClientRequest(url: url + "/v1/traces")
        request.method = .POST
        request.headers.add(name: "Content-Type", value: "application/json")
        let encoder = OTLPTraceEncoder(resource: [SpanAttribute("service.name", "browser")])
        request.body = .bytes(ByteBuffer(bytes: encoder.encode(spans)))
        let response = try await HTTPClient.shared.execute(request, timeout: .seconds(10))
        #expect(response.status == .ok)
    }
}

/// The variable that says where traces go.
enum OTLPVariable {
    static let name = "OTEL_EXPORTER_OTLP_ENDPOINT"
}
