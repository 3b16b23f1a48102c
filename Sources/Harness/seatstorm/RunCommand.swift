import ArgumentParser
import Contract
import Environment
import Foundation
import Reporting
import Scenario

/// Runs scenario files: brings the suite up, storms it, breaks it, verifies it, reports.
struct RunCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Run scenarios: storm the suite, inject the faults, verify the data, report.",
        discussion: """
            Example: seatstorm run scenarios/seat-click-storm.yaml --seed 42

            Without an environment in the scenario, the whole suite is started on free loopback ports and taken down at the end.
            Exit codes: 0 everything held, 90 the data is wrong, 91 inconclusive, 99 an SLO was breached, 104 invalid scenario,
            105 interrupted, 107 no environment, 109 a bug in seatstorm.
            """
    )

    @Argument(help: "Scenario files, run one after the other.")
    var files: [String]

    @Option(help: ArgumentHelp("All chance in the run.", valueName: "number"))
    var seed: UInt64?

    @Option(help: ArgumentHelp("Shorten the load: 30s, 2m.", valueName: "duration"))
    var duration: String?

    @Option(help: ArgumentHelp("Users of every load.", valueName: "number"))
    var users: Int?

    @Option(
        name: .customLong("set"),
        help: ArgumentHelp("Replace a value of the file: load.clicks.waves=3.", valueName: "path=value")
    )
    var settings: [String] = []

    @Option(help: ArgumentHelp("Where reports go.", valueName: "folder"))
    var out = "reports"

    @Option(help: ArgumentHelp("Write summary.json there as well.", valueName: "file"))
    var summaryJSON: String?

    @Option(help: ArgumentHelp("The ticketing executable; the one beside seatstorm when left out.", valueName: "path"))
    var ticketing: String?

    @Option(
        help: ArgumentHelp(
            "Threads of the load generator; two, or one on a single core, when left out.",
            valueName: "number"
        )
    )
    var threads = min(2, ProcessInfo.processInfo.activeProcessorCount)

    @Option(
        help: ArgumentHelp(
            "Processes of a service of the embedded suite, side by side: order=2. May be given several times.",
            valueName: "service=number"
        )
    )
    var instances: [InstanceCount] = []

    @Option(
        help: ArgumentHelp(
            "How long orders and messages may take to come to rest after the load; 45s when left out. What has not by then, never will.",
            valueName: "duration"
        )
    )
    var quietWithin: String?

    @Option(
        help: ArgumentHelp(
            "Run against the suite that `suite up` left running there, not against one of the run's own.",
            valueName: "folder"
        )
    )
    var suite: String?

    @Option(
        help: ArgumentHelp(
            "Run the faults that `chaos:` drew in an earlier run again, from its chaos.yaml, instead of drawing new ones.",
            valueName: "file"
        )
    )
    var chaos: String?

    @Flag(help: "Leave out the scenario's faults.")
    var noFaults = false

    @Flag(
        help: "Record nothing of what happens, to measure what recording costs; the verdict is then inconclusive."
    )
    var noRecording = false

    @Flag(help: "Leave the embedded suite running until Enter is pressed.")
    var keepSuite = false

    @Flag(help: "Wait for Enter between the load and the verification, to look at the stores by hand.")
    var pause = false

    @Flag(help: "Print the verdict only.")
    var quiet = false

    @Flag(help: "No colours.")
    var noColor = false

    func validate() throws {
        guard (1...64).contains(threads) else { throw ValidationError("--threads: \(threads) is not within 1…64") }
    }

    func run() async throws {
        var overrides = Overrides(users: users, seed: seed, settings: settings, withoutFaults: noFaults)
        if let duration {
            guard let parsed = DurationLiteral.parse(duration) else {
                throw ValidationError("--duration: '\(duration)' is not a duration such as 30s or 2m")
            }
            overrides.duration = parsed
        }
        let quietLimit = quietWithin.flatMap(DurationLiteral.parse)
        if let quietWithin, quietLimit == nil {
            throw ValidationError("--quiet-within: '\(quietWithin)' is not a duration such as 30s or 2m")
        }
        let scenarios = try ScenarioFiles.read(files, overrides: overrides)
        if !instances.isEmpty, let connected = scenarios.first(where: { $0.environment != nil }) {
            throw ValidationError(
                "--instances: \(connected.name) names an environment, whose processes are not started here"
            )
        }
        if suite != nil, let connected = scenarios.first(where: { $0.environment != nil }) {
            throw ValidationError("--suite: \(connected.name) names an environment; it can have only one")
        }
        if suite != nil, !instances.isEmpty || ticketing != nil || keepSuite {
            throw ValidationError("--suite: the suite runs already; give the other options to `suite up`")
        }
        let interruption = Interruption()
        var codes: [Reporting.ExitCode] = []
        for scenario in scenarios where !interruption.hasHappened {
            let options = RunOptions(
                out: out,
                summaryJSON: summaryJSON,
                ticketing: ticketing,
                instances: InstanceCount.table(instances),
                quietLimit: quietLimit ?? RunOptions.usualQuietLimit,
                standingIn: suite,
                threads: threads,
                chaos: noFaults ? nil : try chaos.map { try ScenarioFiles.readFaults($0, of: scenario) },
                keepsSuite: keepSuite,
                pauses: pause,
                records: !noRecording,
                isQuiet: quiet,
                colour: Terminal.wantsColour && !noColor
            )
            codes.append(await ScenarioRun(scenario: scenario, options: options, interruption: interruption).execute())
        }
        if interruption.hasHappened && codes.isEmpty { codes.append(.interrupted) }
        throw ExitCode(Reporting.ExitCode.worst(of: codes).rawValue)
    }
}

/// What the command line says of a run.
struct RunOptions: Sendable {
    /// What the contract's deadlines add up to: 15 s for the payment, 15 s for the saga, and time to notice.
    static let usualQuietLimit = Duration.seconds(45)

    var out: String
    var summaryJSON: String?
    var ticketing: String?
    var instances: [ServiceName: Int]
    /// How long the sagas may take to come to rest after the load.
    var quietLimit: Duration
    /// The folder of the standing suite to run against; nil for one of the run's own.
    var standingIn: String?
    var threads: Int
    /// The faults of an earlier run's `chaos:`; nil to draw.
    var chaos: [FaultSpec]?
    var keepsSuite: Bool
    var pauses: Bool
    /// Whether there is a history, and with it evidence to judge.
    var records: Bool
    var isQuiet: Bool
    var colour: Bool
}
