import Contract
import Linearizability

/// The story of a seat for a person: the steps in the order of time, the illegal one marked, and what the stores have now.
package struct SeatExplanation: Sendable {
    package let text: String

    /// Tells the story of `seat`; nil when nothing is known of it.
    package init?(_ seat: SeatID, history: SeatHistory, evidence: Evidence, results: [InvariantResult]) {
        guard let timeline = history.seats[seat], let facts = history.facts[seat] else { return nil }
        let isLegal = Check(SeatModel()).part(timeline.calls, budget: Budget()).verdict != .notLinearizable
        var lines = ["seat \(seat)", ""]
        let story = isLegal ? nil : SeatStory(seat, timeline, facts)
        let told = story?.lines ?? Self.changes(facts, timeline)
        if isLegal {
            lines.append("Every step is legal in some order. What changed the seat:")
        } else {
            lines.append("These steps cannot all be right. In the order of time (UTC, by Redis' clock):")
        }
        for (place, fact) in told.enumerated() {
            let isLast = !isLegal && place == told.count - 1
            lines.append((isLast ? "> " : "  ") + Self.line(fact))
            if !fact.trace.isEmpty { lines.append("                    trace \(fact.trace)") }
            if !fact.faults.isEmpty { lines.append("                    while \(fact.faults.joined(separator: ", "))") }
        }
        if !isLegal {
            lines.append(
                "  The step marked > is illegal: with all steps before it, no order of what happened allows it."
            )
        }
        if let before = story?.before { lines.append("  Just before it, the seat was \(before).") }
        lines.append("")
        lines += Self.stores(seat, evidence)
        lines.append("")
        for result in results {
            for violation in result.violations where violation.event == seat.event && violation.seat == seat.seat {
                lines.append("\(result.id) is violated: \(violation.message)")
            }
        }
        text = lines.joined(separator: "\n")
    }

    private static func line(_ fact: SeatFact) -> String {
        let who = fact.user.isEmpty ? "nobody in particular" : fact.user
        let source = fact.source == "clients" ? "said to the client" : "from Redis' log"
        return "\(Timestamp.text(fact.from / 1000))…\(Timestamp.text(fact.to / 1000))  \(who) \(fact.what)  [\(source)]"
    }

    /// Facts of calls that changed the seat, at most so many that a person reads them.
    private static func changes(_ facts: [SeatFact], _ timeline: SeatTimeline) -> [SeatFact] {
        let sources = Set(
            timeline.calls.filter { $0.operation.outcome == .ok && $0.operation.action != .expire }.map(\.source)
        )
        return Array(
            facts.indices.filter { sources.contains($0) || facts[$0].source == "redis" }.map { facts[$0] }
                .sorted { ($0.to, $0.from) < ($1.to, $1.from) }.suffix(40)
        )
    }

    private static func stores(_ seat: SeatID, _ evidence: Evidence) -> [String] {
        var lines = ["What the stores have:"]
        if let redis = evidence.redis.content {
            if let sold = redis.sold[seat] {
                lines.append("  Redis: sold to order \(sold.order), user \(sold.user) (version \(sold.version))")
            }
            if let hold = redis.holds[seat] {
                let pin = hold.order.map { ", pinned to order \($0)" } ?? ""
                lines.append("  Redis: held by \(hold.user) until \(Timestamp.text(hold.deadline))\(pin)")
            }
            if redis.sold[seat] == nil && redis.holds[seat] == nil { lines.append("  Redis: free") }
        } else {
            if let gap = evidence.redis.gap { lines.append("  \(gap)") }
        }
        if let mysql = evidence.mysql.content {
            for ticket in mysql.tickets where ticket.seat == seat {
                let order = ticket.order.map { "order \($0)" } ?? "no order"
                lines.append("  MySQL: ticket \(ticket.id) of \(order), user \(ticket.user)")
            }
            let orders = mysql.orders.values.filter { $0.event == seat.event && $0.seats.contains(seat.seat) }
            for order in orders.sorted(by: { $0.id < $1.id }) {
                lines.append("  MySQL: order \(order.id) of \(order.user) is \(order.status.rawValue)")
            }
        } else {
            if let gap = evidence.mysql.gap { lines.append("  \(gap)") }
        }
        if let kafka = evidence.kafka.content {
            for (order, seats) in kafka.confirmed.sorted(by: { $0.key < $1.key }) where seats.contains(seat) {
                lines.append("  Kafka: confirmed for order \(order)")
            }
        } else {
            if let gap = evidence.kafka.gap { lines.append("  \(gap)") }
        }
        return lines
    }
}
