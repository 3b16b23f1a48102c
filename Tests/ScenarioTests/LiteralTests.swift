import Testing

@testable import Scenario

@Suite("Literals")
struct LiteralTests {
    @Test(
        "durations are read",
        arguments: [
            ("50ms", .milliseconds(50)), ("2s", .seconds(2)), ("1m", .seconds(60)), ("1m30s", .seconds(90)),
            ("1.5s", .milliseconds(1500)), ("2h", .seconds(7200)), ("10us", .microseconds(10)),
            ("10µs", .microseconds(10)),
            ("0", .zero), ("7ns", .nanoseconds(7)),
        ] as [(String, Duration)]
    )
    func durations(text: String, expected: Duration) {
        #expect(DurationLiteral.parse(text) == expected)
    }

    @Test(
        "what is no duration is refused",
        arguments: ["", "5", "s", "-1s", "1x", "1.s", ".5s", "1 s", "1e3s", "99999h", "infs"]
    )
    func noDurations(text: String) {
        #expect(DurationLiteral.parse(text) == nil)
    }

    @Test(
        "distributions are read",
        arguments: [
            ("2s", .constant(.seconds(2))), ("50ms..2s", .uniform(.milliseconds(50), .seconds(2))),
            ("exponential(1s)", .exponential(mean: .seconds(1))),
            ("normal(1s, 200ms)", .normal(mean: .seconds(1), deviation: .milliseconds(200))),
            ("lognormal(1s,200ms)", .lognormal(mean: .seconds(1), deviation: .milliseconds(200))),
        ] as [(String, DurationDistribution)]
    )
    func distributions(text: String, expected: DurationDistribution) {
        #expect(DurationDistribution(text) == expected)
    }

    @Test(
        "what is no distribution is refused",
        arguments: ["2s..1s", "normal(1s)", "gamma(1s)", "normal(1s, 2s", "..", "()"]
    )
    func noDistributions(text: String) {
        #expect(DurationDistribution(text) == nil)
    }

    @Test(
        "distributions have the mean and deviation that they are written with",
        arguments: [
            (.uniform(.zero, .seconds(2)), 1, 0.577), (.exponential(mean: .seconds(1)), 1, 1),
            (.normal(mean: .seconds(10), deviation: .seconds(1)), 10, 1),
            (.lognormal(mean: .milliseconds(800), deviation: .milliseconds(400)), 0.8, 0.4),
            (.constant(.seconds(3)), 3, 0),
        ] as [(DurationDistribution, Double, Double)]
    )
    func moments(distribution: DurationDistribution, mean: Double, deviation: Double) {
        var generator = SplitMix64(seed: 1)
        let count = 50_000
        let drawn = (0..<count).map { _ in distribution.sample(using: &generator).inSeconds }
        let average = drawn.reduce(0, +) / Double(count)
        let variance = drawn.reduce(0) { $0 + ($1 - average) * ($1 - average) } / Double(count)
        // The seed is fixed; 5 % is some ten standard errors of the mean.
        #expect(abs(average - mean) <= 0.05 * mean)
        #expect(abs(variance.squareRoot() - deviation) <= 0.05 * deviation + 1e-9)
    }

    @Test("a normal pause is never negative")
    func neverNegative() {
        var generator = SplitMix64(seed: 1)
        let distribution = DurationDistribution.normal(mean: .milliseconds(1), deviation: .seconds(1))
        #expect((0..<1000).allSatisfy { _ in distribution.sample(using: &generator) >= .zero })
    }

    @Test("users of neighbouring seeds, waves and loads draw different numbers")
    func generators() {
        var first: Set<UInt64> = []
        for load in 0..<3 {
            for wave in 0..<10 {
                for user in 0..<100 {
                    var generator = SplitMix64(seed: 7, load: load, wave: wave, user: user, iteration: 0)
                    first.insert(generator.next())
                }
            }
        }
        #expect(first.count == 3000)
    }

    @Test(
        "a misspelt word finds what was meant, a strange one nothing",
        arguments: [
            ("usres", "; did you mean `users`?"), ("Users", "; did you mean `users`?"),
            ("wvaes", "; did you mean `waves`?"),
            ("banana", ""), ("", ""),
        ]
    )
    func spelling(word: String, expected: String) {
        #expect(Spelling.suggestion(for: word, among: ["users", "waves", "every"]) == expected)
    }
}
