import Linearizability

/// What went wrong with a seat, in the fewest lines that still show it.
package struct SeatStory: Sendable {
    package let seat: SeatID
    /// The lines of the story, in the order of time; the last is where no legal order is left.
    package let lines: [SeatFact]

    /// Shortens the history of a seat that has no legal order.
    package init(_ seat: SeatID, _ timeline: SeatTimeline, _ facts: [SeatFact]) {
        self.seat = seat
        let core = Explanation.core(SeatModel(), timeline.calls, budget: Budget(time: .seconds(5)))
        let sources = Set(core.map { timeline.calls[$0].source })
        lines = sources.sorted().compactMap { facts.indices.contains($0) ? facts[$0] : nil }
            .sorted { ($0.to, $0.from) < ($1.to, $1.from) }
    }

    /// The violation that stands in the report.
    package var violation: Violation {
        Violation(
            event: seat.event,
            seat: seat.seat,
            message: "no order of these explains them all: "
                + lines.map { "\($0.user) \($0.what)" }.joined(separator: "; "),
            orders: Set(lines.map(\.order)).filter { !$0.isEmpty }.sorted(),
            users: Set(lines.map(\.user)).filter { !$0.isEmpty }.sorted()
        )
    }
}
