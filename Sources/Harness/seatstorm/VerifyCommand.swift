import ArgumentParser
import Reporting
import Verification

/// Judges a recorded run again, from the files in its folder alone.
struct VerifyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Judge a recorded run again, from its folder.",
        discussion: """
            Reads history.jsonl, evidence.json and spans.jsonl. Ends with 0, 90 (an invariant is violated) or 91 (inconclusive).

            Example: seatstorm verify reports/seat-click-storm-20261122-214731
            """
    )

    @Argument(help: "The folder of a run.")
    var folder: String

    func run() async throws {
        let evidence: Evidence
        do {
            evidence = try await EvidenceFile.read(from: folder)
        } catch {
            Terminal.complain("seatstorm: \(error)")
            throw ExitCode(Reporting.ExitCode.inconclusive.rawValue)
        }
        let results = Verification.judge(evidence)
        for result in results {
            print("\(result.id): \(result.verdict.rawValue) (\(result.witnesses) witnesses)")
            for reason in result.reasons.prefix(5) { print("  · \(reason)") }
            for violation in result.violations.prefix(5) {
                print("  ! \(violation.event)/\(violation.seat): \(violation.message)")
            }
            if result.violations.count > 5 { print("  and \(result.violations.count - 5) more") }
        }
        switch results.map(\.verdict).max() ?? .inconclusive {
        case .holds: print("holds")
        case .inconclusive:
            print("inconclusive")
            throw ExitCode(Reporting.ExitCode.inconclusive.rawValue)
        case .violated:
            print("violated")
            throw ExitCode(Reporting.ExitCode.violated.rawValue)
        }
    }
}
