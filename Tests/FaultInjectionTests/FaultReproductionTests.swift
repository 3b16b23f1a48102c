import Logging
import NIOHTTP1
import Synchronization
import Testing

@testable import FaultInjection
@testable import Scenario

/// A run that is repeated with its seed draws what it drew, though each timeline names its faults anew.
@Suite("Faults drawn from the seed of a run", .timeLimit(.minutes(1)))
struct FaultReproductionTests {
    private static func fault(_ effect: LinkFaultSpec.Effect, lasting: Duration = .milliseconds(10)) -> FaultSpec {
        FaultSpec(
            at: .zero,
            lasting: lasting,
            kind: .link(LinkFaultSpec(target: .redis, effect: effect)),
            position: SourcePosition(line: 1, column: 1)
        )
    }

    private static func timeline(
        _ faults: [FaultSpec],
        _ proxy: TestProxy,
        seed: UInt64 = 7,
        onChange: @escaping @Sendable ([String]) -> Void = { _ in }
    ) -> FaultTimeline {
        FaultTimeline(
            faults: faults,
            endpoints: FaultEndpoints(proxyURL: proxy.server.url, paymentURL: nil),
            seed: seed,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
            onChange: onChange
        )
    }

    @Test("each rule has a seed of its own, and the same one in each run")
    func rules() async throws {
        try await TestRedis.with { redis in
            try await TestProxy.with { proxy in
                for name in ["order-redis", "catalog-redis"] {
                    _ = try await proxy.create(name, upstream: redis, speaking: .redis)
                }
                let rule = RuleSpec(match: [:], when: .probability(0.5), place: .request, act: .drop)
                for seed in [7, 7, 8] as [UInt64] {
                    let reports = await Self.timeline(
                        [Self.fault(.rule(rule)), Self.fault(.rule(rule))],
                        proxy,
                        seed: seed
                    )
                    .run(from: .now)
                    #expect(reports.map(\.error) == [nil, nil])
                }
                let seeds = try await proxy.rules().map(\.seed)
                #expect(seeds.count == 12 && Set(seeds[0..<4]).count == 4)
                #expect(seeds[0..<4] == seeds[4..<8])
                #expect(Set(seeds[0..<4]).isDisjoint(with: seeds[8..<12]))
            }
        }
    }

    @Test("a rule with a seed draws the same under any name")
    func names() throws {
        func draws(_ name: String) throws -> [Bool] {
            let talk = try Talk(.redis)
            let record = try talk.rule(#""name": "\#(name)", "when": {"probability": 0.5}, "act": "drop", "seed": 5"#)
            return (0..<64).map { _ in record.decide() }
        }
        #expect(try draws("seatstorm-1") == draws("seatstorm-2"))
    }

    @Test("a toxic on a share of the connections is on the same ones in each run")
    func toxics() async throws {
        let echo = try TestServer.echo()
        func hit(seed: UInt64) async throws -> [Bool] {
            try await TestProxy.with { proxy in
                let listen = try await proxy.create("redis", upstream: echo.address)
                let isActive = Mutex(false)
                let toxic = ToxicSpec(type: "reset_peer", toxicity: 0.5, attributes: ["timeout": 0])
                let timeline = Self.timeline([Self.fault(.toxic(toxic), lasting: .seconds(300))], proxy, seed: seed) {
                    names in
                    isActive.withLock { $0 = !names.isEmpty }
                }
                let run = Task { await timeline.run(from: .now) }
                #expect(try await eventually { isActive.withLock(\.self) })
                let hit = try await onThread {
                    try (0..<40).map { _ in
                        let client = try TCPSocket(to: listen)
                        return (try? client.write([1])) == nil || (try? client.read(exactly: 1)) == nil
                    }
                }
                await timeline.stop()
                _ = await run.value
                return hit
            }
        }
        let first = try await hit(seed: 7)
        #expect(Set(first).count == 2)
        #expect(try await hit(seed: 7) == first)
        #expect(try await hit(seed: 8) != first)
    }
}
