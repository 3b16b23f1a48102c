/// Header names of the contract, as they are written.
package enum Header {
    package static let traceID = "Trace-Id"
    package static let traceparent = "traceparent"
    package static let idempotencyKey = "Idempotency-Key"
    package static let holdToken = "Hold-Token"
    package static let callerID = "X-Caller-Id"
    package static let requestTimeout = "Request-Timeout-Ms"
}
