import Foundation

/// A span as a collector reads it from OTLP JSON.
package struct ReceivedSpan: Sendable {
    package let service: String
    package let traceID: String
    package let spanID: String
    /// nil at the root.
    package let parentSpanID: String?
    package let name: String
    /// `INTERNAL`, `SERVER`, `CLIENT`, `PRODUCER`, `CONSUMER`.
    package let kind: String
    /// Nanoseconds since 1970.
    package let start: UInt64
    /// Nanoseconds since 1970.
    package let end: UInt64
    /// By key; numbers and truths as text.
    package let attributes: [String: String]
    /// nil unless the span failed.
    package let error: String?

    /// Reads the body of a `POST /v1/traces`.
    ///
    /// - Throws: When it is not what OTLP's JSON mapping says.
    package static func read(_ body: Data) throws -> [ReceivedSpan] {
        try JSONDecoder().decode(Body.self, from: body).resourceSpans.flatMap { resource in
            let service = resource.resource.attributes.first { $0.key == "service.name" }?.value.text
            guard let service else { throw Malformed(what: "a resource without service.name") }
            return try resource.scopeSpans.flatMap(\.spans).map { try ReceivedSpan($0, service) }
        }
    }

    private static let kinds = [1: "INTERNAL", 2: "SERVER", 3: "CLIENT", 4: "PRODUCER", 5: "CONSUMER"]

    private init(_ span: Body.Span, _ service: String) throws {
        func isID(_ text: String, digits: Int) -> Bool {
            text.count == digits && text.allSatisfy { "0123456789abcdef".contains($0) } && text.contains { $0 != "0" }
        }
        guard isID(span.traceId, digits: 32), isID(span.spanId, digits: 16),
            span.parentSpanId.map({ isID($0, digits: 16) }) ?? true
        else { throw Malformed(what: "ids \(span.traceId) \(span.spanId) \(span.parentSpanId ?? "")") }
        guard let kind = Self.kinds[span.kind], let start = UInt64(span.startTimeUnixNano),
            let end = UInt64(span.endTimeUnixNano), start <= end
        else { throw Malformed(what: "kind or times of \(span.name)") }
        self.service = service
        traceID = span.traceId
        spanID = span.spanId
        parentSpanID = span.parentSpanId
        name = span.name
        self.kind = kind
        self.start = start
        self.end = end
        attributes = Dictionary(span.attributes.map { ($0.key, $0.value.text) }, uniquingKeysWith: { $1 })
        error = span.status.code == 2 ? span.status.message ?? "" : nil
    }

    /// Why a body is refused.
    private struct Malformed: Error {
        let what: String
    }

    /// OTLP's JSON; what is not named here is ignored, as the specification asks.
    private struct Body: Decodable {
        struct Resource: Decodable {
            let resource: Attributes
            let scopeSpans: [Scope]
        }
        struct Scope: Decodable {
            let spans: [Span]
        }
        struct Attributes: Decodable {
            let attributes: [Attribute]
        }
        struct Attribute: Decodable {
            let key: String
            let value: Value
        }
        struct Value: Decodable {
            let stringValue: String?
            /// A string: a JSON number cannot hold 64 bits everywhere.
            let intValue: String?
            let boolValue: Bool?

            var text: String { stringValue ?? intValue ?? boolValue.map { "\($0)" } ?? "" }
        }
        struct Span: Decodable {
            let traceId: String
            let spanId: String
            let parentSpanId: String?
            let name: String
            let kind: Int
            let startTimeUnixNano: String
            let endTimeUnixNano: String
            let attributes: [Attribute]
            let status: Status
        }
        struct Status: Decodable {
            let code: Int?
            let message: String?
        }
        let resourceSpans: [Resource]
    }
}
