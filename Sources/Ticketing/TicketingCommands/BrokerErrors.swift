import Contract
import Foundation
import HTTPTypes
import Hummingbird
import KafkaClient
import Logging
import NIOCore
import Observability

/// Why the control server refuses a request.
struct BrokerRefusal: Error {
    let code: ErrorCode
    let message: String

    init(_ code: ErrorCode, _ message: String) {
        self.code = code
        self.message = message
    }
}

/// Turns every failure, an unknown path too, into the contract's error body.
struct BrokerErrors<Context: RequestContext>: RouterMiddleware {
    func handle(
        _ request: Request,
        context: Context,
        next: (Request, Context) async throws -> Response
    ) async throws -> Response {
        do {
            return try await next(request, context)
        } catch let refusal as BrokerRefusal {
            return try self.response(request, refusal)
        } catch let error as KafkaError {
            let code: ErrorCode =
                switch error.kind {
                case .overloaded, .closed: .upstreamUnavailable
                case .configuration where error.outcome == .refused: .notFound
                case .configuration: .validationFailed
                default: .internal
                }
            return try self.response(request, BrokerRefusal(code, error.message))
        } catch let error as any HTTPResponseError where error.status == .notFound {
            let what = "\(request.method.rawValue) \(request.uri.path)"
            return try self.response(request, BrokerRefusal(.notFound, "the broker's control server has no \(what)"))
        } catch {
            context.logger.error("control request failed", error: error)
            return try self.response(request, BrokerRefusal(.internal, "\(error)"))
        }
    }

    private func response(_ request: Request, _ refusal: BrokerRefusal) throws -> Response {
        let trace = TraceContext.extract { name in
            HTTPField.Name(name).flatMap { request.headers[$0] }
        }
        let body = ErrorBody(code: refusal.code, message: refusal.message, traceId: trace.traceID)
        var headers: HTTPFields = [.contentType: "application/json; charset=utf-8"]
        if let name = HTTPField.Name(Header.traceID) { headers[name] = trace.traceID }
        return Response(
            status: .init(code: refusal.code.status),
            headers: headers,
            body: .init(byteBuffer: ByteBuffer(bytes: try JSONEncoder().encode(body)))
        )
    }
}
