/// An entry of `faults:`: something that misbehaves for a while.
package struct FaultSpec: Sendable, Equatable {
    package enum Kind: Sendable, Equatable {
        case payment(PaymentFaultSpec)
        case redis(RedisFaultSpec)
        case process(ProcessFaultSpec)
        case broker(BrokerFaultSpec)
    }
    /// How long after the start of the load it starts.
    package let at: Duration
    /// How long it lasts; zero where it is over in an instant.
    package let lasting: Duration
    package let kind: Kind
    package let position: SourcePosition

    /// What is hit, as reports name it: `payment`, `redis`, `kafka`, or a process.
    package var target: String {
        switch kind {
        case .payment: "payment"
        case .redis: "redis"
        case .process(let process): process.process
        case .broker: "kafka"
        }
    }
}

/// The payment service answers late, and declines.
package struct PaymentFaultSpec: Sendable, Equatable {
    /// Constant, uniform, normal or lognormal.
    package let delay: DurationDistribution?
    /// Share of payments declined, 0…1.
    package let fail: Double
}

/// Redis' replies come late: Toxiproxy's `latency` toxic.
package struct RedisFaultSpec: Sendable, Equatable {
    package let latency: Duration
    /// The delay is latency ± jitter; at most the latency.
    package let jitter: Duration
}

/// A process of the environment dies, freezes, or is started anew.
package struct ProcessFaultSpec: Sendable, Equatable {
    package enum Action: String, Sendable, CaseIterable {
        /// SIGKILL; started again at the end.
        case kill
        /// SIGSTOP; SIGCONT at the end.
        case freeze
        /// SIGTERM, and started again as soon as it has ended.
        case restart
    }
    package let action: Action
    /// `order`, `redis`, `mysql`, …; what an environment's commands call it, where there are commands.
    package let process: String

    /// The processes of an embedded suite.
    ///
    /// Further ones of a service are `order-2`, `order-3` and so on.
    package static let suite = ["catalog", "reservation", "order", "payment", "redis", "mysql", "kafka", "nginx"]
}

/// The embedded Kafka brokers misbehave, by way of their control port.
package struct BrokerFaultSpec: Sendable, Equatable {
    package enum Change: Sendable, Equatable {
        /// Connections are cut, and new ones are cut at once.
        case down
        /// Each answer comes so much later.
        case slow(Duration)
    }
    package let change: Change
    /// Their ids, from 1; empty for all.
    package let brokers: [Int]
}
