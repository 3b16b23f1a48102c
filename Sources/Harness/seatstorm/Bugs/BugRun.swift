import Foundation
import Reporting
import Verification

/// One run of the suite, with a bug or without, in a process of its own.
struct BugRun: Sendable {
    /// The invariants that were violated.
    var violated: Set<String>
    /// Why the run proves nothing, where it does not.
    var failure: String?
    var seconds: Double

    /// The clean suite is at rest long before; what a bug has broken stays so.
    private static let quietWithin = "5s"

    /// Runs a scenario of the folder `scenarios`; `bug` is nil for the clean suite.
    static func run(
        _ provocation: KnownBug.Provocation,
        in scenarios: String,
        bug: String?,
        seed: Int,
        beside folder: String
    ) async -> BugRun {
        let out = NSTemporaryDirectory() + "seatstorm-bugs-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: out) }
        let process = Process()
        process.executableURL = URL(filePath: folder + "/seatstorm")
        process.arguments =
            [
                "run", "--quiet", "--no-color", "--seed", "\(seed)", "--out", out, "--summary-json", out + ".json",
                "--quiet-within", quietWithin, "--ticketing",
                folder + (bug == nil ? "/ticketing" : "/ticketing-bugs"),
            ]
            + provocation.instances.flatMap { ["--instances", $0] }
            + ["\(scenarios)/\(provocation.scenario).yaml"]
        process.environment = ProcessInfo.processInfo.environment.filter { $0.key != "TICKETING_BUG" }
        if let bug { process.environment?["TICKETING_BUG"] = bug }
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        let began = ContinuousClock.now
        do { try process.run() } catch {
            return BugRun(violated: [], failure: "\(folder)/seatstorm does not start: \(error)", seconds: 0)
        }
        await withCheckedContinuation { done in
            DispatchQueue.global().async {
                process.waitUntilExit()
                done.resume()
            }
        }
        let seconds = (ContinuousClock.now - began) / .seconds(1)
        defer { try? FileManager.default.removeItem(atPath: out + ".json") }
        guard let data = FileManager.default.contents(atPath: out + ".json"),
            let summary = try? JSONDecoder().decode(Judged.self, from: data)
        else {
            let code = process.terminationStatus
            return BugRun(violated: [], failure: "no summary, exit code \(code)", seconds: seconds)
        }
        let violated = Set(summary.invariants.filter { $0.verdict == .violated }.map(\.id))
        let open = summary.invariants.first { $0.verdict == .inconclusive }
        let reason = open.map { "\($0.id): \($0.reasons.first ?? "inconclusive")" }
        return BugRun(violated: violated, failure: violated.isEmpty ? reason : nil, seconds: seconds)
    }

    /// What of a summary is wanted.
    private struct Judged: Decodable {
        var invariants: [InvariantResult]
    }
}
