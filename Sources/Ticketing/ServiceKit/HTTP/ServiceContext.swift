import Contract
import Foundation
import Hummingbird
import Logging
import NIOCore
import Observability

/// What a handler knows about its request besides the request itself.
package struct ServiceContext: RequestContext {
    package var coreContext: CoreRequestContextStorage
    /// The caller's connection; payment's mock closes it to leave a request without an answer.
    package let channel: any Channel
    /// The trace that this request belongs to; also task-local as `TraceContext.current`.
    package var trace: TraceContext
    /// When the caller stops waiting (`Request-Timeout-Ms`).
    package var deadline: ContinuousClock.Instant?
    var authentication: Result<Caller, AuthenticationRefusal>

    package init(source: Source) {
        coreContext = CoreRequestContextStorage(source: source)
        channel = source.channel
        trace = TraceContext.current ?? .fresh()
        authentication = .failure(AuthenticationRefusal(message: "nobody was asked who this is"))
    }

    /// Who sent the request, if they proved it.
    package var caller: Caller? { try? authentication.get() }

    /// The logger of this request; its lines carry the trace id.
    package var log: Logger {
        var log = logger
        log[metadataKey: "traceId"] = .string(trace.traceID)
        return log
    }

    /// The caller, who must have `scope`.
    ///
    /// - Throws: `UNAUTHENTICATED` without a valid token, `FORBIDDEN` without the scope.
    package func require(_ scope: Scope) throws(ServiceError) -> Caller {
        let caller = try requireCaller()
        guard caller.may(scope) else {
            throw ServiceError(.forbidden, "this needs a token with the scope \"\(scope.rawValue)\"")
        }
        return caller
    }

    /// The caller, whatever they may do.
    ///
    /// - Throws: `UNAUTHENTICATED` without a valid token.
    package func requireCaller() throws(ServiceError) -> Caller {
        switch authentication {
        case .success(let caller): return caller
        case .failure(let refusal): throw ServiceError(.unauthenticated, refusal.message)
        }
    }

    /// A parameter of the route's path, percent-decoded.
    ///
    /// - Throws: `NOT_FOUND` when it is absent, empty or longer than an id can be.
    package func pathParameter(_ name: String) throws(ServiceError) -> String {
        guard let raw = coreContext.parameters.get(name), let text = raw.removingPercentEncoding,
            !text.isEmpty, text.utf8.count <= 128
        else { throw ServiceError(.notFound, "there is no such \(name)") }
        return text
    }
}
