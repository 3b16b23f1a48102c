/// The links from services to something they need misbehave, by way of the proxy before each.
package struct LinkFaultSpec: Sendable, Equatable {
    /// What the links lead to.
    package enum Target: String, Sendable, CaseIterable {
        case redis, mysql, kafka, payment

        /// The services that have such a link.
        package var users: [String] {
            switch self {
            case .redis: ["catalog", "reservation"]
            case .mysql: ["catalog", "reservation", "order", "payment"]
            case .kafka: ["reservation", "order"]
            case .payment: ["order"]
            }
        }
    }

    /// A direction of a link, as Toxiproxy names it.
    package enum Direction: String, Sendable, CaseIterable {
        /// To what the link leads to: requests.
        case upstream
        /// Back: replies.
        case downstream
    }

    package enum Effect: Sendable, Equatable {
        case toxic(ToxicSpec)
        /// Connections are closed, and new ones refused.
        case down
        /// Nothing passes in one direction, and nobody is told.
        case partition(Direction)
        case rule(RuleSpec)
    }

    package let target: Target
    /// The one service whose link it is; nil for those of all.
    package let from: String?
    package let effect: Effect

    package init(target: Target, from: String? = nil, effect: Effect) {
        self.target = target
        self.from = from
        self.effect = effect
    }
}

/// One of Toxiproxy's toxics.
package struct ToxicSpec: Sendable, Equatable {
    /// Toxiproxy's name for it, such as `bandwidth`.
    package let type: String
    package let direction: LinkFaultSpec.Direction
    /// Share of connections that it is on, 0…1.
    package let toxicity: Double
    /// In the units of Toxiproxy: ms, KB/s, bytes; `slicer`'s delay in µs.
    package let attributes: [String: Int64]

    package init(
        type: String,
        direction: LinkFaultSpec.Direction = .downstream,
        toxicity: Double = 1,
        attributes: [String: Int64]
    ) {
        self.type = type
        self.direction = direction
        self.toxicity = toxicity
        self.attributes = attributes
    }

    /// Replies come late by `latency` ± `jitter`.
    package static func latency(_ latency: Duration, jitter: Duration = .zero) -> ToxicSpec {
        ToxicSpec(
            type: "latency",
            attributes: ["latency": latency / .milliseconds(1), "jitter": jitter / .milliseconds(1)]
                .mapValues { Int64($0.rounded()) }
        )
    }
}

/// A rule of the proxy: what to match, when, where in the exchange, and what to do.
package struct RuleSpec: Sendable, Equatable {
    package enum Schedule: Sendable, Equatable {
        case always, once
        case nth(Int)
        case every(Int)
        case times(Int)
        /// 0…1.
        case probability(Double)
    }
    package enum Place: String, Sendable, CaseIterable {
        /// Before it is forwarded.
        case request
        /// After the upstream has answered, so it was carried out.
        case reply
    }
    package enum Act: Sendable, Equatable {
        /// Constant, uniform, normal or lognormal.
        case delay(DurationDistribution)
        /// A number or a text, as the protocol has it.
        case error(String)
        /// KB/s.
        case throttle(Int)
        case drop, reset, blackhole, corrupt, duplicate
    }
    /// Patterns by what they are about, `*` and `?` in them; empty for every message.
    package let match: [String: String]
    package let when: Schedule
    package let place: Place
    package let act: Act
}
