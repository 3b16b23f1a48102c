import Logging
import NIOHTTP1
import Testing

@testable import FaultInjection
@testable import Scenario

@Suite("Faults of links, sent to a proxy", .timeLimit(.minutes(1)))
struct LinkFaultDriverTests {
    private static func planned(_ effect: LinkFaultSpec.Effect, index: Int = 0) -> PlannedFault {
        PlannedFault(
            index: index,
            spec: FaultSpec(
                at: .zero,
                lasting: .milliseconds(10),
                kind: .link(LinkFaultSpec(target: .redis, effect: effect)),
                position: SourcePosition(line: 1, column: 1)
            )
        )
    }

    private static func driver(_ proxy: TestProxy, _ nonce: String) -> LinkFaultDriver {
        LinkFaultDriver(api: JSONCaller(baseURL: proxy.server.url), nonce: nonce, seed: 1)
    }

    @Test(
        "what arrived without an answer is found again, and what is another's is left alone",
        arguments: [
            LinkFaultSpec.Effect.down, .partition(.downstream),
            .rule(RuleSpec(match: [:], when: .always, place: .request, act: .drop)),
            .toxic(.latency(.milliseconds(5))),
        ]
    )
    func names(effect: LinkFaultSpec.Effect) async throws {
        try await TestProxy.with { proxy in
            _ = try await proxy.create("redis", upstream: "127.0.0.1:1", speaking: .redis)
            let (mine, other) = (Self.driver(proxy, "a"), Self.driver(proxy, "b"))
            let fault = Self.planned(effect)
            let first = try await mine.apply(fault, effect, to: "redis", leaseSeconds: 60)
            let again = try await mine.apply(fault, effect, to: "redis", leaseSeconds: 60)
            #expect(again.record == first.record)
            try await other.revert(fault, effect, on: "redis")
            #expect(try await mine.leftover(on: "redis") != nil)
            if case .down = effect {
                await #expect(throws: FaultError.self) {
                    _ = try await other.apply(fault, effect, to: "redis", leaseSeconds: 60)
                }
            }
            try await mine.revert(fault, effect, on: "redis")
            #expect(try await mine.leftover(on: "redis") == nil)
        }
    }

    @Test("a connection that is reset before anything is sent on it is what the fault met")
    func resetWhileIdle() async throws {
        try await TestRedis.with { redis in
            try await TestProxy.with { proxy in
                let listen = try await proxy.create("redis", upstream: redis)
                let driver = Self.driver(proxy, "a")
                let effect = LinkFaultSpec.Effect.toxic(
                    ToxicSpec(type: "reset_peer", direction: .downstream, attributes: ["timeout": 0])
                )
                let fault = Self.planned(effect)
                let injection = try await driver.apply(fault, effect, to: "redis", leaseSeconds: 60)
                let unused = try await driver.count([injection])
                #expect(unused.matched == 0 && unused.applied == 0)
                let client = try TCPSocket(to: listen)
                let received = try? await onThread { try client.read(1) }
                #expect(received?.isEmpty ?? true)
                let count = try await driver.count([injection])
                #expect(count.matched == 1 && count.applied == 1 && count.bytes == 0)
            }
        }
    }

    @Test("faults of one link share its proof")
    func proof() async throws {
        try await TestRedis.with { redis in
            try await TestProxy.with { proxy in
                _ = try await proxy.create("redis", upstream: redis)
                let faults = (0..<20).map { _ in Self.planned(.toxic(.latency(.milliseconds(1)))).spec }
                let timeline = FaultTimeline(
                    faults: faults,
                    endpoints: FaultEndpoints(proxyURL: proxy.server.url, paymentURL: nil),
                    seed: 1,
                    logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
                    onChange: { _ in }
                )
                let reports = await timeline.run(from: .now)
                #expect(reports.allSatisfy { $0.reverted && $0.details["probeAfterMicroseconds"] != nil })
                // Five rounds before and five after, or a few more where the machine is busy; not five for each fault.
                #expect(try await proxy.connections() < 100)
            }
        }
    }
}
