import Contract
import KafkaClient
import MySQLClient
import RedisClient

/// What a handler throws to answer with the contract's error body.
package struct ServiceError: Error, Sendable, Equatable, CustomStringConvertible {
    package let code: ErrorCode
    /// For the caller; never carries internals.
    package let message: String
    /// Seconds, for the `Retry-After` header.
    package let retryAfter: Int?

    /// Makes an error.
    package init(_ code: ErrorCode, _ message: String, retryAfter: Int? = nil) {
        self.code = code
        self.message = message
        self.retryAfter = retryAfter
    }

    package var description: String { "\(code.rawValue): \(message)" }

    /// The answer when the store or service `name` failed with `error`.
    ///
    /// What did not answer, or could not be reached, is `UPSTREAM_UNAVAILABLE`; an answer that says that the request itself was wrong is
    /// a bug here, so `INTERNAL`.
    package static func upstream(_ name: String, _ error: any Error) -> ServiceError {
        switch error {
        case let error as ServiceError: error
        case let error as RedisError where !error.isUnavailable: internalError
        case let error as MySQLError where !error.isUnavailable: internalError
        default: ServiceError(.upstreamUnavailable, "\(name) does not answer; try again shortly", retryAfter: 1)
        }
    }

    /// The answer to a bug.
    package static let internalError = ServiceError(
        .internal,
        "this should not have happened; the trace id leads to the cause"
    )
}

extension RedisError {
    /// Whether this is about Redis' health and not about what it was asked.
    fileprivate var isUnavailable: Bool {
        guard case .server(let code) = kind else { return true }
        return ["LOADING", "BUSY", "OOM", "READONLY", "MASTERDOWN", "CLUSTERDOWN", "TRYAGAIN", "MISCONF", "NOREPLICAS"]
            .contains(code)
    }
}

extension MySQLError {
    /// Whether this is about the database's health and not about what it was asked.
    fileprivate var isUnavailable: Bool {
        switch kind {
        case .duplicateKey, .server: false
        default: true
        }
    }
}
