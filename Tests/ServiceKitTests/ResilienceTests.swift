import AsyncHTTPClient
import Contract
import Hummingbird
import Logging
import MySQLClient
import Observability
import RedisClient
import Synchronization
import Testing
import TicketingTestKit

@testable import ServiceKit

/// A clock that stands still until it is moved.
private final class VirtualClock: Sendable {
    private let state = Mutex(ContinuousClock.now)

    @Sendable func now() -> ContinuousClock.Instant { state.withLock(\.self) }

    func advance(_ duration: Duration) { state.withLock { $0 += duration } }
}

@Suite("Resilience, in virtual time")
struct ResilienceTests {
    @Test("the window forgets a call ten seconds later, bucket by bucket")
    func window() {
        let start = ContinuousClock.now
        var window = SlidingWindow(from: start)
        for second in 0..<10 { window.add(failed: second % 2 == 0, at: start + .seconds(second)) }
        #expect(window.counts(at: start + .seconds(9)) == (10, 5))
        #expect(window.counts(at: start + .seconds(10)) == (9, 4))
        #expect(window.counts(at: start + .milliseconds(18_999)) == (1, 0))
        #expect(window.counts(at: start + .seconds(19)) == (0, 0))
        window.add(failed: true, at: start + .seconds(20))
        #expect(window.counts(at: start + .seconds(20)) == (1, 1))
    }

    @Test("a circuit opens at half of twenty calls, not before")
    func opens() {
        let start = ContinuousClock.now
        var circuit = CircuitBreaker(at: start)
        for _ in 0..<10 { circuit.record(circuit.admit(at: start), .succeeded, at: start) }
        for _ in 0..<9 { circuit.record(circuit.admit(at: start), .failed, at: start) }
        #expect(circuit.state == .closed)
        circuit.record(circuit.admit(at: start), .failed, at: start)
        #expect(circuit.state == .open)
        #expect(circuit.openings == 1)
        var healthy = CircuitBreaker(at: start)
        for call in 0..<1000 {
            healthy.record(healthy.admit(at: start), call % 5 < 2 ? .failed : .succeeded, at: start)
        }
        #expect(healthy.state == .closed)
    }

    @Test("an open circuit refuses for half a second, lets one probe through, and doubles its pause up to two seconds")
    func probes() {
        var now = ContinuousClock.now
        var circuit = CircuitBreaker(at: now)
        for _ in 0..<20 { circuit.record(circuit.admit(at: now), .failed, at: now) }
        for pause in [500, 1000, 2000, 2000] {
            #expect(circuit.admit(at: now + .milliseconds(pause - 1)) == .refused)
            now += .milliseconds(pause)
            #expect(circuit.admit(at: now) == .probe)
            #expect(circuit.state == .halfOpen)
            #expect(circuit.admit(at: now) == .refused)
            circuit.record(.probe, .failed, at: now)
        }
        now += .seconds(2)
        #expect(circuit.admit(at: now) == .probe)
        // A probe whose caller gave up decides nothing: the next call is one.
        circuit.record(.probe, .unknown, at: now)
        #expect(circuit.state == .open)
        #expect(circuit.admit(at: now) == .probe)
        // A call from before the opening says nothing any more.
        circuit.record(.call, .failed, at: now)
        circuit.record(.probe, .succeeded, at: now)
        #expect(circuit.state == .closed)
        #expect(circuit.openings == 1)
        for _ in 0..<19 { circuit.record(circuit.admit(at: now), .failed, at: now) }
        #expect(circuit.state == .closed)
    }

    @Test("retries are a tenth of the calls, and three", arguments: [0, 9, 10, 95, 5000])
    func budget(calls: Int) {
        var budget = RetryBudget()
        for _ in 0..<calls { budget.earn() }
        var retries = 0
        while budget.spend() { retries += 1 }
        #expect(retries == min(3 + calls / 10, 100))
    }

    @Test("a bulkhead has so many places, and gives them again")
    func bulkhead() throws {
        let dependency = Dependency(TestStores.uniqueID("full"), limit: 2)
        let first = try dependency.enter()
        _ = try dependency.enter()
        #expect(throws: Dependency.Refusal.self) { try dependency.enter() }
        dependency.leave(first, .succeeded)
        _ = try dependency.enter()
    }

