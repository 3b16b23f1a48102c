import Observability

/// The trace that an order belongs to, from the click to its end.
package struct OrderTrace: Sendable, Equatable {
    /// 32 hex digits.
    package let id: String
    /// The W3C header of the request that made the order: what comes later has it for a parent.
    package let parent: String

    /// The request's trace.
    package init(_ context: TraceContext) {
        id = context.traceID
        parent = context.traceparent
    }
}
