import Contract
import Foundation
import Hummingbird
import Logging
import NIOCore
import Synchronization

/// Payment's admin interface, with counters that the test sets.
final class TestPayment: Sendable {
    struct State: Sendable {
        var body = PaymentFaultsBody()
        /// Every set of faults that was put, in order.
        var puts: [PaymentFaults] = []
        var refusesPuts = false
        var authorizations: [String?] = []
    }

    let state = Mutex(State())

    /// Counts an authorization, if faults are in force.
    func authorize() {
        state.withLock { state in
            guard let active = state.body.active else { return }
            state.body.matched += 1
            state.body.delayed += active.delay == nil ? 0 : 1
            state.body.failed += active.failRate == nil ? 0 : 1
        }
    }

    /// Serves on a free port while `body` runs.
    func serve(_ body: @escaping @Sendable (_ url: String) async throws -> Void) async throws {
        let router = Router()
        router.get("/api/admin/faults") { [self] request, _ in
            try answer(request) { _ in }
        }
        router.delete("/api/admin/faults") { [self] request, _ in
            try answer(request) { $0.body.active = nil }
        }
        router.put("/api/admin/faults") { [self] request, _ in
            let faults = try JSONDecoder().decode(
                PaymentFaults.self,
                from: Data(try await request.body.collect(upTo: 65_536).readableBytesView)
            )
            guard !state.withLock({ $0.refusesPuts }) else { throw HTTPError(.internalServerError, message: "no") }
            return try answer(request) { state in
                state.puts.append(faults)
                state.body = PaymentFaultsBody(active: faults)
            }
        }
        let (ports, announce) = AsyncStream.makeStream(of: Int.self)
        var logger = Logger(label: "payment")
        logger.logLevel = .error
        let application = Application(
            router: router,
            configuration: ApplicationConfiguration(address: .hostname("127.0.0.1", port: 0)),
            onServerRunning: { channel in
                announce.yield(channel.localAddress?.port ?? 0)
            },
            logger: logger
        )
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await application.run() }
            var ready = ports.makeAsyncIterator()
            let port = await ready.next() ?? 0
            defer { group.cancelAll() }
            try await body("http://127.0.0.1:\(port)")
        }
    }

    private func answer(_ request: Request, _ change: (inout State) -> Void) throws -> Response {
        let body = state.withLock { state in
            state.authorizations.append(request.headers[.authorization])
            change(&state)
            return state.body
        }
        let data = try JSONEncoder().encode(body)
        return Response(status: .ok, body: ResponseBody(byteBuffer: ByteBuffer(bytes: data)))
    }
}
