import Environment
import NIOHTTP1
import Testing

@testable import FaultInjection

@Suite("What faults leave in a suite", .timeLimit(.minutes(1)))
struct SuiteLeftoversTests {
    @Test("toxics, rules, proxies that are off, and processes that are stopped or gone are named; what is over is not")
    func all() async throws {
        let folder = TestPaths.privateFolder("leftovers")
        let supervisor = try await Supervisor.start(executable: TestPaths.seatstorm, directory: folder)
        for name in ["frozen", "gone", "well"] {
            try await supervisor.start(
                ProcessSpec(name: name, executable: "/bin/sleep", arguments: ["1000"], logFile: "\(folder)/\(name).log")
            )
        }
        var addresses = SuiteAddresses(gateway: "http://127.0.0.1:1")
        addresses.processGroups = supervisor.groups
        try await supervisor.stop("gone")
        _ = try await supervisor.disrupt("frozen", .freeze, for: .seconds(60))
        let given = addresses
        try await TestProxy.with { proxy in
            var addresses = given
            addresses.proxy = proxy.server.url
            let leftovers = SuiteLeftovers(supervisor, addresses)
            _ = try await proxy.create("redis", upstream: "127.0.0.1:1", speaking: .redis)
            try await proxy.rule(#""name": "lost", "act": "drop""#, proxy: "redis")
            try await proxy.addLatency(5, proxy: "redis")
            #expect(
                await leftovers.all() == [
                    "frozen is stopped", "gone does not run", "the proxy redis has the rule lost",
                    "the proxy redis has the toxic slow",
                ]
            )
            #expect(try await proxy.call(.POST, "/reset").status == 204)
            _ = try await supervisor.restore("frozen")
            #expect(await leftovers.all() == ["gone does not run"])
            let down = #"{"leaseSeconds": 60}"#
            #expect(try await proxy.call(.POST, "/chaos/v1/proxies/redis/down", down).status == 200)
            #expect(
                await leftovers.all() == [
                    "gone does not run", "the proxy redis has the rule down", "the proxy redis is off",
                ]
            )
        }
        await supervisor.stopAll()
    }
}
