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
