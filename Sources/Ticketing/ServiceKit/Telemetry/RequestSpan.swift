import HTTPTypes
import Observability

/// The span of a request that this process served.
///
/// Its id was made with the request's context, so that what the request caused has it for a parent before it is recorded.
enum RequestSpan {
    /// What is asked all the time and is no part of anybody's trace.
    private static let untraced: Set<String> = ["/healthz", "/readyz", "/metrics"]

    /// Records the span of a request that is answered now, if its trace is recorded.
    static func record(
        _ request: HTTPRequest.Method,
        route: String?,
        status: Int,
        as context: TraceContext,
        lasting duration: Duration
    ) {
        guard Tracer.shared.isRecording(context) else { return }
        let route = route.flatMap { $0 == "NotFound" ? nil : $0.hasPrefix("/") ? $0 : "/" + $0 }
        if let route, untraced.contains(route) { return }
        var attributes = [
            SpanAttribute("http.request.method", request.rawValue),
            SpanAttribute("http.response.status_code", Int64(status)),
        ]
        if let route { attributes.append(SpanAttribute("http.route", route)) }
        Tracer.shared.record(
            route.map { "\(request.rawValue) \($0)" } ?? request.rawValue,
            .server,
            as: context,
            lasting: duration,
            attributes: attributes,
            // A refusal is the caller's mistake, not this service's.
            status: status >= 500 ? .error("answered \(status)") : .unset
        )
    }
}
