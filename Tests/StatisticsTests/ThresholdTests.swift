import Scenario
import Statistics
import Testing

@Suite("thresholds")
struct ThresholdTests {
    static func threshold(_ text: String) throws -> Threshold {
        let yaml = """
            name: t
            flows: { f: [ { hold: { get: / } } ] }
            load: { l: { executor: constant-vus, flow: f, vus: 1, duration: 1s } }
            slo: [ \(text.hasPrefix("{") ? text : "\"\(text)\"") ]
            """
        return try #require(try Scenario.read(yaml: yaml).slo.first)
    }

    static func table() -> MetricTable {
        var table = MetricTable()
        table.durationSeconds = 10
        let tags: Tags = ["request": "hold", "load": "l", "status": "201", "phase": "steady"]
        let trend = table.trend(.httpReqResponseTime, tags)
        let failed = table.rate(.httpReqFailed, tags)
        let count = table.counter(.httpReqs, tags)
        for value in 1...100 {
            table.record(trend, microseconds: UInt64(value * 1_000))
            table.record(failed, value > 98)
            table.add(count, 1)
        }
        table.set(table.gauge(.oversell, [:]), 0)
        return table
    }

    static let cases: [(String, ThresholdResult.Verdict, Double)] = [
        ("http_req_response_time{request:hold}: p(95) < 300ms", .holds, 0.095),
        ("http_req_response_time: p(95) < 95ms", .breached, 0.095),
        ("http_req_response_time: max <= 100ms", .holds, 0.1),
        ("http_req_response_time: avg < 60ms", .holds, 0.0505),
        ("http_req_response_time: count >= 101", .breached, 100),
        ("http_req_failed: rate < 2%", .breached, 0.02),
        ("http_req_failed: rate <= 2%", .holds, 0.02),
        ("http_reqs: count == 100", .holds, 100),
        ("http_reqs: rate > 9", .holds, 10),
        ("oversell == 0", .holds, 0),
    ]

    @Test("a threshold is judged by its own formula", arguments: cases.indices)
    func verdict(index: Int) throws {
        let (text, verdict, value) = Self.cases[index]
        let result = Self.table().evaluate(try Self.threshold(text))
        #expect(result.verdict == verdict)
        let measured = try #require(result.value)
        #expect(abs(measured - value) <= value * 0.001)
    }

    @Test("over no samples a threshold is inconclusive, never held")
    func noSamples() throws {
        for text in [
            "http_req_response_time{request:hold,status:500}: p(95) < 1h", "saga_time: max < 1h", "violations == 0",
        ] {
            let result = Self.table().evaluate(try Self.threshold(text))
            #expect(result.verdict == .inconclusive)
            #expect(result.value == nil)
        }
    }

    @Test("a generator that was the bottleneck makes latency inconclusive, and nothing else")
    func saturated() throws {
        let latency = Self.table().evaluate(try Self.threshold(Self.cases[0].0), saturation: "CPU")
        #expect(latency.verdict == .inconclusive)
        #expect(latency.value != nil)
        #expect(latency.reason?.contains("CPU") == true)
        let failures = Self.table().evaluate(try Self.threshold("http_req_failed: rate < 2%"), saturation: "CPU")
        #expect(failures.verdict == .breached)
    }
}

@Suite("Thresholds that end the run")
struct AbortTests {
    private func threshold(over: Duration? = nil, delay: Duration = .zero) -> Threshold {
        Threshold(
            source: "http_req_failed: rate < 50%",
            metric: .httpReqFailed,
            aggregate: .rate,
            comparison: .less,
            limit: 0.5,
            over: over,
            abort: true,
            delayAbortEval: delay
        )
    }

    /// Ten good seconds, then bad ones: two requests a second.
    private func table(_ threshold: Threshold, bad: Int) -> MetricTable {
        var table = MetricTable(thresholds: [threshold])
        let failed = table.rate(.httpReqFailed, ["request": "a"])
        for second in 0..<(10 + bad) {
            table.second = second
            for _ in 0..<2 { table.record(failed, second >= 10) }
        }
        table.durationSeconds = Double(10 + bad)
        return table
    }

    private func mustAbort(_ threshold: Threshold, bad: Int) -> Bool {
        table(threshold, bad: bad).mustAbort(threshold)
    }

    @Test("a window sees the last seconds, where the whole run still looks good")
    func window() {
        #expect(!mustAbort(threshold(over: .seconds(5)), bad: 2))
        #expect(mustAbort(threshold(over: .seconds(5)), bad: 3))
        #expect(!mustAbort(threshold(), bad: 3))
        #expect(mustAbort(threshold(), bad: 10))
    }

    @Test("nothing ends the run before its delay, before a window is whole, or without samples")
    func delay() {
        #expect(!mustAbort(threshold(delay: .seconds(21)), bad: 10))
        #expect(mustAbort(threshold(delay: .seconds(20)), bad: 10))
        #expect(!mustAbort(threshold(over: .seconds(21)), bad: 10))
        var empty = MetricTable(thresholds: [threshold(over: .seconds(5))])
        empty.durationSeconds = 100
        #expect(!empty.mustAbort(threshold()))
        #expect(!empty.mustAbort(threshold(over: .seconds(5))))
    }
}
