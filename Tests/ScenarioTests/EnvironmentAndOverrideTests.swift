import Testing

@testable import Scenario

@Suite("The environment and the command line")
struct EnvironmentAndOverrideTests {
    private let target = Example.adding(
        """
        environment:
          gateway: ${GATEWAY}/
          redis: redis://${REDIS_HOST:-127.0.0.1}:6379
          auth: { secretFile: /run/secret }
          commands: { kill: "docker kill ${process}" }
        """
    )

    @Test("the environment's variables are put in, defaults where they are not set, and other ${…} stay")
    func variables() throws {
        let scenario = try Scenario.read(yaml: target, environment: ["GATEWAY": "https://tickets.example"])
        #expect(scenario.environment?.gateway == "https://tickets.example")
        #expect(scenario.environment?.redis == "redis://127.0.0.1:6379")
        #expect(scenario.environment?.authentication == .secretFile("/run/secret"))
        #expect(scenario.environment?.commands == ["kill": "docker kill ${process}"])
    }

    @Test("a gateway that is no URL is refused", arguments: ["host:80", "https://", "http:///x", "ftp://x"])
    func gateway(url: String) {
        #expect(mistakes(target, environment: ["GATEWAY": url]).count == 1)
    }

    @Test("users, duration and seed of the command line beat the file")
    func overrides() throws {
        let yaml = Example.adding("  more: { executor: constant-vus, flow: watch, vus: 9, duration: 1m }")
            .replacing("flows:", with: "seed: 1\nflows:\n  watch: [ { map: { get: /map } } ]")
        let scenario = try Scenario.read(
            yaml: yaml,
            overrides: Overrides(users: 5, duration: .milliseconds(1500), seed: 7)
        )
        #expect(scenario.seed == 7)
        #expect(
            scenario.load.map(\.executor) == [
                .storm(StormExecutor(users: 5, waves: 2, every: .seconds(1), gracefulStop: .seconds(30))),
                .constantVUs(ConstantVUsExecutor(vus: 5, duration: .milliseconds(1500), gracefulStop: .seconds(30))),
            ]
        )
    }

    @Test("--set replaces a value, or adds one")
    func set() throws {
        let scenario = try Scenario.read(
            yaml: Example.adding("slo:\n  - oversell == 0"),
            overrides: Overrides(settings: [
                "load.clicks.waves=2", "load.clicks.gracefulStop=5s", "slo.0=violations == 0", "seed=3",
            ])
        )
        #expect(scenario.seed == 3)
        #expect(scenario.slo.map(\.metric) == [.violations])
        #expect(
            scenario.load.first?.executor
                == .storm(StormExecutor(users: 2, waves: 2, every: .seconds(1), gracefulStop: .seconds(5)))
        )
    }

    @Test(
        "a --set that does not fit is named by the option",
        arguments: [
            (
                "load.clicks.users=many",
                "--set load.clicks.users=many:1:1: error: load.clicks.users: expected a whole number, found \"many\""
            ),
            (
                "load.click.users=1",
                "--set load.click.users=1:1:1: error: the scenario has no load.click; did you mean `clicks`?"
            ),
            ("users", "--set users:1:1: error: expected path=value, as in --set load.clicks.users=10"),
            ("name.x=1", "--set name.x=1:1:1: error: name of the scenario is a single value, so it has no x"),
        ]
    )
    func badSet(option: String, expected: String) {
        let error = #expect(throws: ScenarioErrors.self) {
            try Scenario.read(yaml: Example.small, overrides: Overrides(settings: [option]))
        }
        #expect(error?.description == expected)
    }

    @Test("without faults, none are read, and none are out of range")
    func withoutFaults() throws {
        let yaml = Example.adding("faults:\n  - { at: 20h, for: 1s, redis: { latency: 1s } }")
        #expect(try Scenario.read(yaml: yaml, overrides: Overrides(withoutFaults: true)).faults.isEmpty)
        #expect(mistakes(yaml).count == 1)
    }
}
