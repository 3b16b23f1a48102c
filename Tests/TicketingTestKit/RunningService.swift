import AsyncHTTPClient
import Contract
import Foundation
import Logging
import NIOCore
import NIOHTTP1
import ServiceKit
import ServiceLifecycle

/// A service that runs inside the test, on a port of its own.
package struct RunningService: Sendable {
    private struct Guest: Service {
        let application: ServiceApplication

        func run() async throws { try await application.run(stoppingAt: []) }
    }

    /// `http://127.0.0.1:<port>`.
    package let url: String
    private let group: ServiceGroup

    /// Runs what `make` makes for as long as `body` takes, then stops it as SIGTERM would, and waits for its end.
    package static func with<T: Sendable>(
        _ make: (@escaping @Sendable (Int) async -> Void) throws -> ServiceApplication,
        _ body: (RunningService) async throws -> T
    ) async throws -> T {
        let (ports, continuation) = AsyncStream.makeStream(of: Int.self)
        let application = try make { continuation.yield($0) }
        let group = ServiceGroup(
            configuration: .init(
                services: [
                    .init(
                        service: Guest(application: application),
                        successTerminationBehavior: .gracefullyShutdownGroup
                    )
                ],
                logger: TestLog.quiet
            )
        )
        return try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask {
                defer { continuation.finish() }
                try await group.run()
            }
            var listening = ports.makeAsyncIterator()
            guard let port = await listening.next() else {
                try await tasks.next()
                throw RunningServiceError(description: "the service ended before it listened")
            }
            let outcome: Result<T, any Error>
            do {
                outcome = .success(try await body(RunningService(url: "http://127.0.0.1:\(port)", group: group)))
            } catch {
                outcome = .failure(error)
            }
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
            return try outcome.get()
        }
    }

    /// Asks the service to stop, as SIGTERM does; it goes on with what is in flight.
    package func stop() async { await group.triggerGracefulShutdown() }

    /// Sends a request and reads the whole answer.
    package func send(
        _ method: HTTPMethod,
        _ path: String,
        token: String? = nil,
        headers: [String: String] = [:],
        body: String? = nil
    ) async throws -> TestAnswer {
        var request = HTTPClientRequest(url: url + path)
        request.method = method
        if let token { request.headers.add(name: "Authorization", value: "Bearer \(token)") }
        for (name, value) in headers { request.headers.add(name: name, value: value) }
        if let body { request.body = .bytes(ByteBuffer(string: body)) }
        let response = try await HTTPClient.shared.execute(request, timeout: .seconds(20))
        let bytes = try await response.body.collect(upTo: 16 * 1024 * 1024)
        return TestAnswer(
            status: Int(response.status.code),
            headers: response.headers,
            body: Data(bytes.readableBytesView)
        )
    }
}

/// Why a service could not be tested.
struct RunningServiceError: Error, CustomStringConvertible {
    let description: String
}

/// An answer to a test's request.
package struct TestAnswer: Sendable {
    package let status: Int
    package let headers: HTTPHeaders
    package let body: Data

    /// The body as text.
    package var text: String { String(decoding: body, as: UTF8.self) }

    /// The body as JSON.
    package func json<T: Decodable>(_ type: T.Type = T.self) throws -> T {
        try JSONCoding.decoder.decode(type, from: body)
    }

    /// The `code` of an error body.
    package var code: String? { try? json(ErrorBody.self).code }
}

/// Loggers for tests.
package enum TestLog {
    /// Says only what is critical.
    package static let quiet: Logger = {
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        return logger
    }()
}
