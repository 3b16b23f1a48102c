import Testing

@testable import Scenario

@Suite("Thresholds")
struct ThresholdTests {
    private func threshold(_ text: String) throws -> Threshold {
        try #require(try Scenario.read(yaml: Example.adding("slo:\n  - \(text)")).slo.first)
    }

    @Test(
        "k6's grammar is read, with limits in seconds and shares",
        arguments: [
            ("http_req_duration: p(99.9) <= 1.5s", .httpReqDuration, .percentile(99.9), .lessOrEqual, 1.5),
            ("http_req_duration: avg<200", .httpReqDuration, .average, .less, 0.2),
            ("http_req_duration: med < 1m30s", .httpReqDuration, .median, .less, 90),
            ("http_req_waiting: count > 10", .httpReqWaiting, .count, .greater, 10),
            ("http_req_failed: rate < 0.01", .httpReqFailed, .rate, .less, 0.01),
            ("checks: rate >= 99%", .checks, .rate, .greaterOrEqual, 0.99),
            ("http_reqs: rate > 100/s", .httpReqs, .rate, .greater, 100),
            ("http_reqs: rate > 100", .httpReqs, .rate, .greater, 100),
            ("dropped_iterations: count == 0", .droppedIterations, .count, .equal, 0),
            ("oversell == 0", .oversell, .value, .equal, 0), ("oversell: value == 0", .oversell, .value, .equal, 0),
            ("vus: max != 0", .vus, .maximum, .unequal, 0),
            ("\"violations: value === 0\"", .violations, .value, .equal, 0),
            ("{ that: \"storm_release_spread{load:clicks}: max < 50ms\" }", .stormReleaseSpread, .maximum, .less, 0.05),
        ] as [(String, Metric, Threshold.Aggregate, Threshold.Comparison, Double)]
    )
    func grammar(
        text: String,
        metric: Metric,
        aggregate: Threshold.Aggregate,
        comparison: Threshold.Comparison,
        limit: Double
    ) throws {
        let threshold = try threshold(text)
        #expect(threshold.metric == metric)
        #expect(threshold.aggregate == aggregate)
        #expect(threshold.comparison == comparison)
        #expect(abs(threshold.limit - limit) < 1e-12)
    }

    @Test("several tags narrow a metric, and are named in the order of the alphabet")
    func tags() throws {
        let threshold = try threshold("http_req_duration{status:201, request:hold, phase:steady}: max < 1s")
        #expect(threshold.tags == ["status": "201", "request": "hold", "phase": "steady"])
        #expect(threshold.source == "http_req_duration{phase:steady,request:hold,status:201}: max < 1s")
    }

    @Test(
        "values are compared as the sign says",
        arguments: [
            ("<", true, false, false), ("<=", true, true, false), (">", false, false, true), (">=", false, true, true),
            ("==", false, true, false), ("!=", true, false, true),
        ]
    )
    func comparison(symbol: String, below: Bool, at: Bool, above: Bool) throws {
        let threshold = try threshold("violations: value \(symbol) 5")
        #expect([4, 5, 6].map(threshold.holds) == [below, at, above])
    }
}
