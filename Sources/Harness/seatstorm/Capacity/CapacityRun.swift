import ArgumentParser
import Foundation
import Reporting
import Scenario
import Statistics

/// The runs of a capacity search, on one suite.
struct CapacityRun: Sendable {
    let file: String
    let subject: CapacitySubject
    let overrides: Overrides
    let options: RunOptions

    /// Searches to the end, and prints each run as it ends.
    func execute(_ search: CapacitySearch) async -> Reporting.ExitCode {
        let interruption = Interruption()
        var search = search
        var curve: [CapacityPoint] = []
        do {
            let target = try await scenarioRun(subject.rate, number: 0, interruption).bringUp()
            print(CapacityPoint.header)
            let code: Reporting.ExitCode
            do {
                code = try await execute(&search, on: target, &curve, interruption)
            } catch {
                await target.end(logsTo: NSTemporaryDirectory() + "seatstorm-logs")
                throw error
            }
            await target.end(logsTo: options.out + "/latest/logs")
            save(curve)
            return code
        } catch let code as ArgumentParser.ExitCode {
            // The scenario is invalid, and has been told so.
            return Reporting.ExitCode(rawValue: code.rawValue) ?? .bug
        } catch {
            if interruption.hasHappened { return .interrupted }
            Terminal.complain("seatstorm: \(error)")
            return .noEnvironment
        }
    }

    private func execute(
        _ search: inout CapacitySearch,
        on target: TargetSuite,
        _ curve: inout [CapacityPoint],
        _ interruption: Interruption
    ) async throws -> Reporting.ExitCode {
        while case .run(let rate) = search.step {
            let run = try scenarioRun(rate, number: curve.count + 1, interruption)
            guard let folder = run.makeFolder() else { return .bug }
            let ending = await run.run(against: target, into: folder)
            if interruption.hasHappened { return .interrupted }
            guard let summary = ending.summary, let load = ending.load else { return ending.code }
            let point = CapacityPoint(rate: rate, of: subject, summary, load)
            curve.append(point)
            print(point.line)
            if summary.generator.saturated {
                print("the load generator was the bottleneck at \(rate): \(summary.generator.reason ?? "")")
                print(sentence(search, limit: nil))
                return .inconclusive
            }
            switch ending.code {
            case .held: search.record(kept: true)
            case .breached: search.record(kept: false)
            default:
                print("the search ends: \(summary.reasons.first ?? summary.verdict); report in \(folder.path)")
                return ending.code
            }
        }
        guard case .done(let finding) = search.step else { return .bug }
        print(sentence(search, limit: finding))
        if case .below = finding { return .breached }
        return .held
    }

    private func scenarioRun(_ rate: Int, number: Int, _ interruption: Interruption) throws -> ScenarioRun {
        var overrides = overrides
        overrides.settings += subject.settings(rate: rate)
        overrides.seed = overrides.seed.map { $0 &+ UInt64(number) }
        let scenario = try ScenarioFiles.read([file], overrides: overrides)[0]
        return ScenarioRun(scenario: scenario, options: options, interruption: interruption)
    }

    /// The outcome in words; without a limit, what is known when the search had to end early.
    private func sentence(_ search: CapacitySearch, limit: CapacitySearch.Finding?) -> String {
        func counted(_ rate: Int) -> String {
            let votes = search.votes[rate] ?? CapacitySearch.Votes()
            return "\(rate) a \(subject.timeUnit == .seconds(1) ? "second" : "\(subject.timeUnit)")"
                + " (kept in \(votes.kept) of \(votes.kept + votes.broken) runs)"
        }
        switch limit {
        case .between(let kept, let broken):
            return "capacity: \(counted(kept)); \(counted(broken)) is too much"
        case .atLeast(let rate): return "capacity: at least \(counted(rate)), the highest rate tried"
        case .below(let rate): return "capacity: none; \(counted(rate)) is too much already"
        case nil:
            let kept = search.votes.filter { $0.value.kept > $0.value.broken }.keys.max()
            return kept.map { "capacity: at least \(counted($0))" } ?? "capacity: unknown, no rate was kept"
        }
    }

    /// What was printed stands, whether it can be written or not.
    private func save(_ curve: [CapacityPoint]) {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
        let path = options.out + "/capacity.json"
        do {
            try encoder.encode(curve).write(to: URL(filePath: path), options: .atomic)
            print("curve in \(path)")
        } catch {
            Terminal.complain("seatstorm: write \(path): \(error.localizedDescription)")
        }
    }
}
