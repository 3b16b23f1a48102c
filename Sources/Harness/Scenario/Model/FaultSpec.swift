/// An entry of `faults:`: something that misbehaves for a while.
package struct FaultSpec: Sendable, Equatable {
    package enum Kind: Sendable, Equatable {
        case payment(PaymentFaultSpec)
        case redis(RedisFaultSpec)
    }
    /// How long after the start of the load it starts.
    package let at: Duration
    /// How long it lasts.
    package let lasting: Duration
    package let kind: Kind
    package let position: SourcePosition

    /// What is hit, as reports name it: `payment` or `redis`.
    package var target: String {
        switch kind {
        case .payment: "payment"
        case .redis: "redis"
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
