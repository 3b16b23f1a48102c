import Contract
import Environment
import Foundation
import FoundationNetworking
import Glibc
import Testing

/// A run against a suite that stays up, whose harness dies while things are broken.
@Suite("A run that is killed leaves nothing broken", .serialized)
struct AbandonedRunTests {
    /// What is broken, as the suite itself says.
    private struct Broken {
        var toxics = 0
        var rules = 0
        var slowBrokers = 0
        var isPaymentFaulty = false
        var isFrozen = false

        var count: Int { toxics + rules + (slowBrokers > 0 ? 1 : 0) + (isPaymentFaulty ? 1 : 0) + (isFrozen ? 1 : 0) }
    }

    @Test(
        "kill -9 of seatstorm with five faults in force: within their leases all are gone, and a purchase is as fast as before"
    )
    func killed() async throws {
        try await withStandingSuite { suite, folder in
            let probe = try await PurchaseProbe.make(gateway: suite.addresses.gateway, tokens: suite.tokens)
            let before = try await probe.purchaseEventually(within: .seconds(5), patience: .seconds(10))
            let run = try Seatstorm(["run", "--no-color", "--suite", folder, Seatstorm.scenario("abandoned")])
            defer { run.remove() }
            try await run.waitFor("load started")
            try await waitUntil("five faults are in force", within: .seconds(20)) { try await broken(suite).count == 5 }
            run.signal(SIGKILL)
            // The faults have 12 s, and their leases 2 s more.
            try await waitUntil("nothing is broken", within: .seconds(20)) { try await broken(suite).count == 0 }
            let after = try await probe.purchaseEventually(
                within: before * 3 + .milliseconds(500),
                patience: .seconds(10)
            )
            #expect(after <= before * 3 + .milliseconds(500))
            #expect(await suite.health().allSatisfy(\.isReady))
        }
    }

    private func broken(_ suite: StandingSuite) async throws -> Broken {
        var broken = Broken()
        let proxies = try await json(suite.addresses.proxy, "/proxies") as? [String: [String: Any]]
        broken.toxics = try #require(proxies).values.reduce(0) { $0 + (($1["toxics"] as? [Any])?.count ?? 0) }
        let rules = try await json(suite.addresses.proxy, "/chaos/v1/rules") as? [[String: Any]]
        broken.rules = try #require(rules).count { $0["active"] as? Bool == true }
        let brokers = try await json(suite.addresses.kafkaControl, "/brokers") as? [String: Any]
        let list = try #require(brokers?["brokers"] as? [[String: Any]])
        broken.slowBrokers = list.count { ($0["roundTripMilliseconds"] as? Int ?? 0) > 0 }
        let token = suite.tokens.token(user: "abandoned", scopes: [.admin])
        let payment = try await json(suite.addresses.url(of: .payment), "/api/admin/faults", token) as? [String: Any]
        broken.isPaymentFaulty = payment?["active"] is [String: Any]
        let groups = try ProcessGroup.read(directory: suite.directory)
        let reservation = try #require(groups.first { $0.name == "reservation" }?.id)
        let stat = try String(contentsOfFile: "/proc/\(reservation)/stat", encoding: .utf8)
        broken.isFrozen = stat.split(separator: ")").last?.hasPrefix(" T") == true
        return broken
    }

    private func json(_ base: String?, _ path: String, _ token: String? = nil) async throws -> Any {
        var request = URLRequest(url: try #require(URL(string: (base ?? "") + path)))
        if let token { request.setValue("Bearer \(token)", forHTTPHeaderField: "Authorization") }
        let (data, _) = try await URLSession.shared.data(for: request)
        return try JSONSerialization.jsonObject(with: data)
    }

    private func withStandingSuite(_ body: (StandingSuite, String) async throws -> Void) async throws {
        let folder = TestPaths.privateFolder("standing")
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let suite = try await StandingSuite.up(in: folder) { configuration in
            configuration.seatstorm = Seatstorm.executable("seatstorm").path
            configuration.ticketing = Seatstorm.executable("ticketing").path
            // The well-known ones may be an engineer's own suite.
            configuration.ports = .free
        }
        do {
            try await body(suite, folder)
        } catch {
            try await suite.down(in: folder)
            throw error
        }
        try await suite.down(in: folder)
    }
}
