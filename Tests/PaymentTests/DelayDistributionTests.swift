import Contract
import Payment
import Testing

@Suite("Delays of the mock")
struct DelayDistributionTests {
    private static let samples = 20_000

    @Test(
        "the mean of many delays is the distribution's mean",
        arguments: [
            (DelayDistribution.constant(800), 800.0),
            (.uniform(500...1500), 1000),
            (.normal(mean: 800, deviation: 100), 800),
            (.lognormal(mean: 800, deviation: 400), 800),
        ]
    )
    func mean(_ distribution: DelayDistribution, _ expected: Double) {
        var generator = SplitMix64(seed: 7)
        let sum = (0..<Self.samples).reduce(0.0) { sum, _ in sum + distribution.sample(using: &generator) }
        #expect(abs(sum / Double(Self.samples) - expected) < expected * 0.02)
    }

    @Test(
        "the deviation is the delay's own, not that of its logarithm",
        arguments: [DelayDistribution.normal(mean: 800, deviation: 100), .lognormal(mean: 800, deviation: 400)]
    )
    func deviation(_ distribution: DelayDistribution) {
        var generator = SplitMix64(seed: 11)
        let values = (0..<Self.samples).map { _ in distribution.sample(using: &generator) }
        let mean = values.reduce(0, +) / Double(values.count)
        let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count)
        let expected = if case .normal(_, let deviation) = distribution { deviation } else { 400.0 }
        #expect(abs(variance.squareRoot() - expected) < expected * 0.1)
    }

    @Test("a delay is never negative and never above a minute")
    func bounds() {
        var generator = SplitMix64(seed: 3)
        let wide = [DelayDistribution.normal(mean: 10, deviation: 50), .lognormal(mean: 50_000, deviation: 60_000)]
        for distribution in wide {
            for _ in 0..<Self.samples {
                #expect((0...DelayDistribution.longest).contains(distribution.sample(using: &generator)))
            }
        }
    }

    @Test("uniform delays stay in their range")
    func uniform() {
        var generator = SplitMix64(seed: 5)
        for _ in 0..<Self.samples {
            #expect((500...1500).contains(DelayDistribution.uniform(500...1500).sample(using: &generator)))
        }
    }

    @Test("SplitMix64 gives the reference sequence of seed 1234567")
    func reference() {
        var generator = SplitMix64(seed: 1_234_567)
        let first = (0..<3).map { _ in generator.next() }
        #expect(first == [6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423])
    }
}
