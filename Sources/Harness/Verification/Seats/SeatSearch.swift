import Foundation
import Linearizability
import Synchronization

/// The histories of all seats and whether each has a legal order: searched at the first question, and once for all who ask.
package final class SeatSearch: Sendable {
    /// What the search came to.
    struct Outcome: Sendable {
        var history: SeatHistory
        /// The seats with their timelines, sorted, and what was found of each.
        var seats: [(seat: SeatID, timeline: SeatTimeline, result: CheckResult)]
    }

    private let evidence: Evidence
    private let known = Mutex<Outcome??>(nil)

    init(_ evidence: Evidence) { self.evidence = evidence }

    /// Nil when the clients' history could not be read.
    var outcome: Outcome? {
        known.withLock { known in
            if let known { return known }
            let found = search()
            known = .some(found)
            return found
        }
    }

    private func search() -> Outcome? {
        guard let history = SeatHistory(evidence) else { return nil }
        let seats = history.seats.sorted { $0.key < $1.key }
        let results = Check(SeatModel()).parts(
            seats.map(\.value.calls),
            budget: Budget(),
            workers: ProcessInfo.processInfo.activeProcessorCount
        )
        return Outcome(history: history, seats: zip(seats, results).map { ($0.key, $0.value, $1) })
    }
}
