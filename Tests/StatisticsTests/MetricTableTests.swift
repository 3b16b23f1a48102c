import Scenario
import Statistics
import Testing

@Suite("MetricTable")
struct MetricTableTests {
    @Test("the same metric and tags are the same series, other tags another")
    func interning() {
        var table = MetricTable()
        let first = table.counter(.httpReqs, ["request": "hold", "status": "201"])
        let again = table.counter(.httpReqs, ["status": "201", "request": "hold"])
        let other = table.counter(.httpReqs, ["request": "hold", "status": "409"])
        #expect(first == again)
        #expect(first != other)
    }

    @Test("a filter sums over the tags that it does not name")
    func filtering() {
        var table = MetricTable()
        for (request, status, amount) in [("hold", "201", 50), ("hold", "409", 950), ("order", "201", 40)] {
            table.add(table.counter(.httpReqs, ["request": request, "status": status]), UInt64(amount))
        }
        #expect(table.count(.httpReqs) == 1_040)
        #expect(table.count(.httpReqs, where: ["request": "hold"]) == 1_000)
        #expect(table.count(.httpReqs, where: ["status": "201"]) == 90)
        #expect(table.count(.httpReqs, where: ["request": "pay"]) == nil)
        #expect(table.counts(.httpReqs, by: "status", where: ["request": "hold"]) == ["201": 50, "409": 950])
        #expect(table.values(of: "request", in: .httpReqs) == ["hold", "order"])
    }

    @Test("tables of two threads merge: series by key, gauges add up")
    func merging() {
        var tables = [MetricTable(), MetricTable()]
        for index in tables.indices {
            let trend = tables[index].trend(.httpReqDuration, ["request": "hold"])
            for value in 1...10 { tables[index].record(trend, microseconds: UInt64(value + index * 10)) }
            tables[index].set(tables[index].gauge(.vus, [:]), 5)
            let failed = tables[index].rate(.httpReqFailed, [:])
            tables[index].record(failed, index == 0)
            let only = tables[index].counter(.iterations, ["load": "load\(index)"])
            tables[index].add(only, 3)
        }
        var merged = tables[0]
        merged.merge(tables[1])
        #expect(merged.trend(.httpReqDuration)?.count == 20)
        #expect(merged.trend(.httpReqDuration)?.percentile(95) == 19)
        #expect(merged.gauge(.vus)?.latest == 10)
        #expect(merged.rate(.httpReqFailed)?.share == 0.5)
        #expect(merged.count(.iterations) == 6)
        #expect(merged.count(.iterations, where: ["load": "load1"]) == 3)
    }
}
