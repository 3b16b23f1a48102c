import Foundation
import HTTPTypes
import Hummingbird
import NIOCore

/// Toxiproxy's HTTP API, with its paths, statuses and defaults, on a relay.
package struct ProxyAPI: HTTPResponder {
    package typealias Context = BasicRequestContext

    /// The version of Toxiproxy whose API this is; its clients ask.
    static let version = "2.12.0"
    private static let maximumBody = 1_024 * 1_024

    let relay: RelayThread

    package func respond(to request: Request, context: Context) async throws -> Response {
        do {
            return try await answer(request)
        } catch let error as ProxyError {
            return refusal(error)
        } catch let error as RelayError {
            return refusal(ProxyError(.unavailable, error.description))
        }
    }

    private func answer(_ request: Request) async throws -> Response {
        // As Toxiproxy: a web page that its user visits must not reach an API that has no other guard.
        if let agent = request.headers[.userAgent], agent.hasPrefix("Mozilla/") {
            throw ProxyError(.forbidden, "User-Agent not allowed: browsers are kept out")
        }
        guard let route = ProxyRoute(path: request.uri.path) else {
            throw ProxyError(.notFound, "no such path: \(request.uri.path)")
        }
        guard route.methods.contains(request.method) else {
            let allowed = route.methods.map(\.rawValue).joined(separator: ", ")
            throw ProxyError(
                .methodNotAllowed,
                "\(request.method.rawValue) \(request.uri.path): allowed are \(allowed)"
            )
        }
        switch route {
        case .version: return json(["version": Self.version])
        case .metrics: return try await metrics()
        case .toxicRecords: return json(try await relay.perform { $0.recordBodies() })
        case .reset:
            try await relay.perform { try $0.reset() }
            return Response(status: .noContent)
        case .proxies, .populate, .proxy:
            return try await answerProxies(route, request)
        case .toxics, .toxic, .leasedToxics:
            return try await answerToxics(route, request)
        case .ruleRecords: return json(try await relay.perform { $0.ruleBodies() })
        case .rules, .rule:
            return try await answerRules(route, request)
        case .down, .outage:
            return try await answerOutages(route, request)
        }
    }

    private func answerProxies(_ route: ProxyRoute, _ request: Request) async throws -> Response {
        switch (route, request.method) {
        case (.proxies, .get):
            return json(try await relay.perform { $0.bodies() })
        case (.proxies, _):
            let input = try ProxyInput(try await body(request))
            return json(try await relay.perform { try $0.create(input) }, .created)
        case (.proxy(let name), .get):
            return json(try await relay.perform { $0.body(try $0.proxy(name)) })
        case (.proxy(let name), .delete):
            try await relay.perform { try $0.delete(name) }
            return Response(status: .noContent)
        case (.proxy(let name), _):
            let input = try ProxyInput(try await body(request))
            return json(try await relay.perform { try $0.update(name, input) })
        default:
            guard case .array(let list) = try await body(request) else {
                throw ProxyError.badBody("expected a list of proxies")
            }
            let inputs = try list.map { try ProxyInput($0) }
            return json(["proxies": try await relay.perform { try $0.populate(inputs) }], .created)
        }
    }

    private func answerToxics(_ route: ProxyRoute, _ request: Request) async throws -> Response {
        switch (route, request.method) {
        case (.toxics(let proxy), .get):
            return json(try await relay.perform { table in try table.proxy(proxy).toxics.map { table.body($0) } })
        case (.toxics(let proxy), _):
            let input = try ToxicInput(try await body(request))
            return json(try await relay.perform { $0.body(try $0.addToxic(proxy, input)) })
        case (.leasedToxics(let proxy), _):
            let input = try ToxicInput(try await body(request))
            guard input.leaseSeconds != nil else { throw ProxyError.missing("leaseSeconds") }
            return json(
                try await relay.perform { table in
                    let record = try table.addToxic(proxy, input)
                    return LeaseBody(id: record.id, leaseSeconds: input.leaseSeconds, toxic: table.body(record))
                }
            )
        case (.toxic(let proxy, let name), .get):
            return json(try await relay.perform { $0.body(try $0.toxic(proxy, name)) })
        case (.toxic(let proxy, let name), .delete):
            try await relay.perform { try $0.removeToxic(proxy, name) }
            return Response(status: .noContent)
        case (.toxic(let proxy, let name), _):
            let input = try ToxicInput(try await body(request))
            return json(try await relay.perform { try $0.updateToxic(proxy, name, input) })
        default:
            throw ProxyError(.notFound, "no such path: \(request.uri.path)")
        }
    }

    private func metrics() async throws -> Response {
        let (traffic, records, rules) = try await relay.perform { ($0.traffic(), $0.recordBodies(), $0.ruleBodies()) }
        var headers = HTTPFields()
        headers[.contentType] = "text/plain; version=0.0.4; charset=utf-8"
        let text = ProxyMetrics.render(traffic: traffic, records: records, rules: rules)
        return Response(status: .ok, headers: headers, body: ResponseBody(byteBuffer: ByteBuffer(string: text)))
    }

    func body(_ request: Request) async throws -> JSONValue {
        let buffer: ByteBuffer
        do {
            buffer = try await request.body.collect(upTo: Self.maximumBody)
        } catch is NIOTooManyBytesError {
            throw ProxyError(.contentTooLarge, "the body is longer than \(Self.maximumBody) bytes")
        }
        return try JSONValue.parse(Data(buffer.readableBytesView))
    }

    func json(_ value: some Encodable & Sendable, _ status: HTTPResponse.Status = .ok) -> Response {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        guard let data = try? encoder.encode(value) else {
            return refusal(ProxyError(.internalError, "encoding the answer failed: this is a bug in the proxy"))
        }
        var headers = HTTPFields()
        headers[.contentType] = "application/json"
        return Response(status: status, headers: headers, body: ResponseBody(byteBuffer: ByteBuffer(bytes: data)))
    }

    private func refusal(_ error: ProxyError) -> Response {
        json(Refusal(error: error.description, status: error.status.rawValue), .init(code: error.status.rawValue))
    }

    /// Toxiproxy's error body.
    private struct Refusal: Encodable, Sendable {
        let error: String
        let status: Int
    }
}
