import Synchronization

/// Where this process' spans are recorded.
///
/// Without a queue nothing is recorded, and asking for a span costs one atomic load: names and attributes are not even made.
/// Nor is a span made in a trace whose sender did not sample it.
package final class Tracer: Sendable {
    /// The process' tracer.
    package static let shared = Tracer()

    private let isOn = Atomic(false)
    private let queue = Mutex<SpanQueue?>(nil)

    /// Makes a tracer that records nothing yet.
    package init() {}

    /// Records into `queue` from now on.
    package func start(into queue: SpanQueue) {
        self.queue.withLock { $0 = queue }
        isOn.store(true, ordering: .relaxed)
    }

    /// Stops recording into `queue`, if that is where it records.
    package func stop(_ queue: SpanQueue) {
        self.queue.withLock { current in
            guard current === queue else { return }
            current = nil
            isOn.store(false, ordering: .relaxed)
        }
    }

    /// Whether a span with this context would be recorded.
    package func isRecording(_ context: TraceContext) -> Bool {
        isOn.load(ordering: .relaxed) && context.sampled
    }

    /// Begins a span that `parent` caused.
    ///
    /// - Parameters:
    ///   - name: With few different values.
    ///   - kind: Which side of what it is.
    ///   - parent: The running task's unless given.
    ///   - attributes: Known at the beginning.
    /// - Returns: The span; nil when nothing is recorded, or there is no trace.
    package func begin(
        _ name: @autoclosure () -> String,
        _ kind: SpanKind,
        parent: @autoclosure () -> TraceContext? = TraceContext.current,
        attributes: @autoclosure () -> [SpanAttribute] = []
    ) -> ActiveSpan? {
        guard isOn.load(ordering: .relaxed), let parent = parent(), parent.sampled else { return nil }
        return ActiveSpan(
            tracer: self,
            context: parent.child(),
            name: name(),
            kind: kind,
            attributes: attributes()
        )
    }

    /// Begins the span whose context was made already, as that of an incoming request or message is.
    ///
    /// - Returns: The span; nil when nothing is recorded.
    package func begin(
        _ name: @autoclosure () -> String,
        _ kind: SpanKind,
        as context: TraceContext,
        attributes: @autoclosure () -> [SpanAttribute] = []
    ) -> ActiveSpan? {
        guard isRecording(context) else { return nil }
        return ActiveSpan(tracer: self, context: context, name: name(), kind: kind, attributes: attributes())
    }

    /// Runs `body` in a span of the running task's trace.
    package func inSpan<Value>(
        _ name: @autoclosure () -> String,
        _ kind: SpanKind,
        attributes: @autoclosure () -> [SpanAttribute] = [],
        _ body: () async throws -> Value
    ) async rethrows -> Value {
        guard let span = begin(name(), kind, attributes: attributes()) else { return try await body() }
        do {
            let value = try await TraceContext.$current.withValue(span.context) { try await body() }
            span.end()
            return value
        } catch {
            span.end(.failed(error))
            throw error
        }
    }

    /// Records a span that ends now, and whose beginning was measured by somebody else.
    ///
    /// - Parameters:
    ///   - name: With few different values.
    ///   - kind: Which side of what it is.
    ///   - context: The span's own.
    ///   - duration: How long it took.
    ///   - attributes: What is known of it.
    ///   - status: How it ended.
    package func record(
        _ name: String,
        _ kind: SpanKind,
        as context: TraceContext,
        lasting duration: Duration,
        attributes: [SpanAttribute] = [],
        status: SpanStatus = .unset
    ) {
        let end = SpanClock.now()
        let length = SpanClock.end(of: 0, after: duration)
        record(
            Span(
                context: context,
                name: name,
                kind: kind,
                start: end > length ? end - length : end,
                end: end,
                attributes: attributes,
                status: status
            )
        )
    }

    func record(_ span: Span) {
        queue.withLock { $0 }?.add(span)
    }
}
