import Contract
import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import Observability

/// What every request of every service goes through: trace, authentication, admission, deadline, error body, metrics.
///
/// It is one responder around the router, not a chain of middleware, because each link would cost the hot path an allocation and a
/// suspension, and because a deadline must be able to outlive the handler.
package struct ServiceResponder: HTTPResponder {
    package typealias Context = ServiceContext

    private let router: RouterResponder<ServiceContext>
    private let routes: RouteTable
    private let authenticator: Authenticator
    private let admission: Admission
    private let metrics = RequestMetrics()

    init(router: Router<ServiceContext>, routes: RouteTable, settings: ServiceSettings) {
        self.router = router.buildResponder()
        self.routes = routes
        authenticator = Authenticator(settings.authentication)
        admission = Admission(limit: settings.maximumConcurrency)
    }

    package func respond(to request: Request, context: ServiceContext) async throws -> Response {
        let started = ContinuousClock.now
        var context = context
        let headers = CommonHeaders(request.headers)
        context.trace = headers.trace
        context.authentication = authenticator.authenticate(headers)
        let prepared = context
        return await TraceContext.$current.withValue(prepared.trace) {
            var response = await admitted(request, prepared, headers.requestTimeout, started)
            response.headers[.traceID] = prepared.trace.traceID
            let duration = started.duration(to: .now)
            metrics.record(
                route: prepared.endpointPath ?? "none",
                method: request.method,
                status: response.status.code,
                duration: duration
            )
            RequestSpan.record(
                request.method,
                route: prepared.endpointPath,
                status: response.status.code,
                as: prepared.trace,
                lasting: duration
            )
            return response
        }
    }

    private func admitted(
        _ request: Request,
        _ context: ServiceContext,
        _ timeout: String?,
        _ started: ContinuousClock.Instant
    ) async -> Response {
        guard admission.enter() else {
            let error = ServiceError(
                .upstreamUnavailable,
                "too many requests at once; try again shortly",
                retryAfter: 1
            )
            return errorResponse(error, context)
        }
        defer { admission.leave() }
        do {
            return try await answer(request, context, timeout, started)
        } catch let error as ServiceError {
            return errorResponse(error, context)
        } catch {
            context.log.error(
                "a request failed unexpectedly",
                metadata: ["error": "\(error)", "route": "\(context.endpointPath ?? "none")"]
            )
            return errorResponse(.internalError, context)
        }
    }

    private func answer(
        _ request: Request,
        _ context: ServiceContext,
        _ timeout: String?,
        _ started: ContinuousClock.Instant
    ) async throws -> Response {
        guard let text = timeout else { return try await route(request, context) }
        guard let milliseconds = Int64(text), (1...3_600_000).contains(milliseconds) else {
            throw ServiceError(
                .validationFailed,
                "\(Header.requestTimeout) must be a whole number of milliseconds from 1 to 3600000"
            )
        }
        var context = context
        context.deadline = started + .milliseconds(milliseconds)
        let prepared = context
        return try await RequestDeadline.$current.withValue(context.deadline) {
            try await withDeadline(.milliseconds(milliseconds)) { try await route(request, prepared) }
        }
    }

    private func route(_ request: Request, _ context: ServiceContext) async throws -> Response {
        let response = try await router.respond(to: request, context: context)
        // Handlers refuse by throwing; a refusal that comes back as a response is Hummingbird's own, without the contract's body.
        guard response.status.code >= 400 else { return response }
        guard response.status == .notFound, context.endpointPath == "NotFound" else {
            throw Self.error(for: response.status)
        }
        let methods = routes.methods(of: request.uri.path)
        guard !methods.isEmpty else { throw ServiceError(.notFound, "there is no such route") }
        let error = ServiceError(.methodNotAllowed, "this route answers to \(methods.joined(separator: ", "))")
        var refusal = errorResponse(error, context)
        refusal.headers[.allow] = methods.joined(separator: ", ")
        return refusal
    }

    private static func error(for status: HTTPResponse.Status) -> ServiceError {
        switch status {
        case .notFound: ServiceError(.notFound, "there is no such route")
        case .contentTooLarge: ServiceError(.payloadTooLarge, "the body is too large")
        case .badRequest: ServiceError(.malformedRequest, "the request cannot be read")
        default: .internalError
        }
    }

    private func errorResponse(_ error: ServiceError, _ context: ServiceContext) -> Response {
        var body = ByteBufferAllocator().buffer(capacity: 192)
        body.writeString("{\"code\":\"")
        body.writeString(error.code.rawValue)
        body.writeString("\",\"message\":")
        body.writeJSON(error.message)
        body.writeString(",\"traceId\":\"")
        body.writeString(context.trace.traceID)
        body.writeString("\"}")
        var headers: HTTPFields = [:]
        if let seconds = error.retryAfter { headers[.retryAfter] = String(seconds) }
        if error.code == .unauthenticated { headers[.wwwAuthenticate] = "Bearer" }
        return jsonResponse(HTTPResponse.Status(code: error.code.status), bytes: body, headers: headers)
    }
}
