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

    /// Runs a scenario of the folder `scenarios`.
    ///
    /// - Parameters:
    ///   - provocation: The scenario, and what it is run with.
    ///   - scenarios: The scenarios' folder.
    ///   - bug: Nil for the clean suite.
    ///   - seed: All chance in the run.
    ///   - quietLimit: How long what the bug has broken is waited for, in seconds; as long as the suite is entitled to when nil.
    ///   - folder: Where the executables are.
    /// - Returns: What the run came to.
    static func run(
        _ provocation: KnownBug.Provocation,
        in scenarios: String,
        bug: String?,
        seed: Int,
        quietLimit: Int?,
        beside folder: String
    ) async -> BugRun {
        let out = NSTemporaryDirectory() + "seatstorm-bugs-\(UUID().uuidString)"
        defer { for suffix in ["", ".json", ".err"] { try? FileManager.default.removeItem(atPath: out + suffix) } }
        let process = Process()
        process.executableURL = URL(filePath: folder + "/seatstorm")
        process.arguments =
            [
                "run", "--quiet", "--no-color", "--seed", "\(seed)", "--out", out, "--summary-json", out + ".json",
                "--ticketing", folder + (bug == nil ? "/ticketing" : "/ticketing-bugs"),
            ]
            + (quietLimit.map { ["--quiet-within", "\($0)s"] } ?? [])
            + provocation.instances.flatMap { ["--instances", $0] }
            + ["\(scenarios)/\(provocation.scenario).yaml"]
        process.environment = ProcessInfo.processInfo.environment.filter { $0.key != "TICKETING_BUG" }
        if let bug { process.environment?["TICKETING_BUG"] = bug }
        process.standardOutput = FileHandle.nullDevice
        _ = FileManager.default.createFile(atPath: out + ".err", contents: nil)
        process.standardError = FileHandle(forWritingAtPath: out + ".err")
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
        guard let data = FileManager.default.contents(atPath: out + ".json"),
            let summary = try? JSONDecoder().decode(Judged.self, from: data)
        else {
            let said = FileManager.default.contents(atPath: out + ".err").map { String(decoding: $0, as: UTF8.self) }
            let last = said?.split(separator: "\n").last.map { ": \($0)" } ?? ""
            return BugRun(
                violated: [],
                failure: "no summary, exit code \(process.terminationStatus)\(last)",
                seconds: seconds
            )
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
