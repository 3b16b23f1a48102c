import ArgumentParser
import Environment
import Foundation
import Reporting

/// The suite as something to work against by hand.
struct SuiteCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "suite",
        abstract: "Start the suite on its well-known ports, look at it, end it.",
        discussion: "Example: seatstorm suite up; seatstorm suite status; seatstorm suite down",
        subcommands: [Up.self, Status.self, Logs.self, Reset.self, Down.self]
    )

    /// Starts a standing suite.
    struct Up: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Start the suite and leave it running: gateway 8000, services 8080 to 8083.",
            discussion: "Writes .seatstorm/suite.json here. Example: seatstorm suite up"
        )

        @Option(
            help: ArgumentHelp("The ticketing executable; the one beside seatstorm when left out.", valueName: "path")
        )
        var ticketing: String?

        @Option(
            help: ArgumentHelp(
                "Processes of a service, side by side: order=2. May be given several times.",
                valueName: "service=number"
            )
        )
        var instances: [InstanceCount] = []

        func run() async throws {
            let suite = try await asEnvironment {
                try await StandingSuite.up(in: FileManager.default.currentDirectoryPath) { configuration in
                    if let ticketing { configuration.ticketing = URL(filePath: ticketing).path }
                    configuration.instances = InstanceCount.table(instances)
                }
            }
            print("the suite is up: \(suite.addresses.gateway), described in .seatstorm/suite.json")
            print("end it with: seatstorm suite down")
        }
    }

    /// Asks every part.
    struct Status: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Say which parts of the suite answer.",
            discussion: "Ends with 107 when one does not. Example: seatstorm suite status"
        )

        func run() async throws {
            let health = try await asEnvironment { try await StandingSuite.read(in: ".").health() }
            for part in health {
                print(
                    "\(part.isReady ? "ready" : "DOWN ")  \(part.name)  \(part.url)\(part.isReady ? "" : "  \(part.detail)")"
                )
            }
            if health.contains(where: { !$0.isReady }) { throw ExitCode(Reporting.ExitCode.noEnvironment.rawValue) }
        }
    }

    /// Shows logs.
    struct Logs: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show the end of the logs of all parts, or of one.",
            discussion: "Example: seatstorm suite logs order --lines 100"
        )

        @Argument(help: "redis, mariadb, kafka, nginx, proxy, catalog, reservation, order or payment.")
        var part: String?

        @Option(help: "How many lines of each.")
        var lines = 50

        func run() async throws {
            print(try await asEnvironment { try StandingSuite.read(in: ".").logs(of: part, lines: lines) })
        }
    }

    /// Frees all seats.
    struct Reset: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Free every seat of every event.",
            discussion: "Example: seatstorm suite reset"
        )

        func run() async throws {
            let count = try await asEnvironment { try await StandingSuite.read(in: ".").reset() }
            print("\(count) events reset")
        }
    }

    /// Ends the standing suite.
    struct Down: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "End the suite and remove its data.",
            discussion: "Example: seatstorm suite down"
        )

        func run() async throws {
            let folder = FileManager.default.currentDirectoryPath
            try await asEnvironment { try await StandingSuite.read(in: folder).down(in: folder) }
            print("the suite is down")
        }
    }
}

/// Runs `body`; what goes wrong is shown, and the command ends with 107.
private func asEnvironment<Value: Sendable>(_ body: () async throws -> Value) async throws -> Value {
    do {
        return try await body()
    } catch {
        Terminal.complain("seatstorm: \(error)")
        throw ExitCode(Reporting.ExitCode.noEnvironment.rawValue)
    }
}
