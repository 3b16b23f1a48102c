import ArgumentParser
import Linearizability
import Reporting
import Verification

/// Tells the story of a seat, and which step of it was illegal.
struct ExplainCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain",
        abstract: "Tell what happened to a seat in a recorded run, and which step was illegal.",
        discussion: "Example: seatstorm explain reports/seat-click-storm-20261122-214731 --seat EVENT/R1C1"
    )

    @Argument(help: "The folder of a run.")
    var folder: String

    @Option(help: "The seat, as EVENT/SEAT; without it, every seat of which something is violated (10 at most).")
    var seat: String?

    func run() async throws {
        let evidence: Evidence
        do {
            evidence = try await EvidenceFile.read(from: folder)
        } catch {
            Terminal.complain("seatstorm: \(error)")
            throw ExitCode(Reporting.ExitCode.inconclusive.rawValue)
        }
        guard let history = SeatHistory(evidence) else {
            Terminal.complain("seatstorm: \(evidence.clients.gap ?? "the clients' history could not be read")")
            throw ExitCode(Reporting.ExitCode.inconclusive.rawValue)
        }
        let results = Verification.judge(evidence)
        for seat in try seats(results) {
            guard let explanation = SeatExplanation(seat, history: history, evidence: evidence, results: results) else {
                throw ValidationError("\(folder): the run has no seat \(seat)")
            }
            Terminal.show(explanation.text + "\n")
        }
    }

    private func seats(_ results: [InvariantResult]) throws -> [SeatID] {
        if let seat {
            let parts = seat.split(separator: "/").map(String.init)
            guard parts.count == 2 else { throw ValidationError("--seat \(seat) is not EVENT/SEAT") }
            return [SeatID(parts[0], parts[1])]
        }
        let violated = Set(results.flatMap(\.violations).filter { !$0.seat.isEmpty }.map { SeatID($0.event, $0.seat) })
        if violated.isEmpty { print("no seat is violated; --seat EVENT/SEAT tells the story of any") }
        return Array(violated.sorted().prefix(10))
    }
}
