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
    package let name: ServiceName
    /// The routes that it registered.
    package let routes: RouteTable
    private let group: ServiceGroup

    /// With room for hundreds of requests at once: the shared client makes eight connections to a host.
    package static let client: HTTPClient = {
        var configuration = HTTPClient.Configuration.singletonConfiguration
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = 512
        return HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }()

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
                let service = RunningService(
                    url: "http://127.0.0.1:\(port)",
                    name: application.name,
                    routes: application.routes,
                    group: group
                )
                outcome = .success(try await body(service))
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

    /// Sends a request and reads the whole answer, and holds both against the contract's document.
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
        let response = try await Self.client.execute(request, timeout: .seconds(20))
        let bytes = try await response.body.collect(upTo: 16 * 1024 * 1024)
        let answer = TestAnswer(
            status: Int(response.status.code),
            headers: response.headers,
            body: Data(bytes.readableBytesView)
        )
        hold(answer, to: request, path, body)
        return answer
    }

    /// Records an issue for everything in which a request and its answer differ from the contract's document.
    ///
    /// The document knows nothing of routes that a test has made up.
    private func hold(_ answer: TestAnswer, to request: HTTPClientRequest, _ path: String, _ body: String?) {
        let isDocumented = !OpenAPIDocument.shared.operations(of: name, on: path).isEmpty
        guard isDocumented || routes.methods(of: path).isEmpty else { return }
        ContractChecker.shared.hold(
            ContractExchange(
                service: name,
                method: request.method.rawValue,
                path: path,
                requestHeaders: request.headers,
                requestBody: body.map { Data($0.utf8) },
                status: answer.status,
                headers: answer.headers,
                body: answer.body
            )
        )
    }
}

/// Why a service could not be tested.
struct RunningServiceError: Error, CustomStringConvertible {
    let description: String
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
