import AsyncHTTPClient
import Contract
import Foundation
import NIOCore
import NIOHTTP1
import NIOPosix
import Observability

/// Calls another service of the suite.
package struct ServiceClient: Sendable {
    /// The called service's name, for errors.
    package let upstream: String
    private let baseURL: String
    private let httpClient: HTTPClient
    private let token: ServiceToken

    /// Makes a client.
    ///
    /// - Parameters:
    ///   - upstream: The called service's name.
    ///   - baseURL: `http://host:port`, without a slash at the end.
    ///   - httpClient: Shared by all clients of the process; see ``makeHTTPClient()``.
    ///   - token: Proves who is calling.
    package init(upstream: String, baseURL: String, httpClient: HTTPClient, token: ServiceToken) {
        self.upstream = upstream
        self.baseURL = baseURL.hasSuffix("/") ? String(baseURL.dropLast()) : baseURL
        self.httpClient = httpClient
        self.token = token
    }

    /// An HTTP client as the contract wants it: connect within 250 ms, enough connections for a storm, no hidden retries.
    package static func makeHTTPClient() -> HTTPClient {
        var configuration = HTTPClient.Configuration()
        configuration.timeout.connect = .milliseconds(250)
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = 256
        configuration.connectionPool.retryConnectionEstablishment = false
        configuration.redirectConfiguration = .disallow
        configuration.decompression = .disabled
        return HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }

    /// `POST`s `body` as JSON and decodes what a 2xx carries.
    ///
    /// - Parameters:
    ///   - path: Begins with a slash.
    ///   - body: Sent as JSON.
    ///   - type: Of a 2xx answer.
    ///   - timeout: For all of it, connecting included.
    /// - Returns: The answer, whatever its status.
    /// - Throws: ``ServiceCallError`` when there was no answer that can be understood.
    package func post<Res: Decodable & Sendable>(
        _ path: String,
        _ body: some Encodable & Sendable,
        as type: Res.Type = Res.self,
        timeout: Duration = .seconds(2)
    ) async throws(ServiceCallError) -> ServiceReply<Res> {
        let bytes: Data
        do {
            bytes = try JSONCoding.encoder.encode(body)
        } catch {
            throw ServiceCallError(
                upstream: upstream,
                outcome: .notExecuted,
                message: "cannot encode the body: \(error)"
            )
        }
        return try await send("POST", path, bytes, type, timeout)
    }

    /// `GET`s and decodes what a 2xx carries.
    ///
    /// - Parameters:
    ///   - path: Begins with a slash.
    ///   - type: Of a 2xx answer.
    ///   - timeout: For all of it, connecting included.
    /// - Returns: The answer, whatever its status.
    /// - Throws: ``ServiceCallError`` when there was no answer that can be understood.
    package func get<Res: Decodable & Sendable>(
        _ path: String,
        as type: Res.Type = Res.self,
        timeout: Duration = .seconds(2)
    ) async throws(ServiceCallError) -> ServiceReply<Res> {
        try await send("GET", path, nil, type, timeout)
    }

    private func send<Res: Decodable & Sendable>(
        _ method: String,
        _ path: String,
        _ body: Data?,
        _ type: Res.Type,
        _ timeout: Duration
    ) async throws(ServiceCallError) -> ServiceReply<Res> {
        var span = Tracer.shared.begin(
            "\(method) \(upstream)",
            .client,
            attributes: [
                SpanAttribute("http.request.method", method), SpanAttribute("peer.service", upstream),
                SpanAttribute("url.full", baseURL + path),
            ]
        )
        do {
            var request = HTTPClientRequest(url: baseURL + path)
            request.method = .RAW(value: method)
            for (name, value) in try token.headers() { request.headers.add(name: name, value: value) }
            // The called service's span is then the child of this call's, or of the caller's where calls are not recorded.
            if let trace = span?.context ?? TraceContext.current {
                request.headers.add(name: Header.traceparent, value: trace.traceparent)
            }
            if let body {
                request.headers.add(name: "Content-Type", value: "application/json")
                request.body = .bytes(ByteBuffer(bytes: body))
            }
            let limit = TimeAmount.nanoseconds(
                timeout.components.seconds * 1_000_000_000 + timeout.components.attoseconds / 1_000_000_000
            )
            let deadline = NIODeadline.now() + limit
            let response = try await httpClient.execute(request, deadline: deadline)
            let status = Int(response.status.code)
            span?.attributes.append(SpanAttribute("http.response.status_code", Int64(status)))
            let answer = Data((try await response.body.collect(upTo: 1024 * 1024)).readableBytesView)
            let reply = try reply(status, answer, type)
            span?.end(status >= 400 ? .error("answered \(status)") : .unset)
            return reply
        } catch let error as ServiceCallError {
            span?.end(.failed(error))
            throw error
        } catch {
            span?.end(.failed(error))
            throw ServiceCallError(
                upstream: upstream,
                outcome: Self.outcome(of: error),
                message: "\(method) \(path) on \(upstream) (\(baseURL)) failed: \(error)"
            )
        }
    }

    private func reply<Res: Decodable & Sendable>(
        _ status: Int,
        _ bytes: Data,
        _ type: Res.Type
    ) throws -> ServiceReply<Res> {
        guard (200..<300).contains(status) else {
            return ServiceReply(
                status: status,
                body: nil,
                error: try? JSONCoding.decoder.decode(ErrorBody.self, from: bytes)
            )
        }
        do {
            return ServiceReply(status: status, body: try JSONCoding.decoder.decode(type, from: bytes), error: nil)
        } catch {
            throw ServiceCallError(
                upstream: upstream,
                outcome: .unknown,
                message: "\(upstream) answered \(status) with a body that is not \(type): \(error)"
            )
        }
    }

    private static func outcome(of error: any Error) -> ServiceCallError.Outcome {
        switch error {
        case let error as HTTPClientError where error == .connectTimeout || error == .getConnectionFromPoolTimeout:
            .notExecuted
        case is NIOConnectionError: .notExecuted
        case let error as IOError where error.errnoCode == ECONNREFUSED: .notExecuted
        default: .unknown
        }
    }
}

/// What another service answered.
package struct ServiceReply<Body: Sendable>: Sendable {
    /// The HTTP status.
    package let status: Int
    /// Of a 2xx.
    package let body: Body?
    /// Of anything else, if it was the contract's.
    package let error: ErrorBody?

    /// Makes a reply.
    package init(status: Int, body: Body?, error: ErrorBody?) {
        self.status = status
        self.body = body
        self.error = error
    }
}

/// A call to another service that got no answer.
package struct ServiceCallError: Error, Sendable, CustomStringConvertible {
    /// Whether the other side may have done what it was asked.
    package enum Outcome: Sendable, Equatable {
        /// Certainly not: no byte reached it.
        case notExecuted
        /// Perhaps, perhaps not, perhaps later: ask it.
        case unknown
    }

    package let upstream: String
    package let outcome: Outcome
    package let message: String

    /// Makes an error.
    package init(upstream: String, outcome: Outcome, message: String) {
        self.upstream = upstream
        self.outcome = outcome
        self.message = message
    }

    package var description: String { message }
}
