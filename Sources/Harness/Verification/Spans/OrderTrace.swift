import Contract

/// The way of one order through the services, as its trace has it.
struct OrderTrace {
    /// Where the trace of an order begins: the request that made it.
    static let root = "order SERVER POST /api/orders"

    /// Every hop of an order that ends CONFIRMED, in the order of its way, with what a person calls it.
    static let hops: [(label: String, name: String)] = [
        (root, "the order's request"),
        ("reservation SERVER POST /api/reservations/pin", "the pin in reservation"),
        ("order INTERNAL saga", "the saga"),
        ("payment SERVER POST /api/payments/authorize", "the charge in payment"),
        ("order PRODUCER send \(Topic.orderEvents)", "the outbox of order"),
        ("reservation CONSUMER process \(Topic.orderEvents)", "reservation's consumer of \(Topic.orderEvents)"),
        ("reservation PRODUCER send \(Topic.reservationEvents)", "the outbox of reservation"),
        ("order CONSUMER process \(Topic.reservationEvents)", "order's consumer of \(Topic.reservationEvents)"),
    ]

    /// The hops that cannot be reached from the order's request by parents that are all there.
    let missing: [String]
    /// The services whose hops of the order are not there at all.
    let silent: Set<String>

    /// Follows the trace of an order.
    init(_ trace: String, in evidence: SpanEvidence) {
        let spans = evidence.traces[trace] ?? []
        let byID = Dictionary(spans.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        func reachesRoot(_ span: SpanEvidence.Span) -> Bool {
            var span = span
            // A trace whose parents go in a circle is longer than it has spans.
            for _ in 0...spans.count {
                if evidence.labels[Int(span.label)] == Self.root { return true }
                guard let parent = byID[span.parent] else { return false }
                span = parent
            }
            return false
        }
        let reached = Set(spans.filter(reachesRoot).map { evidence.labels[Int($0.label)] })
        let present = Set(spans.map { evidence.labels[Int($0.label)] })
        let absent = Self.hops.filter { !present.contains($0.label) }
        silent = Set(absent.map { String($0.label.prefix { $0 != " " }) })
        missing = Self.hops.filter { !reached.contains($0.label) }.map(\.name)
    }
}
