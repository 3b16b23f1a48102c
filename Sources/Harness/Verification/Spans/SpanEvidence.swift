/// The spans that the services exported in a run, by trace.
package struct SpanEvidence: Codable, Sendable {
    /// A span, in as few bytes as a long storm with its hundreds of thousands asks for.
    package struct Span: Codable, Sendable, Equatable {
        package var id: UInt64
        /// 0 at the root.
        package var parent: UInt64
        /// The place of its label in ``SpanEvidence/labels``.
        package var label: Int32
    }

    /// `order SERVER POST /api/orders`: what spans there are, each kind once.
    package private(set) var labels: [String] = []
    /// By trace id, 32 hex digits.
    package private(set) var traces: [String: [Span]] = [:]
    /// The traces in which a message was sent or processed, by its id, `topic/row`.
    package private(set) var messages: [String: Set<String>] = [:]
    /// Lines of `spans.jsonl` that were read.
    package private(set) var lines = 0
    /// How many spans those were.
    package private(set) var count = 0
    /// Why spans may be missing, a sentence each reason; what is not there proves nothing then.
    package var losses: [String] = []
    /// Services of which a process ended in the run, and with it the spans that it had not sent.
    package var ended: Set<String> = []
    private var places: [String: Int32] = [:]

    package init() {}

    /// The evidence without the spans themselves, which stay in their file.
    var summary: SpanEvidence {
        var summary = SpanEvidence()
        summary.lines = lines
        summary.losses = losses
        summary.ended = ended
        return summary
    }

    /// Adds a span; tests do.
    package mutating func add(_ id: UInt64, _ label: String, parent: UInt64 = 0, trace: String, message: String? = nil)
    {
        let place = places[label] ?? Int32(labels.count)
        if places.updateValue(place, forKey: label) == nil { labels.append(label) }
        traces[trace, default: []].append(Span(id: id, parent: parent, label: place))
        if let message { messages[message, default: []].insert(trace) }
        count += 1
    }

    /// Forgets the spans of a trace that `isGone` says so of; tests do.
    package mutating func remove(where isGone: (_ trace: String, _ label: String) -> Bool) {
        for trace in traces.keys { traces[trace]?.removeAll { isGone(trace, labels[Int($0.label)]) } }
    }

    private static let kinds = [1: "INTERNAL", 2: "SERVER", 3: "CLIENT", 4: "PRODUCER", 5: "CONSUMER"]

    mutating func take(_ body: OTLPBody) {
        lines += 1
        for resource in body.resourceSpans {
            let service = resource.resource.attributes.first { $0.key == "service.name" }?.value.stringValue ?? "?"
            for span in resource.scopeSpans.lazy.flatMap(\.spans) {
                let message = span.attributes.first { $0.key == "messaging.message.id" }?.value.stringValue
                add(
                    UInt64(span.spanId, radix: 16) ?? 0,
                    "\(service) \(Self.kinds[span.kind] ?? "\(span.kind)") \(span.name)",
                    parent: span.parentSpanId.flatMap { UInt64($0, radix: 16) } ?? 0,
                    trace: span.traceId,
                    message: message
                )
            }
        }
    }
}
