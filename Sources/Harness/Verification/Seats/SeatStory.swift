import Linearizability

/// What went wrong with a seat, in the fewest lines that still show it.
package struct SeatStory: Sendable {
    package let seat: SeatID
    /// The lines of the story, in the order of time; the last is where no legal order is left.
    package let lines: [SeatFact]
    /// What the seat was before the last line, as the changes up to then left it in the order of time: "held by ann".
    ///
    /// Nil when that does not show what is illegal in the last line.
    package let before: String?

    /// Shortens the history of a seat that has no legal order.
    package init(_ seat: SeatID, _ timeline: SeatTimeline, _ facts: [SeatFact]) {
        self.seat = seat
        let core = Explanation.core(SeatModel(), timeline.calls, budget: Budget(time: .seconds(5))) { !$0.isChange }
        let sources = Set(core.map { timeline.calls[$0].source }).filter(facts.indices.contains)
            .sorted { (facts[$0].to, facts[$0].from, $0) < (facts[$1].to, facts[$1].from, $1) }
        lines = sources.map { facts[$0] }
        let illegal = core.map { timeline.calls[$0] }
            .first { $0.source == sources.last && $0.operation.action != .expire }
        before = illegal.flatMap { Self.state(before: $0, in: timeline.calls, facts) }
    }

    private static func state(
        before illegal: Call<SeatModel.Operation>,
        in calls: [Call<SeatModel.Operation>],
        _ facts: [SeatFact]
    ) -> String? {
        let model = SeatModel()
        var state = model.initial
        var cause: Call<SeatModel.Operation>?
        let changes = calls.filter {
            !$0.isOptional && $0.source != illegal.source && $0.return <= illegal.return && $0.operation.isChange
        }
        for call in changes.sorted(by: { ($0.return, $0.invoke) < ($1.return, $1.invoke) }) {
            guard let next = model.step(state, call.operation) else { return nil }
            if next != state { (state, cause) = (next, call) }
        }
        guard model.step(state, illegal.operation) == nil else { return nil }
        guard let cause, facts.indices.contains(cause.source) else { return "free: nobody had taken it" }
        let (fact, end) = (facts[cause.source], cause.return)
        switch state.phase {
        case .held: return "held by \(fact.user)" + (fact.order.isEmpty ? "" : " for order \(fact.order)")
        case .sold: return "sold to " + (fact.order.isEmpty ? fact.user : "order \(fact.order)")
        case .free where cause.operation.action == .expire:
            return "free: the hold of \(fact.user) had ended by \(Timestamp.text(end / 1000))"
        case .free: return "free: \(fact.user) \(fact.what)"
        }
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

extension SeatModel.Operation {
    /// Whether it changes the seat: no refusal, no look at it.
    fileprivate var isChange: Bool {
        switch action {
        case .readFree, .readHeld, .readSold: false
        default: outcome == .ok
        }
    }
}
