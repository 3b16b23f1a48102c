import Foundation
import Testing

@testable import FaultInjection

@Suite("Delays and decisions of rules")
struct DelayDistributionTests {
    struct Case: Sendable {
        let json: String
        let mean: Double
        let p95: Double
    }

    @Test(
        "each distribution has the mean and the 95th percentile that its parameters say",
        arguments: [
            Case(json: "25", mean: 25, p95: 25),
            Case(json: #"{"distribution": "constant", "valueMs": 0.5}"#, mean: 0.5, p95: 0.5),
            Case(json: #"{"distribution": "uniform", "minMs": 10, "maxMs": 30}"#, mean: 20, p95: 29),
            Case(json: #"{"distribution": "normal", "meanMs": 100, "deviationMs": 10}"#, mean: 100, p95: 116.4485),
            // σ² = ln(1 + 0.25), μ = ln 80 − σ²/2, p95 = exp(μ + 1.6449 σ)
            Case(json: #"{"distribution": "lognormal", "meanMs": 80, "deviationMs": 40}"#, mean: 80, p95: 155.7),
            // mean = minimum · shape / (shape − 1), p95 = minimum · 20^(1 / shape)
            Case(json: #"{"distribution": "pareto", "minMs": 10, "shape": 4}"#, mean: 13.3333, p95: 21.1474),
            Case(json: #"{"distribution": "samples", "samplesMs": [1, 2, 3, 6]}"#, mean: 3, p95: 6),
        ]
    )
    func moments(_ given: Case) throws {
        let distribution = try DelayDistribution.read(.parse(.init(given.json.utf8)), "act.delay")
        var random = SplitMix64(seed: 11)
        let drawn = (0..<100_000).map { _ in Double(distribution.sample(&random)) / 1e6 }.sorted()
        let mean = drawn.reduce(0, +) / Double(drawn.count)
        #expect(abs(mean - given.mean) <= 0.01 * given.mean)
        #expect(abs(drawn[95_000] - given.p95) <= 0.02 * given.p95)
        #expect(drawn.allSatisfy { $0 >= 0 && $0 <= Double(distribution.upperBound) / 1e6 })
    }

    @Test("the same seed decides the same, twice, and another seed does not")
    func seeds() throws {
        func decisions(_ seed: UInt64) throws -> [Bool] {
            let talk = try Talk(.redis)
            let rule = try talk.rule(#""when": {"probability": 0.3}, "act": "drop", "seed": \#(seed)"#)
            return (0..<1_000).map { _ in rule.decide() }
        }
        let first = try decisions(7)
        #expect(try decisions(7) == first)
        #expect(try decisions(8) != first)
        #expect((250...350).contains(first.count { $0 }))
    }

    @Test("nth, every, times and once count the messages that match, from 1")
    func schedules() {
        var random = SplitMix64(seed: 1)
        func due(_ schedule: RuleSchedule) -> [UInt64] {
            (1...9).filter { schedule.isDue(match: $0, &random) }
        }
        #expect(due(.always) == Array(1...9))
        #expect(due(.nth(4)) == [4])
        #expect(due(.every(3)) == [3, 6, 9])
        #expect(due(.times(2)) == [1, 2])
        #expect(due(.probability(0)).isEmpty)
        #expect(due(.probability(1)) == Array(1...9))
    }

    @Test(
        "a glob matches as Redis' does",
        arguments: [
            ("seat:*", "seat:7", true), ("seat:*", "seat", false), ("*", "", true), ("a?c", "abc", true),
            ("a?c", "ac", false), ("*a*b", "xxaxxb", true), ("*a*b", "xxaxxbc", false), ("a\\*", "a*", true),
            ("a\\*", "ab", false), ("EVAL*", "evalsha", false), ("", "x", false),
        ]
    )
    func globs(pattern: String, text: String, isMatch: Bool) {
        #expect(Glob(pattern).matches(text) == isMatch)
        #expect(
            Glob(pattern.lowercased(), ignoresCase: true).matches(text.uppercased()) == (isMatch || pattern == "EVAL*")
        )
    }
}
