/// Writes spans as the body of OTLP/HTTP's `POST /v1/traces`: an `ExportTraceServiceRequest` in OTLP's JSON.
///
/// OTLP departs from protobuf's JSON mapping: ids are lower-case hex and enums are numbers. 64-bit integers are strings, names are lowerCamelCase.
/// See <https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding>.
package struct OTLPTraceEncoder: Sendable {
    private let head: [UInt8]

    /// Makes an encoder for the spans of one process.
    ///
    /// - Parameters:
    ///   - resource: What produced the spans: `service.name` at least.
    ///   - scope: The name of the instrumentation.
    package init(resource: [SpanAttribute], scope: String = "ticketing") {
        var head: [UInt8] = []
        head += #"{"resourceSpans":[{"resource":{"attributes":"#.utf8
        Self.append(resource, to: &head)
        head += #"},"scopeSpans":[{"scope":{"name":"#.utf8
        head.appendJSON(scope)
        head += #"},"spans":["#.utf8
        self.head = head
    }

    /// The body with `spans`, in their order.
    package func encode(_ spans: [Span]) -> [UInt8] {
        var bytes = head
        bytes.reserveCapacity(head.count + spans.count * 512 + 8)
        for (index, span) in spans.enumerated() {
            if index > 0 { bytes.append(UInt8(ascii: ",")) }
            Self.append(span, to: &bytes)
        }
        bytes += "]}]}]}".utf8
        return bytes
    }

    private static func append(_ span: Span, to bytes: inout [UInt8]) {
        bytes += #"{"traceId":""#.utf8
        bytes += span.context.traceID.utf8
        bytes += #"","spanId":""#.utf8
        bytes += span.context.spanID.utf8
        if let parent = span.context.parentSpanID {
            bytes += #"","parentSpanId":""#.utf8
            bytes += parent.utf8
        }
        bytes += #"","name":"#.utf8
        bytes.appendJSON(span.name)
        bytes += #","kind":\#(span.kind.rawValue),"startTimeUnixNano":"\#(span.start)""#.utf8
        bytes += #","endTimeUnixNano":"\#(span.end)","attributes":"#.utf8
        append(span.attributes, to: &bytes)
        bytes += #","status":{"#.utf8
        if case .error(let message) = span.status {
            bytes += #""code":2,"message":"#.utf8
            bytes.appendJSON(message)
        }
        bytes += "}}".utf8
    }

    private static func append(_ attributes: [SpanAttribute], to bytes: inout [UInt8]) {
        bytes.append(UInt8(ascii: "["))
        for (index, attribute) in attributes.enumerated() {
            if index > 0 { bytes.append(UInt8(ascii: ",")) }
            bytes += #"{"key":"#.utf8
            bytes.appendJSON(attribute.key)
            bytes += #","value":{"#.utf8
            switch attribute.value {
            case .string(let text):
                bytes += #""stringValue":"#.utf8
                bytes.appendJSON(text)
            case .int(let number): bytes += #""intValue":"\#(number)""#.utf8
            case .bool(let truth): bytes += #""boolValue":\#(truth)"#.utf8
            }
            bytes += "}}".utf8
        }
        bytes.append(UInt8(ascii: "]"))
    }
}

extension [UInt8] {
    /// Appends `text` as a JSON string (RFC 8259 §7), with its quotes.
    fileprivate mutating func appendJSON(_ text: String) {
        append(UInt8(ascii: "\""))
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"):
                append(UInt8(ascii: "\\"))
                append(byte)
            case 0..<0x20:
                self += "\\u00".utf8
                append(Self.digit(byte >> 4))
                append(Self.digit(byte & 15))
            default: append(byte)
            }
        }
        append(UInt8(ascii: "\""))
    }

    /// The hexadecimal digit of 0…15.
    private static func digit(_ value: UInt8) -> UInt8 { value < 10 ? 48 + value : 87 + value }
}
