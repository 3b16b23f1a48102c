import Foundation
import Hummingbird
import NIOCore
import ServiceKit
import ServiceLifecycle
import Synchronization

/// An OTLP/HTTP collector inside the test: it keeps the spans that it is sent, and can be told to refuse some of them.
package final class TraceReceiver: Sendable {
    private struct State {
        var spans: [ReceivedSpan] = []
        var answers: [Int]
        var requests = 0
        var problems: [String] = []
    }

    private let state: Mutex<State>
    private let (ports, listening) = AsyncStream.makeStream(of: Int.self)

    private init(answering answers: [Int]) { state = Mutex(State(answers: answers)) }

    /// The spans that were accepted, oldest first.
    package var spans: [ReceivedSpan] { state.withLock { $0.spans } }
    /// How often something was posted, refused or not.
    package var requests: Int { state.withLock { $0.requests } }
    /// What was posted that is no OTLP JSON.
    package var problems: [String] { state.withLock { $0.problems } }

    /// Runs a receiver for as long as `body` takes.
    ///
    /// - Parameters:
    ///   - answers: The first requests get these statuses; every later one 200.
    ///   - body: Is given the receiver, and its base URL.
    /// - Returns: What `body` returns.
    /// - Throws: What `body` throws, or when no port can be had.
    package static func with<Value: Sendable>(
        answering answers: [Int] = [],
        _ body: (TraceReceiver, String) async throws -> Value
    ) async throws -> Value {
        let receiver = TraceReceiver(answering: answers)
        let router = Router()
        router.post("v1/traces") { request, _ in
            let bytes = try await request.body.collect(upTo: 16 << 20)
            return Response(status: .init(code: receiver.receive(Data(bytes.readableBytesView), request.headers)))
        }
        let application = Application(
            router: router,
            configuration: .init(address: .hostname("127.0.0.1", port: 0)),
            onServerRunning: { receiver.listening.yield($0.localAddress?.port ?? 0) },
            logger: TestLog.quiet
        )
        let group = ServiceGroup(
            configuration: .init(
                services: [.init(service: application, successTerminationBehavior: .gracefullyShutdownGroup)],
                logger: TestLog.quiet
            )
        )
        return try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask {
                defer { receiver.listening.finish() }
                try await group.run()
            }
            var ports = receiver.ports.makeAsyncIterator()
            guard let port = await ports.next() else {
                try await tasks.next()
                throw RunningServiceError(description: "the receiver ended before it listened")
            }
            let outcome: Result<Value, any Error>
            do {
                outcome = .success(try await body(receiver, "http://127.0.0.1:\(port)"))
            } catch {
                outcome = .failure(error)
            }
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
            return try outcome.get()
        }
    }

    private func receive(_ body: Data, _ headers: HTTPFields) -> Int {
        state.withLock { state in
            state.requests += 1
            guard state.answers.isEmpty else { return state.answers.removeFirst() }
            do {
                guard headers[.contentType] == "application/json" else {
                    throw RunningServiceError(description: "content type \(headers[.contentType] ?? "none")")
                }
                state.spans += try ReceivedSpan.read(body)
                return 200
            } catch {
                state.problems.append("\(error): \(String(decoding: body.prefix(2000), as: UTF8.self))")
                return 400
            }
        }
    }
}
