/// A refusal of the proxy's API: a status, and what a caller reads.
struct ProxyError: Error, Sendable, CustomStringConvertible {
    enum Status: Int, Sendable {
        case badRequest = 400
        case forbidden = 403
        case notFound = 404
        case methodNotAllowed = 405
        case conflict = 409
        case contentTooLarge = 413
        case internalError = 500
        case unavailable = 503
    }

    let status: Status
    let description: String

    init(_ status: Status, _ description: String) {
        self.status = status
        self.description = description
    }

    static func missing(_ field: String) -> ProxyError {
        ProxyError(.badRequest, "missing required field: \(field)")
    }

    static func badBody(_ reason: String) -> ProxyError {
        ProxyError(.badRequest, "bad request body: \(reason)")
    }

    static func noProxy(_ name: String) -> ProxyError {
        ProxyError(.notFound, "proxy not found: \"\(name)\"")
    }

    static func noToxic(_ name: String) -> ProxyError {
        ProxyError(.notFound, "toxic not found: \"\(name)\"")
    }
}