    @Test("a dependency's circuit is seen in the metrics, refuses, and closes after a probe that succeeds")
    func dependency() throws {
        let clock = VirtualClock()
        let name = TestStores.uniqueID("frail")
        let dependency = Dependency(name, limit: 10, now: clock.now)
        for _ in 0..<20 { dependency.leave(try dependency.enter(), .failed) }
        let refusal = #expect(throws: Dependency.Refusal.self) { try dependency.enter() }
        #expect(refusal?.description.contains(name) == true)
        func metrics() -> [Substring] {
            ServiceApplication.registry.render().split(separator: "\n").filter { $0.contains("\"\(name)\"") }
        }
        #expect(metrics().contains("circuit_state{dependency=\"\(name)\"} 2"), "\(metrics())")
        #expect(metrics().contains("circuit_opened_total{dependency=\"\(name)\"} 1"))
        #expect(metrics().contains("circuit_rejected_total{dependency=\"\(name)\"} 1"))
        #expect(metrics().contains("bulkhead_in_use{dependency=\"\(name)\"} 0"))
        clock.advance(CircuitBreaker.firstPause)
        let probe = try dependency.enter()
        #expect(probe == .probe)
        dependency.leave(probe, .succeeded)
        #expect(metrics().contains("circuit_state{dependency=\"\(name)\"} 0"))
    }
}

@Suite("Stores and services that are gone")
struct GateTests {
    /// Reserved, and nobody listens there.
    private static let nowhere = 1

