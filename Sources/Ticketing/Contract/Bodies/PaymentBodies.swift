/// `POST /api/payments/authorize`.
package struct AuthorizeRequest: Codable, Sendable, Equatable {
    package var orderId: String
    /// Smallest unit of the currency; 0 when left out.
    package var amount: Int64?

    package init(orderId: String, amount: Int64? = nil) {
        self.orderId = orderId
        self.amount = amount
    }
}

/// What came of an authorization.
package enum PaymentStatus: String, Codable, Sendable {
    case success, fail
}

/// 200 of `authorize`; `GET /api/payments/{orderId}`.
package struct PaymentBody: Codable, Sendable, Equatable {
    package var orderId: String
    package var paymentId: String
    package var status: PaymentStatus
    /// True once a charge has gone back; absent before.
    ///
    /// `status` stays what it was: asked again, the same answer.
    package var refunded: Bool?

    package init(orderId: String, paymentId: String, status: PaymentStatus, refunded: Bool? = nil) {
        self.orderId = orderId
        self.paymentId = paymentId
        self.status = status
        self.refunded = refunded
    }
}

/// 200 of `POST /api/payments/{orderId}/refund`.
package struct RefundBody: Codable, Sendable, Equatable {
    package enum Result: String, Codable, Sendable {
        case refunded
        case neverCharged = "never-charged"
    }
    package var orderId: String
    package var result: Result

    package init(orderId: String, result: Result) {
        self.orderId = orderId
        self.result = result
    }
}

/// How the mock misbehaves: `GET｜PUT｜DELETE /api/admin/faults` of payment.
///
/// What is left out is off.
package struct PaymentFaults: Codable, Sendable, Equatable {
    /// A distribution of milliseconds.
    ///
    /// `distribution` says which of the others count.
    package struct Delay: Codable, Sendable, Equatable {
        package enum Distribution: String, Codable, Sendable, CaseIterable {
            /// `valueMs`
            case constant
            /// `minMs`, `maxMs`
            case uniform
            /// `meanMs`, `deviationMs`; of the delay itself
            case normal
            /// `meanMs`, `deviationMs`; of the delay itself, not of its logarithm
            case lognormal
        }
        package var distribution: Distribution
        package var valueMs: Double?
        package var minMs: Double?
        package var maxMs: Double?
        package var meanMs: Double?
        package var deviationMs: Double?

        package init(
            distribution: Distribution,
            valueMs: Double? = nil,
            minMs: Double? = nil,
            maxMs: Double? = nil,
            meanMs: Double? = nil,
            deviationMs: Double? = nil
        ) {
            self.distribution = distribution
            self.valueMs = valueMs
            self.minMs = minMs
            self.maxMs = maxMs
            self.meanMs = meanMs
            self.deviationMs = deviationMs
        }
    }
    package var delay: Delay?
    /// Share of authorizations that are declined, 0…1.
    package var failRate: Double?
    /// Share answered 500, with nothing charged, 0…1.
    package var errorRate: Double?
    /// Share never answered, with nothing charged, 0…1.
    package var hangRate: Double?
    /// Share charged and then never answered, 0…1.
    package var dropReplyRate: Double?
    package var seed: UInt64?
    /// ``referencePreset``, or absent; fills in what is left out.
    package var preset: String?
    /// After so many seconds the mock behaves again by itself; at most 86,400, and 300 when left out.
    package var ttlSeconds: Double?

    package init(
        delay: Delay? = nil,
        failRate: Double? = nil,
        errorRate: Double? = nil,
        hangRate: Double? = nil,
        dropReplyRate: Double? = nil,
        seed: UInt64? = nil,
        preset: String? = nil,
        ttlSeconds: Double? = nil
    ) {
        self.delay = delay
        self.failRate = failRate
        self.errorRate = errorRate
        self.hangRate = hangRate
        self.dropReplyRate = dropReplyRate
        self.seed = seed
        self.preset = preset
        self.ttlSeconds = ttlSeconds
    }
}

extension PaymentFaults {
    /// Name of the preset with the reference behaviour.
    package static let referencePreset = "reference"
    /// The reference behaviour: success 80 %, answers after 500–1,500 ms.
    package static let reference = PaymentFaults(
        delay: Delay(distribution: .uniform, minMs: 500, maxMs: 1500),
        failRate: 0.2
    )
}

/// 200 of `GET｜PUT｜DELETE /api/admin/faults`: the faults in force, and what faults have done since the last `PUT`.
package struct PaymentFaultsBody: Codable, Sendable, Equatable {
    /// Absent when the mock behaves.
    package var active: PaymentFaults?
    /// Authorizations seen while the last faults were in force.
    package var matched: Int64
    /// Of these, delayed by more than nothing.
    package var delayed: Int64
    /// Of these, declined.
    package var failed: Int64
    /// Of these, answered 500, never, or not after the charge.
    package var broken: Int64

    package init(
        active: PaymentFaults? = nil,
        matched: Int64 = 0,
        delayed: Int64 = 0,
        failed: Int64 = 0,
        broken: Int64 = 0
    ) {
        self.active = active
        self.matched = matched
        self.delayed = delayed
        self.failed = failed
        self.broken = broken
    }
}
