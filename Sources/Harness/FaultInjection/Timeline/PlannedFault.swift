import Contract
import Scenario

/// A fault of the scenario with its words and its place in the list.
struct PlannedFault: Sendable {
    let index: Int
    let spec: FaultSpec

    var from: Duration { spec.at }
    var to: Duration { spec.at + spec.lasting }

    /// As people say it.
    var description: String {
        switch spec.kind {
        case .redis(let redis):
            let jitter = redis.jitter > .zero ? " ± \(text(redis.jitter))" : ""
            return "redis latency \(text(redis.latency))\(jitter)"
        case .payment(let payment):
            var parts: [String] = []
            if let delay = payment.delay {
                parts.append("delay \(text(delay))")
            }
            if payment.fail > 0 {
                parts.append("fail \(text(percent: payment.fail))")
            }
            return "payment \(parts.isEmpty ? "unchanged" : parts.joined(separator: ", "))"
        case .process(let process): return "\(process.action) \(process.process)"
        case .broker(let broker):
            let ids = broker.brokers.map { " \($0)" }.joined(separator: ",")
            let brokers = "kafka\(ids)"
            switch broker.change {
            case .down: return "\(brokers) down"
            case .slow(let delay): return "\(brokers) slow \(text(delay))"
            }
        }
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
