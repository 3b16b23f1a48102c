import Scenario
import Testing

@testable import Statistics

/// A minute in virtual time: each second is one call.
@Suite("windows of thresholds")
struct WindowTests {
    private func threshold(_ text: String, over seconds: Int = 10) throws -> Threshold {
        try ThresholdTests.threshold("{ that: \"\(text)\", over: \(seconds)s, abort: true }")
    }

    private func table(
        _ threshold: Threshold,
        seconds: Int = 60,
        _ record: (inout MetricTable, Int) -> Void
    ) -> MetricTable {
        var table = MetricTable(thresholds: [threshold])
        for second in 0..<seconds {
            table.second = second
            record(&table, second)
        }
        table.durationSeconds = Double(seconds)
        return table
    }

    /// One sample a second: its value is 1 ms, but 50 ms in the seconds 20 to 29.
    private func record(
        _ table: inout MetricTable,
        _ second: Int,
        _ metric: Metric = .httpReqDuration,
        _ tags: Tags = [:]
    ) {
        table.record(table.trend(metric, tags), microseconds: (20..<30).contains(second) ? 50_000 : 1_000)
    }

    @Test(
        "a bad window breaches what the whole run would keep to, by any aggregate",
        arguments: ["avg < 20ms", "med < 20ms", "p(80) < 20ms", "min < 20ms", "max < 20ms"]
    )
    func trends(condition: String) throws {
        let whole = try ThresholdTests.threshold("http_req_duration: \(condition)")
        let windowed = try threshold("http_req_duration: \(condition)")
        let table = table(windowed) { record(&$0, $1) }
        let result = table.evaluate(windowed)
        #expect(result.verdict == .breached)
        #expect(try #require(result.value) == 0.05)
        // Only `max` looks at the worst sample whatever the window.
        #expect(table.evaluate(whole).verdict == (condition.hasPrefix("max") ? .breached : .holds))
    }

    @Test(
        "each metric has windows, with its own tags",
        arguments: [
            "http_req_waiting", "http_req_response_time", "iteration_duration", "saga_time", "sse_delivery_time",
        ]
    )
    func metrics(name: String) throws {
        let metric = try #require(Metric(rawValue: name))
        let windowed = try threshold("\(name){phase:fault}: p(95) < 20ms")
        let table = table(windowed) { table, second in
            record(&table, second, metric, ["phase": "steady"])
            table.record(table.trend(metric, ["phase": "fault"]), microseconds: 2_000)
        }
        #expect(table.evaluate(windowed).value == 0.002)
    }

    @Test("a counter's window is judged by what it rose by, and one in which it did not by nothing")
    func counters() throws {
        let rate = try threshold("iterations: rate > 4")
        let steady = table(rate) { table, _ in table.add(table.counter(.iterations, [:]), 5) }
        #expect(steady.evaluate(rate).value == 5)
        #expect(!steady.mustAbort(rate))
        let stalled = table(rate) { table, second in
            if second < 30 || second > 40 { table.add(table.counter(.iterations, [:]), 50) }
        }
        #expect(stalled.evaluate(rate).value == 0)
        let bytes = try threshold("data_sent: count < 1000")
        let burst = table(bytes) { table, second in table.add(table.counter(.dataSent, [:]), second == 30 ? 900 : 1) }
        #expect(burst.evaluate(bytes).value == 909)
        let none = try threshold("dropped_iterations: count < 1")
        #expect(table(none) { _, _ in }.evaluate(none).verdict == .inconclusive)
        let couldBe = table(none) { table, _ in _ = table.counter(.droppedIterations, [:]) }
        #expect(couldBe.evaluate(none).verdict == .holds)
    }

    @Test("rates and gauges have windows too")
    func ratesAndGauges() throws {
        let checks = try threshold("checks{request:hold}: rate > 95%")
        let checked = table(checks) { table, second in
            table.record(table.rate(.checks, ["request": "hold"]), second != 25)
        }
        #expect(checked.evaluate(checks).value == 0.9)
        let users = try threshold("vus: max <= 40")
        let ramp = table(users) { table, second in table.set(table.gauge(.vus, [:]), Double(second)) }
        #expect(ramp.evaluate(users).value == 59)
        #expect(ramp.mustAbort(users))
        let least = try threshold("vus: min >= 1")
        let started = table(least) { table, second in table.set(table.gauge(.vus, [:]), Double(second)) }
        #expect(started.evaluate(least).value == 0)
        #expect(!started.mustAbort(least))
    }

    @Test("a run ends at the end of the first window that is breached, and not before")
    func abort() throws {
        let windowed = try threshold("http_req_duration: avg < 20ms")
        var first: Int?
        var table = MetricTable(thresholds: [windowed])
        for second in 0..<60 where first == nil {
            table.second = second
            record(&table, second)
            table.durationSeconds = Double(second + 1)
            if table.mustAbort(windowed) { first = second + 1 }
        }
        // Four samples of 50 ms and six of 1 ms average 20.6 ms.
        #expect(first == 24)
    }

    @Test("threads that measured parts of it judge as one")
    func merged() throws {
        let windowed = try threshold("http_req_duration: p(90) < 20ms")
        var whole = MetricTable()
        for thread in 0..<2 {
            whole.merge(
                table(windowed) { table, second in
                    if second % 2 == thread { record(&table, second) }
                }
            )
        }
        #expect(whole.evaluate(windowed).value == 0.05)
        let users = try threshold("vus: max < 100")
        var sum = MetricTable()
        for _ in 0..<2 { sum.merge(table(users) { table, _ in table.set(table.gauge(.vus, [:]), 60) }) }
        #expect(sum.evaluate(users).value == 120)
    }

    @Test("a day takes no more memory than an hour, and its windows are coarser")
    func bounded() throws {
        let windowed = try threshold("http_req_duration: max < 20ms")
        let day = table(windowed, seconds: 86_400) { table, second in
            table.record(table.trend(.httpReqDuration, [:]), microseconds: second == 50_000 ? 50_000 : 1_000)
        }
        let window = try #require(day.windows.first)
        #expect(window.slotSeconds == 32)
        #expect(day.evaluate(windowed).value == 0.05)
        #expect(!day.mustAbort(windowed))
    }

    @Test("a counter's windows are right where slots are wider than a second", arguments: [3_700, 7_203, 8_001])
    func coarseCounters(seconds: Int) throws {
        let steady = try threshold("iterations: rate > 4.9")
        let table = table(steady, seconds: seconds) { table, _ in table.add(table.counter(.iterations, [:]), 5) }
        #expect(try #require(table.windows.first).slotSeconds > 1)
        #expect(table.evaluate(steady).value == 5)
        #expect(!table.mustAbort(steady))
        let most = try threshold("iterations: rate < 5.1")
        let same = self.table(most, seconds: seconds) { table, _ in table.add(table.counter(.iterations, [:]), 5) }
        #expect(same.evaluate(most).value == 5)
    }

    @Test("a run that is shorter than the window is judged as a whole")
    func short() throws {
        let windowed = try threshold("http_req_duration: avg < 20ms", over: 600)
        let table = table(windowed) { record(&$0, $1) }
        #expect(abs(try #require(table.evaluate(windowed).value) - 0.009167) < 0.00001)
        #expect(!table.mustAbort(windowed))
    }
}
