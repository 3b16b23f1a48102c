import Statistics
import Testing

@Suite("Trend")
struct TrendTests {
    @Test("percentiles are the nearest rank", arguments: [(50.0, 10), (90.0, 18), (95.0, 19), (99.0, 20), (100.0, 20)])
    func nearestRank(percent: Double, expected: UInt64) {
        var trend = Trend()
        for value in UInt64(1)...20 { trend.record(microseconds: value) }
        #expect(trend.percentile(percent) == expected)
    }

    @Test("zeros take part in percentiles and in the mean")
    func zeros() {
        var trend = Trend()
        for _ in 0..<90 { trend.record(microseconds: 0) }
        for _ in 0..<10 { trend.record(microseconds: 1_000) }
        #expect(trend.count == 100)
        #expect(trend.percentile(90) == 0)
        #expect(trend.percentile(91) == 1_000)
        #expect(trend.mean == 100)
        #expect(trend.minimum == 0)
    }

    @Test("a time above one hour is counted and kept as the maximum")
    func aboveOneHour() {
        var trend = Trend()
        trend.record(microseconds: 5)
        trend.record(microseconds: Trend.highest + 7)
        #expect(trend.count == 2)
        #expect(trend.above == 1)
        #expect(trend.maximum == Trend.highest + 7)
        #expect(trend.percentile(99) == Trend.highest + 7)
    }

    @Test("a percentile is off by at most one in a thousand")
    func precision() throws {
        var trend = Trend()
        for value in stride(from: UInt64(1_000), through: 2_000_000, by: 1_000) { trend.record(microseconds: value) }
        let p95 = try #require(trend.percentile(95))
        #expect(abs(Double(p95) - 1_900_000) <= 1_900)
    }

    @Test("merging gives what recording into one would have given")
    func merging() {
        var left = Trend()
        var right = Trend()
        var whole = Trend()
        for value in UInt64(0)..<5_000 {
            whole.record(microseconds: value * 37)
            if value.isMultiple(of: 3) {
                left.record(microseconds: value * 37)
            } else {
                right.record(microseconds: value * 37)
            }
        }
        left.merge(right)
        #expect(left.count == whole.count)
        #expect(left.mean == whole.mean)
        for percent in [0.0, 1, 25, 50, 75, 95, 99.9, 100] {
            #expect(left.percentile(percent) == whole.percentile(percent))
        }
    }

    @Test("no samples have no percentile and no mean")
    func empty() {
        #expect(Trend().percentile(95) == nil)
        #expect(Trend().mean == nil)
    }
}
