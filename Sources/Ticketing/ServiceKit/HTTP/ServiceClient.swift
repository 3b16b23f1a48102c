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
    private let dependency: Dependency

    /// Calls at once: a service that hangs must not take every connection.
    private static let callsAtOnce = 1024

    /// Makes a client.
    ///
    /// - Parameters:
    ///   - upstream: The called service's name.
    ///   - baseURL: `http://host:port`, without a slash at the end.
    ///   - httpClient: Shared by all clients of the process; see ``makeHTTPClient()``.
    ///   - token: Proves who is calling.
    ///   - dependency: The called service's circuit, bulkhead and retry budget; one of its own when left out.
    package init(
        upstream: String,
        baseURL: String,
        httpClient: HTTPClient,
        token: ServiceToken,
        dependency: Dependency? = nil
    ) {
        self.dependency = dependency ?? Dependency(upstream, limit: Self.callsAtOnce)
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
    ///   - timeout: For all of it, connecting included; less when the request that this is done for ends sooner.
    ///   - isIdempotent: Whether doing it twice is doing it once; then a call that reached nobody, or was answered 503, is made once more,
    ///     if the retry budget allows.
    /// - Returns: The answer, whatever its status.
    /// - Throws: ``ServiceCallError`` when there was no answer that can be understood.
    package func post<Res: Decodable & Sendable>(
        _ path: String,
        _ body: some Encodable & Sendable,
        as type: Res.Type = Res.self,
        timeout: Duration = .seconds(2),
        isIdempotent: Bool = false
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
        return try await send("POST", path, bytes, type, timeout, isIdempotent)
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
        try await send("GET", path, nil, type, timeout, true)
    }

    private func send<Res: Decodable & Sendable>(
        _ method: String,
        _ path: String,
        _ body: Data?,
        _ type: Res.Type,
        _ timeout: Duration,
        _ isIdempotent: Bool
    ) async throws(ServiceCallError) -> ServiceReply<Res> {
        let deadline = min(.now + timeout, RequestDeadline.current ?? .now + timeout)
        guard .now < deadline else {
            let message = "\(method) \(path) on \(upstream) was not sent: its caller's time is over"
            throw ServiceCallError(upstream: upstream, outcome: .notExecuted, message: message, isRefusal: true)
        }
        let first = await attempt(method, path, body, type, until: deadline)
        guard isIdempotent, Self.isWorthRepeating(first), dependency.mayRetry() else { return try first.get() }
        var backoff = Backoff(base: .milliseconds(20))
        let pause = backoff.next()
        guard .now + pause < deadline, (try? await Task.sleep(for: pause)) != nil else { return try first.get() }
        let second = await attempt(method, path, body, type, until: deadline, isRetry: true)
        // A 503 may come after the effect: that the second attempt reached nobody does not mean that nothing was done.
        if case .success = first, case .failure(let error) = second, error.outcome == .notExecuted {
            return try first.get()
        }
        return try second.get()
    }

    private typealias Attempt<Res: Sendable> = Result<ServiceReply<Res>, ServiceCallError>

    /// Whether it failed for a reason that may have passed.
    private static func isWorthRepeating<Res>(_ attempt: Attempt<Res>) -> Bool {
        switch attempt {
        case .success(let reply): reply.status == 503
        case .failure(let error): error.outcome == .notExecuted && !error.isRefusal
        }
    }

    private func attempt<Res: Decodable & Sendable>(
        _ method: String,
        _ path: String,
        _ body: Data?,
        _ type: Res.Type,
        until deadline: ContinuousClock.Instant,
        isRetry: Bool = false
    ) async -> Attempt<Res> {
        let admission: CircuitBreaker.Admission
        do throws(Dependency.Refusal) {
            admission = try dependency.enter(isRetry: isRetry)
        } catch {
            let message = "\(method) \(path) was not sent: \(error)"
            return .failure(
                ServiceCallError(upstream: upstream, outcome: .notExecuted, message: message, isRefusal: true)
            )
        }
        do throws(ServiceCallError) {
            let reply = try await exchange(method, path, body, type, until: deadline)
            dependency.leave(
                admission,
                Self.outcome(reply.status, isCallersDeadline: deadline == RequestDeadline.current)
            )
            return .success(reply)
        } catch {
            // A caller with little time says nothing of the called service.
            let callerIsGone = RequestDeadline.current.map { $0 <= .now } ?? false
            dependency.leave(admission, callerIsGone || Task.isCancelled ? .unknown : .failed)
            return .failure(error)
        }
    }

    /// What an answer says of the service that gave it.
    private static func outcome(_ status: Int, isCallersDeadline: Bool) -> CircuitBreaker.Outcome {
        switch status {
        // It was told how little time our caller has.
        case 504 where isCallersDeadline: .unknown
        // An answer that will not change.
        case 501: .succeeded
        case 500...: .failed
        default: .succeeded
        }
    }

    private func exchange<Res: Decodable & Sendable>(
        _ method: String,
        _ path: String,
        _ body: Data?,
        _ type: Res.Type,
        until deadline: ContinuousClock.Instant
    ) async throws(ServiceCallError) -> ServiceReply<Res> {
        let timeout = max(.milliseconds(1), ContinuousClock.now.duration(to: deadline))
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
            if RequestDeadline.current != nil {
                // Rounded up, so that nothing becomes 0, which is no time at all.
                request.headers.add(name: Header.requestTimeout, value: "\(Int64(timeout / .milliseconds(1)) + 1)")
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
    /// Whether the call was not even tried, because its dependency is known to be in trouble.
    package let isRefusal: Bool

    /// Makes an error.
    package init(upstream: String, outcome: Outcome, message: String, isRefusal: Bool = false) {
        self.isRefusal = isRefusal
        self.upstream = upstream
        self.outcome = outcome
        self.message = message
    }

    package var description: String { message }
}
