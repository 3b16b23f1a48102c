/// Where the parts of a rendered request are in its bytes.
struct RequestLayout {
    /// What the request line asks for: the gateway's own path and ``pathStart``, up to ``pathEnd``.
    var targetStart = 0
    /// The path without the gateway's own.
    var pathStart = 0
    var pathEnd = 0
    /// The header lines that are the step's own: after `Host`, before `Content-Length`.
    var headersStart = 0
    var headersEnd = 0
    /// The value of the `Idempotency-Key`; empty where none is sent.
    var key = 0..<0
    var bodyStart = 0
    var hasBody = false
}
