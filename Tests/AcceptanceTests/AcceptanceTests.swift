import Foundation
import Glibc
import Testing

/// One suite at a time: each run brings up the whole suite on this machine.
@Suite("seatstorm, as its user meets it", .serialized)
struct AcceptanceTests {
    @Test("a clean run holds: exit code 0, the same witnesses in every source, a summary and a link to it")
    func clean() async throws {
        let run = try await Seatstorm.run(["run", "--no-color", Seatstorm.scenario("smoke")])
        defer { run.remove() }
        #expect(run.exitCode == 0, "\(run.text)")
        let summary = try run.summary()
        #expect(summary["verdict"] as? String == "pass")
        #expect(summary["oversell"] as? Int == 0)
        let invariants = try #require(summary["invariants"] as? [[String: Any]])
        #expect(
            invariants.compactMap { $0["id"] as? String }.prefix(3) == ["oversell", "stores-agree", "hold-exclusive"]
        )
        let counts = try #require(invariants[1]["counts"] as? [String: Int])
        // 200 users pick among 20 seats three times over: every seat is wanted.
        #expect(
            counts == ["redis": 60, "tickets": 60, "orders": 60, "kafka": 60, "clients": 60, "clients not told": 0]
        )
        let trace = try #require(invariants.first { $0["id"] as? String == "trace-complete" })
        #expect(trace["verdict"] as? String == "holds")
        #expect(trace["witnesses"] as? Int == 60)
        for id in ["sse-monotonic", "sse-complete", "sse-converges"] {
            let stream = try #require(invariants.first { $0["id"] as? String == id })
            #expect(stream["verdict"] as? String == "holds")
            #expect(stream["witnesses"] as? Int ?? 0 > 0)
        }
        let waves = try #require(summary["waves"] as? [[String: Any]])
        #expect(waves.compactMap { $0["granted"] as? Int } == [20, 20, 20])
    }

    @Test("two order and two reservation processes side by side: the same verdict")
    func instances() async throws {
        let run = try await Seatstorm.run(
            [
                "run", "--no-color", "--no-faults", "--instances", "order=2", "--instances", "reservation=2",
                Seatstorm.scenario("faults"),
            ]
        )
        defer { run.remove() }
        #expect(run.exitCode == 0, "\(run.text)")
        let orders = try #require(try run.summary()["orders"] as? [String: Int])
        #expect(Array(orders.keys) == ["CONFIRMED"], "\(orders)")
        let logs = try FileManager.default.contentsOfDirectory(
            atPath: run.folder.appending(path: "reports/latest/logs").path
        )
        #expect(
            Set(["order.log", "order-2.log", "reservation.log", "reservation-2.log"]).isSubset(of: logs),
            "\(logs)"
        )
    }

    @Test(
        "a number of processes that cannot be is refused, and the option named",
        arguments: ["order=0", "payment=2", "x"]
    )
    func badInstances(_ text: String) async throws {
        let run = try await Seatstorm.run(["run", "--instances", text, Seatstorm.scenario("smoke")])
        defer { run.remove() }
        #expect(run.exitCode == 64, "\(run.text)")
        #expect(run.text.contains("--instances"))
    }

    @Test("the canary is caught: a slow payment breaches its SLO, exit code 99")
    func canary() async throws {
        let run = try await Seatstorm.run(["run", "--no-color", Seatstorm.scenario("canary")])
        defer { run.remove() }
        #expect(run.exitCode == 99, "\(run.text)")
    }

    @Test("mistakes in a scenario are all shown with line and column, exit code 104")
    func mistakes() async throws {
        for verb in [["check"], ["run"]] {
            let run = try await Seatstorm.run(verb + [Seatstorm.scenario("mistakes")])
            defer { run.remove() }
            #expect(run.exitCode == 104, "\(run.text)")
            for place in ["mistakes.yaml:8:9:", "mistakes.yaml:10:36:", "mistakes.yaml:12:5:"] {
                #expect(run.text.contains(place), "\(place) is missing in:\n\(run.text)")
            }
        }
    }

    @Test("an environment that cannot be reached is exit code 107")
    func noEnvironment() async throws {
        let run = try await Seatstorm.run(["run", Seatstorm.scenario("smoke"), "--ticketing", "/nowhere/ticketing"])
        defer { run.remove() }
        #expect(run.exitCode == 107, "\(run.text)")
        #expect(run.text.contains("/nowhere/ticketing"))
    }

    @Test(
        "under faults nothing is sold twice, declined orders end CANCELLED with their seats free, and each fault says what it touched"
    )
    func faults() async throws {
        let run = try await Seatstorm.run(["run", "--no-color", Seatstorm.scenario("faults")])
        defer { run.remove() }
        #expect(run.exitCode == 0, "\(run.text)")
        let summary = try run.summary()
        let orders = try #require(summary["orders"] as? [String: Int])
        #expect(orders["CANCELLED", default: 0] > 0, "\(orders)")
        let faults = try #require(summary["faults"] as? [[String: Any]])
        #expect(faults.count == 2)
        for fault in faults {
            #expect((fault["applied"] as? Int ?? 0) > 0, "\(fault)")
            #expect(fault["reverted"] as? Bool == true)
        }
    }

    @Test(
        "killed, frozen, restarted and down, the suite holds; each fault says how many it hit, and is proved reverted"
    )
    func crashes() async throws {
        let run = try await Seatstorm.run(["run", "--no-color", Seatstorm.scenario("crashes")])
        defer { run.remove() }
        #expect(run.exitCode == 0, "\(run.text)")
        let summary = try run.summary()
        let faults = try #require(summary["faults"] as? [[String: Any]])
        let names = faults.compactMap { $0["fault"] as? String }
        #expect(names == ["kill order", "freeze redis", "kafka 1, 2, 3 down", "restart nginx"])
        for fault in faults {
            #expect((fault["matched"] as? Int ?? 0) > 0, "\(fault)")
            #expect(fault["reverted"] as? Bool == true, "\(fault)")
        }
        let steadyState = (summary["environment"] as? [String: String])?["steady state"]
        #expect(steadyState?.contains("a purchase took") == true)
        let history = try String(
            contentsOf: run.folder.appending(path: "reports/latest/history.jsonl"),
            encoding: .utf8
        )
        #expect(history.contains(#""faults":["freeze redis"]"#))
    }

    @Test("the storm finds check-then-set, names seats, orders and users, and ends with 90")
    func checkThenSet() async throws {
        let run = try await Seatstorm.run(
            [
                "run", "--no-color", "--no-faults", "--ticketing", Seatstorm.executable("ticketing-bugs").path,
                Seatstorm.scenario("faults"),
            ],
            environment: ["TICKETING_BUG": "check-then-set"]
        )
        defer { run.remove() }
        #expect(run.exitCode == 90, "\(run.text)")
        #expect(run.text.contains("was sold twice: a"), "the load went on after the first oversell: \(run.text)")
        let invariants = try #require(try run.summary()["invariants"] as? [[String: Any]])
        func invariant(_ id: String) throws -> [String: Any] {
            try #require(invariants.first { $0["id"] as? String == id })
        }
        #expect(try invariant("oversell")["verdict"] as? String == "violated")
        let violation = try #require((try invariant("oversell")["violations"] as? [[String: Any]])?.first)
        #expect((violation["orders"] as? [String])?.count ?? 0 >= 2, "\(violation)")
        #expect((violation["users"] as? [String])?.count ?? 0 >= 2, "\(violation)")
        // hold-exclusive need not see it: a hold that was ordered at once ended within the clocks' error.
        #expect(try invariant("seat-history")["verdict"] as? String == "violated")
    }

    @Test("seatstorm knows every bug that the suite can be built with, and each has a scenario that is valid")
    func knownBugs() async throws {
        func names(after words: String, in text: String) throws -> Set<String> {
            let tail = try #require(text.components(separatedBy: words).dropFirst().first, "\(text)")
            let line = try #require(tail.split(separator: "\n").first)
            return Set(line.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) })
        }
        let run = try await Seatstorm.run(["bugs", "--only", "nonsense"])
        defer { run.remove() }
        #expect(run.exitCode == 64, "\(run.text)")
        let build = Process()
        build.executableURL = Seatstorm.executable("ticketing-bugs")
        build.environment = [:]
        let errors = Pipe()
        build.standardError = errors
        try build.run()
        let complaint = String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        #expect(
            try names(after: "the bugs are: ", in: run.text)
                == names(after: "without TICKETING_BUG, one of: ", in: complaint)
        )

        let folder = URL(filePath: Seatstorm.scenario("smoke")).deletingLastPathComponent().appending(path: "bugs")
        let scenarios = try FileManager.default.contentsOfDirectory(atPath: folder.path)
        let check = try await Seatstorm.run(["check"] + scenarios.sorted().map { folder.appending(path: $0).path })
        defer { check.remove() }
        #expect(check.exitCode == 0, "\(check.text)")
    }

    @Test("the fences off without the bug raise no alarm")
    func fencesOff() async throws {
        let run = try await Seatstorm.run(
            [
                "run", "--no-color", "--no-faults", "--ticketing", Seatstorm.executable("ticketing-bugs").path,
                Seatstorm.scenario("faults"),
            ],
            environment: ["TICKETING_BUG": "fences-off"]
        )
        defer { run.remove() }
        #expect(run.exitCode == 0, "\(run.text)")
    }

    @Test("Ctrl-C in the middle ends with 105 and a report, and leaves no process of the suite")
    func interrupted() async throws {
        let run = try Seatstorm(["run", "--no-color", Seatstorm.scenario("faults")])
        defer { run.remove() }
        try await run.waitFor("load started")
        let groups = try run.groups()
        run.signal(SIGINT)
        try await run.waitForExit()
        #expect(run.exitCode == 105, "\(run.text)")
        #expect(try run.summary()["verdict"] as? String == "interrupted")
        try await Seatstorm.waitUntilGone(groups, within: .seconds(5))
    }

    @Test("kill -9 of seatstorm leaves nothing of the suite within 5 s")
    func killed() async throws {
        let run = try Seatstorm(["run", "--no-color", Seatstorm.scenario("faults")])
        defer { run.remove() }
        try await run.waitFor("load started")
        let groups = try run.groups()
        run.signal(SIGKILL)
        try await Seatstorm.waitUntilGone(groups, within: .seconds(5))
    }
}
