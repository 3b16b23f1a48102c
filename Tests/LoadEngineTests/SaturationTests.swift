import Scenario
import Statistics
import Testing

@testable import LoadEngine

/// Arrivals that found no free user: the server's failure, or the generator's.
@Suite("Saturation by arrivals")
struct SaturationTests {
    private static let text = """
        name: arrivals
        flows: { flow: [ { ask: { get: / } } ] }
        load: { some: { executor: constant-arrival-rate, flow: flow, rate: 10/s, duration: 1s, maxVUs: 2 } }
        slo: [ "http_req_failed: rate < 1%" ]
        """

    @Test(
        "users who were free on another thread make the generator the bottleneck, unless the server kept more arrivals waiting",
        arguments: [(200, 0, true), (200, 199, true), (200, 200, false), (9, 0, false)]
    )
    func threads(free: UInt64, busy: UInt64, isBottleneck: Bool) throws {
        let scenario = try Scenario.read(yaml: Self.text)
        var table = MetricTable()
        let load = ["load": "some"]
        table.add(table.counter(.iterations, Tags(load)), 1_000)
        for (reason, count) in [("threads", free), ("maxVUs", busy)] {
            table.add(table.counter(.droppedIterations, Tags(load.merging(["reason": reason]) { $1 })), count)
        }
        let reason = ArrivalSaturation.reason(scenario, table)
        #expect((reason != nil) == isBottleneck)
        if isBottleneck {
            #expect(
                reason == "threads: users were free on another thread; \(free) arrivals of some were dropped"
            )
        }
    }
}
