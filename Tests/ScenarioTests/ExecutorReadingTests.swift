import Testing

@testable import Scenario

@Suite("Reading executors")
struct ExecutorReadingTests {
    static func yaml(_ loads: String) -> String {
        "name: x\nflows:\n  f: [ { a: { get: /a } } ]\nload:\n" + loads + "\n"
    }

    @Test("executors have k6's parameters and k6's defaults")
    func defaults() throws {
        let scenario = try Scenario.read(
            yaml: Self.yaml(
                """
                  ramp: { executor: ramping-vus, flow: f, stages: [ { duration: 10s, target: 50 } ] }
                  each: { executor: per-vu-iterations, flow: f }
                  shared: { executor: shared-iterations, flow: f, vus: 3, iterations: 10 }
                  constant: { executor: constant-arrival-rate, flow: f, rate: 30, duration: 1m, preAllocatedVUs: 7 }
                  unit: { executor: constant-arrival-rate, flow: f, rate: 200/s, duration: 1m }
                  poisson: { executor: poisson-arrival-rate, flow: f, rate: 90/m, duration: 1m, maxVUs: 5 }
                  rising:
                    executor: ramping-arrival-rate
                    flow: f
                    timeUnit: 1m
                    preAllocatedVUs: 2
                    maxVUs: 9
                    after: each
                    stages: [ { duration: 10s, target: 60 }, { duration: 0s, target: 0 } ]
                """
            )
        )
        let half = Duration.seconds(30)
        func arrivals(_ arrivals: Arrivals, unit: Int = 1, for seconds: Int = 60, _ ready: Int, _ most: Int) -> Executor
        {
            .arrivalRate(
                ArrivalRateExecutor(
                    arrivals: arrivals,
                    timeUnit: .seconds(unit),
                    duration: .seconds(seconds),
                    preAllocatedVUs: ready,
                    maxVUs: most,
                    gracefulStop: half
                )
            )
        }
        let stages = [Stage(duration: .seconds(10), target: 60), Stage(duration: .zero, target: 0)]
        #expect(
            scenario.load.map(\.executor) == [
                .rampingVUs(
                    RampingVUsExecutor(
                        startVUs: 1,
                        stages: [Stage(duration: .seconds(10), target: 50)],
                        gracefulRampDown: half,
                        gracefulStop: half
                    )
                ),
                .perVUIterations(
                    IterationsExecutor(vus: 1, iterations: 1, maxDuration: .seconds(600), gracefulStop: half)
                ),
                .sharedIterations(
                    IterationsExecutor(vus: 3, iterations: 10, maxDuration: .seconds(600), gracefulStop: half)
                ),
                arrivals(.constant(rate: 30), 7, 7),
                arrivals(.constant(rate: 200), 0, 2_000),
                arrivals(.poisson(rate: 90), unit: 60, 0, 5),
                arrivals(.ramping(startRate: 0, stages: stages), unit: 60, for: 10, 2, 9),
            ]
        )
        #expect(scenario.load.last?.after == 1)
        #expect(scenario.longestDuration == .seconds(630 + 40))
    }

    @Test(
        "what an executor gets wrong is named at its place",
        arguments: [
            (
                "executor: ramping-vus, flow: f, stages: []",
                "5:48 load.l.stages: expected at least one stage: { duration: 10s, target: 50 }"
            ),
            (
                "executor: constant-arrival-rate, flow: f, rate: 5/x, duration: 1s",
                "5:56 load.l.rate: expected iterations, from 1 to 1000000, in a time: 200/s or 90/m, found \"5/x\""
            ),
            (
                "executor: constant-arrival-rate, flow: f, rate: 5/s, timeUnit: 1m, duration: 1s",
                "5:71 load.l.timeUnit: the rate has its unit already: 5/s"
            ),
            (
                "executor: constant-arrival-rate, flow: f, rate: 5, duration: 1s, preAllocatedVUs: 9, maxVUs: 3",
                "5:101 load.l.maxVUs: maxVUs must be at least preAllocatedVUs, 9"
            ),
            (
                "executor: shared-iterations, flow: f, vus: 9, iterations: 3",
                "5:66 load.l.iterations: 3 iterations are too few for 9 users to share"
            ),
            (
                "executor: constant-vus, flow: f, duration: 1s, after: m",
                "5:62 load.l.after: there is no load `m`; did you mean `l`?"
            ),
            (
                "executor: constant-vus, flow: f, duration: 1s, after: l",
                "5:62 load.l.after: load l would wait for itself"
            ),
        ]
    )
    func mistake(load: String, expected: String) {
        let found = mistakes(Self.yaml("  l: { \(load) }"))
        #expect(found.contains(expected), "\(found)")
    }

    @Test("two loads that wait for each other are refused, both")
    func circle() {
        let found = mistakes(
            Self.yaml(
                """
                  a: { executor: constant-vus, flow: f, duration: 1s, after: b }
                  b: { executor: constant-vus, flow: f, duration: 1s, after: a }
                """
            )
        )
        #expect(found.filter { $0.hasSuffix("would wait for itself") }.count == 2, "\(found)")
    }
}