    @Test("after twenty commands that reached no Redis the next fails at once, and says why")
    func redis() async throws {
        let clock = VirtualClock()
        let configuration = RedisConfiguration(port: Self.nowhere, commandTimeout: .milliseconds(100))
        let gate = Dependency(TestStores.uniqueID("redis"), limit: 100, now: clock.now)
        let redis = RedisClient(configuration, logger: TestLog.quiet, gate: gate)
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<20 { group.addTask { _ = try? await redis.send("PING") } }
        }
        let error = await #expect(throws: RedisError.self) { try await redis.send("PING") }
        #expect(error?.message.contains("circuit is open") == true, "\(String(describing: error))")
        #expect(error?.outcome == .notExecuted)
        clock.advance(CircuitBreaker.firstPause)
        let probe = await #expect(throws: RedisError.self) { try await redis.send("PING") }
        #expect(probe?.message.contains("circuit") == false, "the probe was not sent")
        await redis.close()
    }

    @Test("after twenty statements that reached no MySQL the next fails at once, and says why; a refusal is an answer")
    func mysql() async throws {
        let clock = VirtualClock()
        let gate = Dependency(TestStores.uniqueID("mysql"), limit: 100, now: clock.now)
        let configuration = try MySQLConfiguration(url: "mysql://nobody:secret@127.0.0.1:\(Self.nowhere)/none")
        let mysql = try MySQLClient(configuration, logger: TestLog.quiet, gate: gate)
        for _ in 0..<20 { _ = try? await mysql.query("SELECT 1 AS one") }
        let error = await #expect(throws: MySQLError.self) { try await mysql.query("SELECT 1 AS one") }
        #expect(error?.message.contains("circuit is open") == true, "\(String(describing: error))")
        #expect(error?.outcome == .notExecuted)
        await mysql.close()
        let refusing = Dependency(TestStores.uniqueID("mysql"), limit: 100, now: clock.now)
        for _ in 0..<50 {
            refusing.leaveMySQL(
                wasProbe: try refusing.enterMySQL(),
                MySQLError(kind: .duplicateKey("x"), message: "there is one")
            )
        }
        #expect(try refusing.enterMySQL() == false)
    }

    @Test("what is idempotent is called again after 503, what is not is not, and no more often than the budget allows")
    func retries() async throws {
        let calls = TestCounter()
        try await withPayment({
            calls.increment(); return calls.value
        }) { client in
            let reply = try await client.post("/api/third", ["x": 1], as: [String: Int64].self)
            #expect(reply.status == 503)
            #expect(calls.value == 1)
            let again = try await client.post("/api/third", ["x": 1], as: [String: Int64].self, isIdempotent: true)
            #expect(again.body == ["call": 3])
            // The reserve of three is two now, with less than one earned.
            for _ in 0..<5 {
                _ = try await client.post("/api/never", ["x": 1], as: [String: Int64].self, isIdempotent: true)
            }
            #expect(calls.value == 3 + 5 + 2)
        }
    }

    @Test("a 503 may come after the effect: it is the answer even when the second attempt reaches nobody")
    func refusedAfterAnswer() async throws {
        let calls = TestCounter()
        try await withPayment({
            calls.increment(); return calls.value
        }) { client in
            // The twentieth failure opens the circuit, which then refuses its retry.
            for _ in 0..<19 { _ = try await client.post("/api/never", ["x": 1], as: [String: Int64].self) }
            let reply = try await client.post("/api/never", ["x": 1], as: [String: Int64].self, isIdempotent: true)
            #expect(reply.status == 503)
            #expect(calls.value == 20)
        }
    }

    @Test("a caller that had little time does not open the circuit, and one that has none is not served")
    func impatientCaller() async throws {
        try await withPayment({ 0 }) { client in
            for _ in 0..<25 {
                // The service knows the deadline, and may say 504 just before it.
                let reply = try? await RequestDeadline.$current.withValue(.now + .milliseconds(5)) {
                    try await client.post("/api/slow", ["x": 1], as: [String: Int64].self)
                }
                #expect(reply == nil || reply?.status == 504)
            }
            let reply = try await client.post("/api/time", ["x": 1], as: [String: Int64].self)
            #expect(reply.status == 200)
            let late = await #expect(throws: ServiceCallError.self) {
                try await RequestDeadline.$current.withValue(.now - .milliseconds(1)) {
                    try await client.post("/api/time", ["x": 1], as: [String: Int64].self)
                }
            }
            #expect(late?.outcome == .notExecuted)
        }
    }

    @Test("a circuit that is open spares the service the call")
    func openCircuit() async throws {
        let calls = TestCounter()
        try await withPayment({
            calls.increment(); return calls.value
        }) { client in
            for _ in 0..<20 { _ = try await client.post("/api/never", ["x": 1], as: [String: Int64].self) }
            let error = await #expect(throws: ServiceCallError.self) {
                try await client.post("/api/never", ["x": 1], as: [String: Int64].self)
            }
            #expect(error?.outcome == .notExecuted)
            #expect(error?.message.contains("circuit is open") == true)
            #expect(calls.value == 20)
        }
    }

    @Test("what is left of the caller's time goes along, and is not exceeded")
    func deadline() async throws {
        try await withPayment({ 0 }) { client in
            let without = try await client.post("/api/time", ["x": 1], as: [String: Int64].self)
            #expect(without.body == ["left": 0])
            let left = try await RequestDeadline.$current.withValue(.now + .seconds(1)) {
                try await client.post("/api/time", ["x": 1], as: [String: Int64].self, timeout: .seconds(60))
            }
            let milliseconds = try #require(left.body?["left"])
            #expect((1...1001).contains(milliseconds))
        }
    }

    /// A service that answers 503, unless it is the third call that `/api/third` sees.
    private func withPayment(
        _ count: @escaping @Sendable () -> Int64,
        _ body: (ServiceClient) async throws -> Void
    ) async throws {
        let settings = ServiceSettings(name: .payment, authentication: .secret(TestStores.secret))
        try await RunningService.with({ onListening in
            ServiceApplication(settings: settings, readiness: [], logger: TestLog.quiet, onListening: onListening) {
                router in
                router.post("api/third") { _, _ -> Response in
                    let call = count()
                    guard call == 3 else { throw ServiceError(.upstreamUnavailable, "not now", retryAfter: 1) }
                    return try jsonResponse(.ok, ["call": call])
                }
                router.post("api/never") { _, _ -> Response in
                    _ = count()
                    throw ServiceError(.upstreamUnavailable, "not now", retryAfter: 1)
                }
                router.post("api/slow") { _, _ -> Response in
                    try await Task.sleep(for: .seconds(60))
                    return Response(status: .ok)
                }
                router.post("api/time") { request, _ in
                    let header = request.headers.first { $0.name.canonicalName == Header.requestTimeout.lowercased() }
                    return try jsonResponse(.ok, ["left": header.flatMap { Int64($0.value) } ?? 0])
                }
            }
        }) { service in
            let token = ServiceToken(.secret(TestStores.secret), name: .order, scopes: [.paymentAuthorize])
            try await body(
                ServiceClient(
                    upstream: TestStores.uniqueID("payment"),
                    baseURL: service.url,
                    httpClient: HTTPClient.shared,
                    token: token
                )
            )
        }
    }
}
