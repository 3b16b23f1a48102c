/// The `code` of an error body, and the HTTP status it travels with.
package enum ErrorCode: String, Sendable, CaseIterable, Codable {
    case validationFailed = "VALIDATION_FAILED"
    case malformedRequest = "MALFORMED_REQUEST"
    case unauthenticated = "UNAUTHENTICATED"
    case forbidden = "FORBIDDEN"
    case notFound = "NOT_FOUND"
    case methodNotAllowed = "METHOD_NOT_ALLOWED"
    /// The request did not arrive whole in time.
    case requestTimeout = "REQUEST_TIMEOUT"
    case payloadTooLarge = "PAYLOAD_TOO_LARGE"
    case headersTooLarge = "HEADERS_TOO_LARGE"
    case reservationConflict = "RESERVATION_CONFLICT"
    case notHolder = "NOT_HOLDER"
    case holdExpired = "HOLD_EXPIRED"
    case idempotencyMismatch = "IDEMPOTENCY_MISMATCH"
    case upstreamUnavailable = "UPSTREAM_UNAVAILABLE"
    case timeout = "TIMEOUT"
    case `internal` = "INTERNAL"

    /// The HTTP status.
    package var status: Int {
        switch self {
        case .validationFailed, .idempotencyMismatch: 422
        case .malformedRequest: 400
        case .unauthenticated: 401
        case .forbidden, .notHolder: 403
        case .notFound: 404
        case .methodNotAllowed: 405
        case .requestTimeout: 408
        case .payloadTooLarge: 413
        case .headersTooLarge: 431
        case .reservationConflict: 409
        case .holdExpired: 410
        case .upstreamUnavailable: 503
        case .timeout: 504
        case .internal: 500
        }
    }
}

/// The body of every non-2xx answer that a service itself makes.
package struct ErrorBody: Codable, Sendable, Equatable {
    /// One of ``ErrorCode``.
    package var code: String
    /// What went wrong, for a person; names the field or the dependency.
    package var message: String
    /// 32 hex digits; also in the `Trace-Id` header and in every log line.
    package var traceId: String

    /// Makes a body from its fields.
    package init(code: ErrorCode, message: String, traceId: String) {
        self.code = code.rawValue
        self.message = message
        self.traceId = traceId
    }
}
