import ArgumentParser
import Contract
import Foundation
import Reporting
import Scenario
import Statistics

/// Finds the highest arrival rate that keeps a scenario's SLO.
struct CapacityCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "capacity",
        abstract: "Find the highest arrival rate that keeps the SLO, and print the curve.",
        discussion: """
            Runs the scenario again and again on one suite, each time verified and with events of its own, at rates that are doubled or
            halved until one keeps the SLO and another breaks it, and then bisected. A rate is decided by the majority of its runs.
            Ends with 0 when the limit was found, 91 when the generator was the bottleneck before the suite was, 99 when not even one
            arrival in the load's unit of time keeps the SLO, and 90 at once when the data is wrong.

            Example: seatstorm capacity scenarios/capacity.yaml --from 200 --precision 5
            """
    )

    @Argument(help: "A scenario with a constant-arrival-rate or a poisson-arrival-rate.")
    var file: String

    @Option(help: ArgumentHelp("The load whose rate is searched; needed where several have one.", valueName: "name"))
    var load: String?

    @Option(help: ArgumentHelp("The first rate; the file's when left out.", valueName: "rate"))
    var from: Int?

    @Option(help: ArgumentHelp("The highest rate that is tried.", valueName: "rate"))
    var to = 1_000_000

    @Option(help: ArgumentHelp("Ends when the limit is known so closely.", valueName: "percent"))
    var precision = 5.0

    @Option(help: ArgumentHelp("Runs of a rate at the most; odd.", valueName: "number"))
    var runs = 3

    @Option(help: ArgumentHelp("How long a run's load lasts; the file's when left out.", valueName: "duration"))
    var duration: String?

    @Option(help: ArgumentHelp("All chance in the runs.", valueName: "number"))
    var seed: UInt64 = 1

    @Option(help: ArgumentHelp("Where reports go.", valueName: "folder"))
    var out = "reports"

    @Option(help: ArgumentHelp("The ticketing executable; the one beside seatstorm when left out.", valueName: "path"))
    var ticketing: String?

    @Option(help: ArgumentHelp("Threads of the load generator.", valueName: "number"))
    var threads = min(2, ProcessInfo.processInfo.activeProcessorCount)

    func validate() throws {
        guard (1...64).contains(threads) else { throw ValidationError("--threads: \(threads) is not within 1…64") }
        guard (1...1_000_000).contains(to) else { throw ValidationError("--to: \(to) is not within 1…1,000,000") }
        guard (1...to).contains(from ?? 1) else { throw ValidationError("--from: \(from ?? 1) is not within 1…\(to)") }
        guard precision >= 0.1, precision <= 100 else {
            throw ValidationError("--precision: \(precision) is not within 0.1…100 percent")
        }
        guard (1...99).contains(runs), runs % 2 == 1 else {
            throw ValidationError("--runs: \(runs) is not an odd number within 1…99, so that there is a majority")
        }
    }

    func run() async throws {
        var overrides = Overrides(seed: seed)
        if let duration {
            guard let parsed = DurationLiteral.parse(duration) else {
                throw ValidationError("--duration: '\(duration)' is not a duration such as 30s or 2m")
            }
            overrides.duration = parsed
        }
        let scenario = try ScenarioFiles.read([file], overrides: overrides)[0]
        let subject = try CapacitySubject(scenario, load: load)
        let options = RunOptions(
            out: out,
            summaryJSON: nil,
            ticketing: ticketing,
            instances: [:],
            quietLimit: RunOptions.usualQuietLimit,
            standingIn: nil,
            threads: threads,
            keepsSuite: false,
            pauses: false,
            records: true,
            isQuiet: true,
            colour: false
        )
        let search = CapacitySearch(
            from: from ?? subject.rate,
            to: to,
            precision: precision / 100,
            attempts: runs
        )
        let code = await CapacityRun(file: file, subject: subject, overrides: overrides, options: options).execute(
            search
        )
        throw ExitCode(code.rawValue)
    }
}
