/// An entry of `faults:`: something that misbehaves for a while.
package struct FaultSpec: Sendable, Equatable {
    package enum Kind: Sendable, Equatable {
        case payment(PaymentFaultSpec)
        case link(LinkFaultSpec)
        case process(ProcessFaultSpec)
        case broker(BrokerFaultSpec)
    }

    /// When it comes again.
    package struct Repetition: Sendable, Equatable {
        /// From one beginning to the next.
        package let every: Duration
        /// Each beginning but the first is earlier or later by at most this.
        package let jitter: Duration
        /// None begins later, counted like ``FaultSpec/at``.
        package let until: Duration
    }

    /// How long after the start of the load it starts.
    package let at: Duration
    /// How long it lasts; zero where it is over in an instant.
    package let lasting: Duration
    /// How long it takes to grow to its full size.
    package let ramp: Duration
    package let repetition: Repetition?
    package let kind: Kind
    package let position: SourcePosition

    package init(
        at: Duration,
        lasting: Duration,
        ramp: Duration = .zero,
        repetition: Repetition? = nil,
        kind: Kind,
        position: SourcePosition
    ) {
        self.at = at
        self.lasting = lasting
        self.ramp = ramp
        self.repetition = repetition
        self.kind = kind
        self.position = position
    }

    /// What is hit, as reports name it: `payment`, `redis`, `kafka`, or a process.
    package var target: String {
        switch kind {
        case .payment: "payment"
        case .link(let link): link.target.rawValue
        case .process(let process): process.process
        case .broker: "kafka"
        }
    }

    /// No occurrence of it is in force later than this.
    var end: Duration { (repetition.map { $0.until + $0.jitter } ?? at) + lasting }
}

/// The payment service itself answers late, declines, breaks.
package struct PaymentFaultSpec: Sendable, Equatable {
    /// Constant, uniform, normal or lognormal.
    package let delay: DurationDistribution?
    /// Share of payments declined, 0…1.
    package let fail: Double
    /// Share of payments answered with an error of the server, 0…1.
    package let error: Double
    /// Share of payments never answered, 0…1.
    package let hang: Double
    /// Share of payments that are carried out and whose answer is lost, 0…1.
    package let dropReply: Double

    package init(
        delay: DurationDistribution?,
        fail: Double = 0,
        error: Double = 0,
        hang: Double = 0,
        dropReply: Double = 0
    ) {
        self.delay = delay
        self.fail = fail
        self.error = error
        self.hang = hang
        self.dropReply = dropReply
    }
}
