import Contract
import Scenario

/// A fault of the scenario with its words and its place in the list.
struct PlannedFault: Sendable {
    let index: Int
    let spec: FaultSpec

    /// A growing fault grows in steps of this.
    static let step = Duration.milliseconds(500)

    var from: Duration { spec.at }
    var to: Duration { spec.at + spec.lasting }

    /// The share of its ramp after each step, with when it is reached; empty where it does not grow.
    var growth: [(at: Duration, share: Double)] {
        guard spec.ramp > .zero else { return [] }
        let count = max(1, Int(spec.ramp / Self.step))
        return (1...count).map { (spec.at + spec.ramp * (Double($0) / Double(count)), Double($0) / Double(count)) }
    }

    /// The toxic's attributes when `share` of the ramp is over.
    func attributes(of toxic: ToxicSpec, at share: Double) -> [String: Int64] {
        guard spec.ramp > .zero else { return toxic.attributes }
        return toxic.attributes.mapValues { Int64((Double($0) * share).rounded()) }
    }

    /// As people say it.
    var description: String {
        switch spec.kind {
        case .link(let link): return text(link)
        case .payment(let payment):
            var parts = payment.delay.map { ["delay \(text($0))"] } ?? []
            let shares = [
                ("fail", payment.fail), ("error", payment.error), ("hang", payment.hang),
                ("drop the reply", payment.dropReply),
            ]
            parts += shares.filter { $0.1 > 0 }.map { "\($0.0) \(text(percent: $0.1))" }
            return "payment \(parts.isEmpty ? "unchanged" : parts.joined(separator: ", "))"
        case .process(let process): return "\(process.action) \(process.process)"
        case .broker(let broker):
            let ids = broker.brokers.map { " \($0)" }.joined(separator: ",")
            switch broker.change {
            case .down: return "kafka\(ids) down"
            case .slow(let delay): return "kafka\(ids) slow \(text(delay))"
            }
        }
    }

    private func text(_ link: LinkFaultSpec) -> String {
        let what: String =
            switch link.effect {
            case .down: "down"
            case .partition(let direction): "partition \(direction.rawValue)"
            case .rule(let rule): text(rule)
            case .toxic(let toxic): text(toxic)
            }
        return link.target.rawValue + " " + what + (link.from.map { " from \($0)" } ?? "")
    }

    private func text(_ toxic: ToxicSpec) -> String {
        func milliseconds(_ name: String) -> String { text(.milliseconds(toxic.attributes[name] ?? 0)) }
        let what: String
        switch toxic.type {
        case "latency":
            let jitter = toxic.attributes["jitter"] ?? 0
            what = "latency \(milliseconds("latency"))" + (jitter > 0 ? " ± \(milliseconds("jitter"))" : "")
        default:
            let values = toxic.attributes.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }
            what = "\(toxic.type) \(values.joined(separator: ", "))"
        }
        return what + (toxic.direction == .upstream ? " of requests" : "")
            + (toxic.toxicity < 1 ? " on \(text(percent: toxic.toxicity))" : "")
            + (spec.ramp > .zero ? " growing for \(text(spec.ramp))" : "")
    }

    private func text(_ rule: RuleSpec) -> String {
        let act: String =
            switch rule.act {
            case .delay(let delay): "delay \(text(delay)) each"
            case .error(let code): "error \(code) for"
            case .throttle(let rate): "throttle to \(rate) KB/s each"
            case .drop: "drop"
            case .reset: "reset"
            case .blackhole: "blackhole from"
            case .corrupt: "corrupt"
            case .duplicate: "duplicate"
            }
        let when: String =
            switch rule.when {
            case .always: "every"
            case .once: "one"
            case .nth(let count): "the \(count)th"
            case .every(let count): "one in \(count)"
            case .times(let count): "\(count)"
            case .probability(let share): text(percent: share)
            }
        let match = rule.match.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }.joined(separator: ", ")
        return "\(act) \(when) \(rule.place.rawValue)" + (match.isEmpty ? "" : " (\(match))")
    }

    private func text(_ delay: DurationDistribution) -> String {
        switch delay {
        case .constant(let value): text(value)
        case .uniform(let least, let most): "\(text(least))..\(text(most))"
        case .exponential(let mean): "exponential(\(text(mean)))"
        case .normal(let mean, let deviation): "normal(\(text(mean)), \(text(deviation)))"
        case .lognormal(let mean, let deviation): "lognormal(\(text(mean)), \(text(deviation)))"
        }
    }

    private func text(_ duration: Duration) -> String {
        let microseconds = Int64((duration.seconds * 1e6).rounded())
        if microseconds % 1_000_000 == 0, microseconds > 0 {
            return "\(microseconds / 1_000_000)s"
        }
        return microseconds % 1_000 == 0 ? "\(microseconds / 1_000)ms" : "\(microseconds)us"
    }

    private func text(percent share: Double) -> String {
        let percent = (share * 1e6).rounded() / 1e4
        return percent == percent.rounded() ? "\(Int(percent))%" : "\(percent)%"
    }
}
