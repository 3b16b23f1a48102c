import Contract
import HTTPTypes
import Observability

/// The headers that every request is asked for, found in one pass over its fields.
///
/// Looking each of them up by name walks all fields each time, and tracing alone asks for nine.
struct CommonHeaders {
    private(set) var authorization: String?
    private(set) var callerID: String?
    private(set) var requestTimeout: String?
    private var tracing: [String: String] = [:]
    private var traceparent: String?

    /// Reads `fields`; of a header that is there twice the first counts.
    init(_ fields: HTTPFields) {
        for field in fields {
            // Lower case, by definition of the canonical name.
            let name = field.name.canonicalName
            switch name {
            case "authorization": authorization = authorization ?? field.value
            case "traceparent": traceparent = traceparent ?? field.value
            case Self.callerIDName: callerID = callerID ?? field.value
            case Self.requestTimeoutName: requestTimeout = requestTimeout ?? field.value
            case "b3", "x-b3-traceid", "x-b3-spanid", "x-b3-sampled", "x-b3-flags", Self.traceIDName:
                if tracing[name] == nil { tracing[name] = field.value }
            default: break
            }
        }
    }

    /// Where the request stands in its trace.
    var trace: TraceContext {
        TraceContext.extract { name in
            name == "traceparent" ? traceparent : tracing.isEmpty ? nil : tracing[name.lowercased()]
        }
    }

    private static let traceIDName = Header.traceID.lowercased()
    private static let callerIDName = Header.callerID.lowercased()
    private static let requestTimeoutName = Header.requestTimeout.lowercased()
}
