import TicketingTestKit

/// The spans of one trace, as a tree.
struct TraceTree {
    let spans: [ReceivedSpan]
    private let children: [String: [ReceivedSpan]]

    /// Takes those of `spans` that belong to the trace.
    init(_ spans: [ReceivedSpan], of traceID: String) {
        self.spans = spans.filter { $0.traceID == traceID }.sorted { $0.start < $1.start }
        children = Dictionary(grouping: self.spans) { $0.parentSpanID ?? "" }
    }

    /// The spans without a parent.
    var roots: [ReceivedSpan] { children[""] ?? [] }

    /// The spans whose parent is in nobody's export.
    var orphans: [ReceivedSpan] {
        let known = Set(spans.map(\.spanID))
        return spans.filter { span in span.parentSpanID.map { !known.contains($0) } ?? false }
    }

    /// Every span's way from the root, `click › POST /api/orders › …`.
    var paths: Set<String> {
        func below(_ span: ReceivedSpan, _ path: String) -> [String] {
            let own = path + Self.label(span)
            return [own] + (children[span.spanID] ?? []).flatMap { below($0, own + " › ") }
        }
        return Set(roots.flatMap { below($0, "") })
    }

    /// One line a span, indented by its depth.
    var text: String {
        func lines(_ span: ReceivedSpan, _ depth: Int) -> [String] {
            let line =
                String(repeating: "  ", count: depth) + "\(Self.label(span)) \((span.end - span.start) / 1000) µs"
            return [line] + (children[span.spanID] ?? []).flatMap { lines($0, depth + 1) }
        }
        return roots.flatMap { lines($0, 0) }.joined(separator: "\n")
    }

    private static func label(_ span: ReceivedSpan) -> String { "\(span.service) \(span.kind) \(span.name)" }
}
