import Contract
import Foundation
import Glibc
import Testing

@testable import Environment
@testable import Scenario

@Suite("The embedded suite")
struct SuiteTests {
    private func configuration() -> SuiteConfiguration {
        SuiteConfiguration(
            directory: TestPaths.privateFolder("suite"),
            seatstorm: TestPaths.seatstorm,
            ticketing: TestPaths.ticketing
        )
    }

    @Test("it starts, is ready, takes seeded events, survives a restart of a service, and leaves nothing")
    func wholeSuite() async throws {
        let suite = try await EmbeddedSuite.start(configuration())
        let groups = suite.supervisor.groups
        do {
            #expect(groups.count == 9)
            let health = await SuiteHealth.check(suite.addresses)
            #expect(health.allSatisfy { $0.isReady }, "\(health)")

            let templates = [
                template("finale", rows: 2, columns: 3, copies: 9), template("opening", rows: 1, columns: 1),
            ]
            let seeder = EventSeeder(gateway: suite.addresses.gateway, tokens: suite.tokens)
            let events = try await seeder.seed(templates)
            #expect(events.map { "\($0.name)\($0.copy)" } == (0..<9).map { "finale\($0)" } + ["opening0"])
            #expect(Set(events.map(\.id)).count == 10)
            #expect(events.first?.seats == ["R1C1", "R1C2", "R1C3", "R2C1", "R2C2", "R2C3"])
            let caller = JSONCaller(base: suite.addresses.gateway)
            let path = "/ticketing/catalog/api/events/\(events.first?.id ?? "")/seats"
            let map = try JSONDecoder().decode(SeatMapBody.self, from: try await caller.get(path, expecting: 200))
            #expect(map.seats.map(\.id) == events.first?.seats)
            #expect(map.seats.allSatisfy { $0.status == .available })
            #expect(try await seeder.resetAll() >= 10)

            try await suite.restart(.catalog)
            #expect(suite.failures.isEmpty)
        } catch {
            await suite.stop()
            throw error
        }
        await suite.stop()
        #expect(!groups.contains { $0.isAlive })
        #expect(!FileManager.default.fileExists(atPath: suite.supervisor.directory))
    }

    private func template(_ name: String, rows: Int, columns: Int, copies: Int = 1) -> EventTemplate {
        EventTemplate(
            name: name,
            rows: rows,
            columns: columns,
            price: 50_000,
            copies: copies,
            position: SourcePosition(line: 1, column: 1)
        )
    }

    @Test("an executable that is no suite is reported with what it wrote, and nothing is left")
    func brokenTicketing() async throws {
        var configuration = configuration()
        configuration.usesFaultProxy = false
        configuration.ticketing = TestPaths.privateFolder("broken")
        defer { unlink(configuration.ticketing) }
        try Program.writePrivate("#!/bin/sh\necho cannot $1 today\nexit 3\n", to: configuration.ticketing)
        chmod(configuration.ticketing, 0o700)
        let error = await #expect(throws: EnvironmentError.self) { try await EmbeddedSuite.start(configuration) }
        #expect(
            error?.description.contains("could not start kafka: kafka (pid ") == true,
            "\(String(describing: error))"
        )
        #expect(error?.logTail == "cannot broker today")
        #expect(!FileManager.default.fileExists(atPath: configuration.directory))
    }

    @Test("a missing ticketing executable is refused before anything starts")
    func missingTicketing() async throws {
        var configuration = configuration()
        configuration.ticketing = "/nowhere/ticketing"
        let error = await #expect(throws: EnvironmentError.self) { try await EmbeddedSuite.start(configuration) }
        #expect(error?.problem == "there is no executable /nowhere/ticketing")
    }

    @Test("without a suite, its description's place and the way to start one are named")
    func noStandingSuite() {
        let folder = TestPaths.privateFolder()
        let error = #expect(throws: EnvironmentError.self) { try StandingSuite.read(in: folder) }
        #expect(error?.description.contains("\(folder)/.seatstorm/suite.json") == true)
        #expect(error?.advice == "start one with: seatstorm suite up")
    }
}
