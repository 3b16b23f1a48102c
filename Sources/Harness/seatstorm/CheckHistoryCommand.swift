import ArgumentParser
import Foundation
import Linearizability
import Reporting
import Verification

/// Says of recorded histories whether some order of their operations explains what everybody saw.
struct CheckHistoryCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check-history",
        abstract: "Say of recorded histories whether they are linearizable.",
        discussion: """
            Prints one line a history: FILE: linearizable|not-linearizable|unknown (operations, milliseconds).
            Reads Jepsen's log and one map a line (register, key-value, mutex, fenced-mutex), and cases of a seat, one a line, or a run's
            history.jsonl, one line a seat (seat-lease). Ends with 0, or 90 if one is not linearizable, or 91 if one is unknown.

            Example: seatstorm check-history --model register etcd/*.log
            """
    )

    /// What the history's object is.
    enum Model: String, ExpressibleByArgument, CaseIterable {
        case register
        case keyValue = "key-value"
        case mutex
        case fencedMutex = "fenced-mutex"
        case seatLease = "seat-lease"
    }

    @Option(help: "The object: \(Model.allCases.map(\.rawValue).joined(separator: ", ")).")
    var model: Model

    @Option(help: "Seconds for each history, after which its verdict is unknown.")
    var seconds = 30

    @Argument(help: "Files of histories.")
    var files: [String]

    func validate() throws {
        guard seconds > 0, seconds <= 86_400 else { throw ValidationError("--seconds \(seconds) is not 1…86400") }
    }

    func run() throws {
        var codes: Set<Reporting.ExitCode> = []
        for file in files {
            do {
                guard let text = try? String(contentsOfFile: file, encoding: .utf8) else {
                    throw EvidenceError("no such file, or it cannot be read")
                }
                for verdict in try judge(text, of: file) { codes.insert(Self.code(verdict)) }
            } catch {
                Terminal.complain("seatstorm: \(file): \(error)")
                print("\(file): \(Linearizability.unknown.rawValue) (0 operations, 0 ms)")
                codes.insert(.inconclusive)
            }
        }
        let worst = Reporting.ExitCode.worst(of: codes)
        guard worst == .held else { throw ExitCode(worst.rawValue) }
    }

    private func judge(_ text: String, of file: String) throws -> [Linearizability] {
        switch model {
        case .register: [say(file, RegisterModel(), try RegisterModel.calls(text))]
        case .keyValue: [say(file, KeyValueModel(), try KeyValueModel.calls(text))]
        case .mutex: [say(file, MutexModel(), try MutexModel.calls(text))]
        case .fencedMutex: [say(file, FencedMutexModel(), try FencedMutexModel.calls(text))]
        case .seatLease where HistoryReader.isHistory(text): try judgeRun(file)
        case .seatLease: try judgeCases(text, of: file)
        }
    }

    private func judgeCases(_ text: String, of file: String) throws -> [Linearizability] {
        var verdicts: [Linearizability] = []
        for seat in try SeatLeaseCase.read(text) {
            verdicts.append(say(file, SeatModel(.tokens), seat.calls, seat.operations, named: seat.name))
        }
        return verdicts
    }

    private func judgeRun(_ file: String) throws -> [Linearizability] {
        let history = try SeatHistory(clients: file)
        guard !history.seats.isEmpty else { throw EvidenceError("no call to a seat") }
        var verdicts: [Linearizability] = []
        for (seat, timeline) in history.seats.sorted(by: { $0.key < $1.key }) {
            verdicts.append(say(file, SeatModel(), timeline.calls, timeline.operations, named: seat.description))
        }
        return verdicts
    }

    private func say<Model: SequentialModel>(
        _ file: String,
        _ model: Model,
        _ calls: [Call<Model.Operation>],
        _ operations: Int? = nil,
        named name: String? = nil
    ) -> Linearizability {
        let began = ContinuousClock.now
        let budget = Budget(time: .seconds(seconds))
        let workers = ProcessInfo.processInfo.activeProcessorCount
        let result = Check(model).whole(calls, budget: budget, workers: workers)
        let took = (ContinuousClock.now - began) / .milliseconds(1)
        let suffix = (name.map { " \($0)" } ?? "") + (result.reason.map { ": \($0)" } ?? "")
        print("\(file): \(result.verdict.rawValue) (\(operations ?? calls.count) operations, \(Int(took)) ms)\(suffix)")
        return result.verdict
    }

    private static func code(_ verdict: Linearizability) -> Reporting.ExitCode {
        switch verdict {
        case .linearizable: .held
        case .notLinearizable: .violated
        case .unknown: .inconclusive
        }
    }
}
