/// What a saga is told.
package enum SagaEvent: Sendable, Equatable {
    /// How the order was found in MySQL.
    package enum Found: Sendable, Equatable {
        /// CREATED; `accepted` once its holds are pinned and its answer is stored.
        case created(accepted: Bool)
        /// PAYING; the deadline on the caller's steady scale.
        case paying(deadline: Duration)
        /// PAID, but its seats could not be confirmed.
        case rejected
        /// Nothing is left for a worker to do.
        case settled
    }
    package enum PaymentAnswer: Sendable, Equatable {
        case success, fail, refunded
        /// Payment knows of no attempt.
        case absent
        /// A timeout, a lost connection, an error: anything may have happened.
        case unknown
    }
    package enum RefundAnswer: Sendable, Equatable {
        case refunded, neverCharged, unknown
    }

    case start(Found)
    /// PAYING is committed; the deadline on the caller's steady scale.
    case begun(deadline: Duration)
    case payment(PaymentAnswer)
    case refund(RefundAnswer)
}
