import ArgumentParser
import Foundation
import Reporting

/// Proves that the verification works: finds every known bug, and raises no alarm without one.
struct BugsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bugs",
        abstract: "Run the suite with each known bug, and say which invariants found it.",
        discussion: """
            Each bug runs its scenario with several seeds; the clean suite runs the same scenarios with the same seeds, and must raise no alarm.
            Ends with 0 when every bug was found in 9 of 10 runs at least and nothing else was, else with 90.

            Example: seatstorm bugs --only check-then-set --seeds 3
            """
    )

    @Option(help: "A bug, instead of all; may be given several times.")
    var only: [String] = []

    @Option(help: "Runs of each bug.")
    var seeds = 10

    @Option(help: "Runs of a bug side by side, each with a suite of its own.")
    var jobs = 1

    @Option(help: "The folder of the scenarios.")
    var scenarios = "scenarios/bugs"

    @Option(help: "Where the table is written.")
    var table = "reports/bugs.md"

    func validate() throws {
        guard (1...1000).contains(seeds) else { throw ValidationError("--seeds \(seeds) is not 1…1000") }
        guard (1...64).contains(jobs) else { throw ValidationError("--jobs \(jobs) is not 1…64") }
        for name in only where !KnownBug.all.contains(where: { $0.name == name }) {
            var names: [String] = []
            // Some are run in two scenarios.
            for bug in KnownBug.all where !names.contains(bug.name) { names.append(bug.name) }
            throw ValidationError("--only \(name) is no known bug; the bugs are: \(names.joined(separator: ", "))")
        }
    }

    func run() async throws {
        let bugs = KnownBug.all.filter { only.isEmpty || only.contains($0.name) }
        var lines = ["| bug | found | by | must be found by | median s |", "|---|---|---|---|---|"]
        for line in lines { print(line) }
        var isGood = true
        func say(_ row: String) {
            print(row)
            // Also into a file, row by row: all of it takes an hour.
            fflush(nil)
            lines.append(row)
        }
        for bug in bugs {
            let runs = await runs(of: bug.provocation, bug: bug.name, quietLimit: bug.quietLimit)
            let row = BugRow(bug, runs)
            isGood = isGood && row.isGood
            say(row.text)
        }
        var seen: Set<KnownBug.Provocation> = []
        for provocation in bugs.map(\.provocation) where seen.insert(provocation).inserted {
            let clean = KnownBug("clean", provocation.scenario, instances: provocation.instances, foundBy: [])
            let row = BugRow(clean, await runs(of: provocation, bug: nil, quietLimit: nil))
            isGood = isGood && row.isGood
            say(row.text)
        }
        try write(lines)
        guard isGood else { throw ExitCode(Reporting.ExitCode.violated.rawValue) }
    }

    private func runs(of provocation: KnownBug.Provocation, bug: String?, quietLimit: Int?) async -> [BugRun] {
        let folder = Bundle.main.executableURL?.deletingLastPathComponent().path ?? "."
        let (scenarios, seeds, jobs) = (scenarios, seeds, jobs)
        return await withTaskGroup(of: BugRun.self) { group in
            var runs: [BugRun] = []
            for seed in 1...seeds {
                if seed > jobs, let run = await group.next() { runs.append(run) }
                group.addTask {
                    await BugRun.run(
                        provocation,
                        in: scenarios,
                        bug: bug,
                        seed: seed,
                        quietLimit: quietLimit,
                        beside: folder
                    )
                }
            }
            for await run in group { runs.append(run) }
            return runs
        }
    }

    private func write(_ lines: [String]) throws {
        let file = URL(filePath: table)
        try FileManager.default.createDirectory(
            at: file.deletingLastPathComponent(),
            withIntermediateDirectories: true
        )
        try Data((lines.joined(separator: "\n") + "\n").utf8).write(to: file)
    }
}

/// A row of the table: what the runs of one bug came to.
private struct BugRow {
    var text: String
    var isGood: Bool

    init(_ bug: KnownBug, _ runs: [BugRun]) {
        let required = Set(bug.foundBy)
        let mustAlarm = !required.isEmpty
        let good = runs.count {
            mustAlarm ? required.isSubset(of: $0.violated) : $0.violated.isEmpty && $0.failure == nil
        }
        isGood = mustAlarm ? good * 10 >= runs.count * 9 : good == runs.count
        var counts: [String: Int] = [:]
        for id in runs.flatMap(\.violated) { counts[id, default: 0] += 1 }
        let by = counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map { "\($0.key) \($0.value)" }
        let failures = Set(runs.compactMap(\.failure)).sorted().prefix(2)
        let seconds = runs.map(\.seconds).sorted()
        let median = Int(seconds[seconds.count / 2].rounded())
        let found = mustAlarm ? "\(good) of \(runs.count)" : "\(runs.count - good) alarms in \(runs.count)"
        // What must raise no alarm is run with several scenarios.
        let name = mustAlarm ? bug.name : "\(bug.name), \(bug.provocation.name)"
        text =
            "| \(name) | \(found) | \((by + failures).joined(separator: ", ")) "
            + "| \(mustAlarm ? bug.foundBy.joined(separator: ", ") : "no alarm") | \(median) |"
    }
}
