import Contract
import HTTPTypes

extension HTTPField.Name {
    package static let traceID = contractName(Header.traceID)
    package static let traceparent = contractName(Header.traceparent)
    package static let idempotencyKey = contractName(Header.idempotencyKey)
    package static let holdToken = contractName(Header.holdToken)
    package static let callerID = contractName(Header.callerID)
    package static let requestTimeout = contractName(Header.requestTimeout)

    /// The field name of a header that the contract names.
    private static func contractName(_ text: String) -> HTTPField.Name {
        guard let name = HTTPField.Name(text) else { preconditionFailure("\"\(text)\" is not a header name") }
        return name
    }
}

/// Looks headers up by text, without parsing the names that tracing asks for on every request.
enum HeaderLookup {
    private static let names: [String: HTTPField.Name] = Dictionary(
        [
            "traceparent", "tracestate", "b3", "X-B3-TraceId", "X-B3-SpanId", "X-B3-Sampled", "X-B3-Flags",
            "x-b3-traceid", "x-b3-spanid", "x-b3-sampled", "x-b3-flags", "Trace-Id", "trace-id",
        ].compactMap { text in HTTPField.Name(text).map { (text, $0) } },
        uniquingKeysWith: { first, _ in first }
    )

    static func value(_ name: String, in headers: HTTPFields) -> String? {
        guard let known = names[name] ?? HTTPField.Name(name) else { return nil }
        return headers[known]
    }
}
