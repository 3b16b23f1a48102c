import Contract
import Environment
import Foundation
import Glibc
import Testing

/// Each source of evidence is taken away in turn, from a run in which nothing is wrong.
@Suite("A source that cannot be read is named, and never a pass", .serialized)
struct SourceTests {
    @Test("Redis, MySQL and Kafka, killed between load and verification; MySQL that is only slow is waited for")
    func stores() async throws {
        var configuration = SuiteConfiguration(
            directory: TestPaths.privateFolder("sources"),
            seatstorm: Seatstorm.executable("seatstorm").path,
            ticketing: Seatstorm.executable("ticketing").path
        )
        configuration.usesFaultProxy = false
        let suite = try await EmbeddedSuite.start(configuration)
        do {
            try await runWithSlowMySQL(of: suite)
            for (process, name) in [("redis", "Redis"), ("mariadb", "MySQL")] {
                try await runWithout(process, name, of: suite)
                try await suite.supervisor.restart(process)
                for service in ServiceName.allCases { try await suite.waitUntilReady(service) }
            }
            // The last: a broker that was started again has other ports, of which the services know nothing.
            try await runWithout("kafka", "Kafka", of: suite)
        } catch {
            await suite.stop()
            throw error
        }
        await suite.stop()
    }

    private func runWithSlowMySQL(of suite: EmbeddedSuite) async throws {
        let run = try Seatstorm(
            ["run", "--no-color", "--pause", Seatstorm.scenario("sources")],
            environment: Seatstorm.variables(of: suite.addresses)
        )
        defer { run.remove() }
        try await run.waitFor("press Enter")
        try await suite.supervisor.signal("mariadb", SIGSTOP)
        try run.type("")
        // Twice as long as a service waits.
        try await Task.sleep(for: .seconds(4))
        try await suite.supervisor.signal("mariadb", SIGCONT)
        try await run.waitForExit()
        #expect(run.exitCode == 0, "\(run.text)")
    }

    private func runWithout(_ process: String, _ name: String, of suite: EmbeddedSuite) async throws {
        let run = try Seatstorm(
            ["run", "--no-color", "--pause", Seatstorm.scenario("sources")],
            environment: Seatstorm.variables(of: suite.addresses)
        )
        defer { run.remove() }
        try await run.waitFor("press Enter")
        try await suite.supervisor.signal(process, SIGKILL)
        _ = try await suite.supervisor.waitForExit(process, within: .seconds(5))
        try run.type("")
        try await run.waitForExit()
        #expect(run.exitCode == 91, "\(run.text)")
        #expect(run.text.contains("\(name) could not be read"), "\(run.text)")
    }

    @Test("a history that is cut off, and spans that are missing, in the folder of a recorded run")
    func files() async throws {
        let run = try await Seatstorm.run(["run", "--no-color", "--no-faults", Seatstorm.scenario("faults")])
        defer { run.remove() }
        #expect(run.exitCode == 0, "\(run.text)")
        let folder = run.folder.appending(path: "reports/latest").resolvingSymlinksInPath()
        for (file, name, ids) in [
            ("history.jsonl", "the clients' history", ["seat-history", "hold-exclusive", "oversell"]),
            ("spans.jsonl", "the spans", ["trace-complete"]),
        ] {
            let whole = try Data(contentsOf: folder.appending(path: file))
            // At the end of a line, where it looks whole.
            let half = whole.prefix(whole.count / 2)
            let end = try #require(half.lastIndex(of: UInt8(ascii: "\n")))
            try half[...end].write(to: folder.appending(path: file))
            let again = try await Seatstorm.run(["verify", folder.path])
            defer { again.remove() }
            #expect(again.exitCode == 91, "\(again.text)")
            #expect(again.text.contains("\(name) could not be read"), "\(again.text)")
            for id in ids { #expect(again.text.contains("\(id): inconclusive"), "\(again.text)") }
            try whole.write(to: folder.appending(path: file))
        }
        let again = try await Seatstorm.run(["verify", folder.path])
        defer { again.remove() }
        #expect(again.exitCode == 0, "\(again.text)")
    }
}
