import Testing

@testable import Scenario

@Suite("The grammar of faults")
struct FaultGrammarTests {
    private func faults(_ entries: String...) throws -> [FaultSpec] {
        let section = "faults:\n" + entries.map { "  - { \($0) }" }.joined(separator: "\n")
        return try Scenario.read(yaml: Example.adding(section)).faults
    }

    @Test("toxics go by their names on every link, one way, on some connections, of one service")
    func toxics() throws {
        let found = try faults(
            "at: 0s, for: 1s, mysql: { bandwidth: 100KB/s, direction: upstream, toxicity: 50% }",
            "at: 0s, for: 1s, from: order, kafka: { reset_peer: 0 }",
            "at: 0s, for: 1s, redis: { slicer: { average_size: 64, delay: 10us } }",
            "at: 0s, for: 1s, payment: { timeout: 2s }",
            "at: 0s, for: 1s, redis: down",
            "at: 0s, for: 1s, from: catalog, redis: { partition: downstream }"
        )
        #expect(
            found.map(\.kind) == [
                .link(
                    LinkFaultSpec(
                        target: .mysql,
                        effect: .toxic(
                            ToxicSpec(
                                type: "bandwidth",
                                direction: .upstream,
                                toxicity: 0.5,
                                attributes: ["rate": 100]
                            )
                        )
                    )
                ),
                .link(
                    LinkFaultSpec(
                        target: .kafka,
                        from: "order",
                        effect: .toxic(ToxicSpec(type: "reset_peer", attributes: ["timeout": 0]))
                    )
                ),
                .link(
                    LinkFaultSpec(
                        target: .redis,
                        effect: .toxic(
                            ToxicSpec(
                                type: "slicer",
                                attributes: ["average_size": 64, "size_variation": 0, "delay": 10]
                            )
                        )
                    )
                ),
                .link(
                    LinkFaultSpec(
                        target: .payment,
                        effect: .toxic(ToxicSpec(type: "timeout", attributes: ["timeout": 2_000]))
                    )
                ),
                .link(LinkFaultSpec(target: .redis, effect: .down)),
                .link(LinkFaultSpec(target: .redis, from: "catalog", effect: .partition(.downstream))),
            ]
        )
    }

    @Test("a rule says what to match, when, where, and what to do")
    func rules() throws {
        let found = try faults(
            "at: 0s, for: 1s, redis: { match: { command: EVALSHA, key: \"seat:*\" }, when: { times: 2 }, where: reply, act: drop }",
            "at: 0s, for: 1s, from: order, mysql: { match: { statement: COMMIT }, act: { error: 1205 } }",
            "at: 0s, for: 1s, kafka: { match: { api: Produce }, when: { probability: 20% }, act: duplicate }"
        )
        let rules = found.compactMap { fault -> RuleSpec? in
            guard case .link(let link) = fault.kind, case .rule(let rule) = link.effect else { return nil }
            return rule
        }
        #expect(
            rules == [
                RuleSpec(match: ["command": "EVALSHA", "key": "seat:*"], when: .times(2), place: .reply, act: .drop),
                RuleSpec(match: ["statement": "COMMIT"], when: .always, place: .request, act: .error("1205")),
                RuleSpec(match: ["api": "Produce"], when: .probability(0.2), place: .request, act: .duplicate),
            ]
        )
    }

    @Test("payment itself may fail, err, hang, and lose its answer")
    func payment() throws {
        let found = try faults("at: 0s, for: 1s, payment: { error: 10%, hang: 5%, dropReply: 20% }")
        #expect(
            found.map(\.kind) == [.payment(PaymentFaultSpec(delay: nil, error: 0.1, hang: 0.05, dropReply: 0.2))]
        )
    }

    @Test("a fault ends after `for`, at `until`, or with a load; and comes again every so often")
    func timing() throws {
        let found = try faults(
            "at: 1s, until: 2s, kill: order",
            "while: clicks, redis: { latency: 5ms }",
            "at: 3s, for: 200ms, every: 1s, jitter: 100ms, until: 6s, kill: payment",
            "at: 1s, every: 1s, restart: nginx"
        )
        // Three waves, one a second: the last begins after two.
        #expect(found.map(\.at) == [1, 0, 3, 1].map { .seconds($0) })
        #expect(found.map(\.lasting) == [.seconds(1), .seconds(2), .milliseconds(200), .zero])
        #expect(found[2].repetition == .init(every: .seconds(1), jitter: .milliseconds(100), until: .seconds(6)))
        #expect(found[3].repetition == .init(every: .seconds(1), jitter: .zero, until: .seconds(2)))
    }

    @Test("the same seed draws the same chaos, another one another, and it reads as any other schedule")
    func chaos() throws {
        let scenario = try Scenario.read(
            yaml: Example.adding("chaos: { intensity: high }").replacing("every: 1s", with: "every: 40s")
        )
        let chaos = try #require(scenario.chaos)
        let drawn = chaos.draw(runSeed: 7)
        #expect(drawn == chaos.draw(runSeed: 7))
        #expect(drawn != chaos.draw(runSeed: 8))
        for seed in 0..<50 {
            let faults = try FaultsFile.read(yaml: chaos.draw(runSeed: UInt64(seed)), file: "drawn", commands: nil)
            #expect(!faults.isEmpty)
            #expect(faults.allSatisfy { $0.at >= .seconds(5) && $0.end < chaos.length })
        }
    }

    @Test("chaos keeps to its palette")
    func palette() throws {
        let scenario = try Scenario.read(
            yaml: Example.adding("chaos: { seed: 3, palette: [kafka] }").replacing("every: 1s", with: "every: 40s")
        )
        let chaos = try #require(scenario.chaos)
        let faults = try FaultsFile.read(yaml: chaos.draw(runSeed: 1), file: "drawn", commands: nil)
        #expect(Set(faults.map(\.target)) == ["kafka"])
        #expect(chaos.draw(runSeed: 1) == chaos.draw(runSeed: 2), "its own seed counts")
    }

    @Test("what is impossible beside a fault in force is not drawn: no part is broken twice, or needed while broken")
    func impossible() throws {
        let chaos = ChaosSpec(seed: nil, intensity: .high, palette: ["redis", "processes"], length: .seconds(300))
        for seed in 0..<20 {
            let faults = try FaultsFile.read(yaml: chaos.draw(runSeed: UInt64(seed)), file: "drawn", commands: nil)
            let clashes = faults.enumerated().flatMap { index, fault in
                // Times are written with one decimal.
                faults.dropFirst(index + 1).filter { $0.target == fault.target && $0.at < fault.end + .seconds(3.8) }
            }
            #expect(clashes.isEmpty)
        }
    }

    @Test("a steady state has a bound and a period")
    func steadyState() throws {
        let scenario = try Scenario.read(yaml: Example.adding("steady-state: { within: 3s }"))
        #expect(scenario.steadyState == SteadyStateSpec(within: .seconds(3), every: .seconds(5)))
    }
}
