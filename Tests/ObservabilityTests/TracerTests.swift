import Observability
import Synchronization
import Testing

@Suite("Tracer")
struct TracerTests {
    private struct Broken: Error {}

    private func span(_ name: String) -> Span {
        Span(context: .fresh(), name: name, kind: .internal, start: 0, end: 0)
    }

    @Test("a queue holds so many spans and drops the rest; a batch is the oldest of them")
    func bounds() {
        let batches = Mutex(0)
        let queue = SpanQueue(capacity: 5, batch: 2) { batches.withLock { $0 += 1 } }
        let added = (0..<8).map { queue.add(span("\($0)")) }
        #expect(added == [true, true, true, true, true, false, false, false])
        #expect(batches.withLock { $0 } == 2)
        #expect(queue.take().map(\.name) == ["0", "1"])
        #expect(queue.take().map(\.name) == ["2", "3"])
        #expect(queue.take().map(\.name) == ["4"])
        #expect(queue.take().isEmpty)
    }

    @Test("what is given back goes out first, as far as there is room")
    func putBack() {
        let queue = SpanQueue(capacity: 3, batch: 2)
        for name in ["0", "1", "2"] { queue.add(span(name)) }
        let taken = queue.take()
        queue.add(span("3"))
        queue.putBack(taken)
        #expect(queue.count == 3)
        #expect(queue.take().map(\.name) == ["1", "2"])
        #expect(queue.take().map(\.name) == ["3"])
    }

    @Test("without a queue there is no span, and not even its name is made")
    func off() {
        let tracer = Tracer()
        let asked = Mutex(0)
        func name() -> String {
            asked.withLock { $0 += 1 }
            return "x"
        }
        TraceContext.$current.withValue(.fresh()) {
            #expect(tracer.begin(name(), .client) == nil)
        }
        #expect(tracer.begin(name(), .server, as: .fresh()) == nil)
        #expect(asked.withLock { $0 } == 0)
    }

    @Test("no span is made in a trace that its sender did not sample, or outside of any")
    func unsampled() async throws {
        let tracer = Tracer()
        let queue = SpanQueue()
        tracer.start(into: queue)
        TraceContext.$current.withValue(.fresh(sampled: false)) {
            #expect(tracer.begin("x", .client) == nil)
        }
        #expect(tracer.begin("x", .client) == nil)
        let seven = await tracer.inSpan("x", .client) { 7 }
        #expect(seven == 7)
        #expect(queue.count == 0)
    }

    @Test("a span is the running one's child, is the parent of what it causes, and says how it failed")
    func nesting() async throws {
        let tracer = Tracer()
        let queue = SpanQueue()
        tracer.start(into: queue)
        let root = TraceContext.fresh()
        await #expect(throws: Broken.self) {
            try await TraceContext.$current.withValue(root) {
                try await tracer.inSpan("outer", .internal, attributes: [SpanAttribute("a", 1)]) {
                    tracer.begin("inner", .client)?.end()
                    throw Broken()
                }
            }
        }
        tracer.stop(queue)
        #expect(!tracer.isRecording(root))
        let spans = queue.take()
        #expect(spans.map(\.name) == ["inner", "outer"])
        #expect(spans.map(\.status) == [.unset, .error("Broken()")])
        #expect(spans.last?.context.parentSpanID == root.spanID)
        #expect(spans.first?.context.parentSpanID == spans.last?.context.spanID)
        #expect(spans.last?.attributes == [SpanAttribute("a", 1)])
        #expect(spans.allSatisfy { $0.context.traceID == root.traceID && $0.start <= $0.end })
    }
}
