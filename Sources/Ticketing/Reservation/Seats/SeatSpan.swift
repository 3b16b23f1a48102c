import Observability

/// The span of a call of a seat script.
///
/// A refusal is an answer, not an error. Where no spans are recorded it costs one atomic load.
enum SeatSpan {
    static func begin(_ name: String) -> ActiveSpan? {
        Tracer.shared.begin(
            name,
            .client,
            attributes: [SpanAttribute("db.system.name", "redis"), SpanAttribute("db.operation.name", "EVALSHA")]
        )
    }
}
