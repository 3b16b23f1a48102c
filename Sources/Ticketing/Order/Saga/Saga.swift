import Contract

/// The decisions of one order's saga: an event comes in, the next action goes out.
///
/// It does no I/O and reads no clock.
///
/// ```
/// state       event                          next state   action
/// ─────────── ────────────────────────────── ──────────── ─────────────────────────────────────────
/// starting    start, CREATED, no answer      ended        settle CANCELLED "was not accepted in time"
/// starting    start, CREATED                 beginning    begin                    (CREATED → PAYING)
/// starting    start, PAYING, in time         authorizing  authorize
/// starting    start, PAYING, deadline over   refunding    refund
/// starting    start, PAID, seats rejected    returning    refund
/// starting    start, anything else           ended        leave
/// beginning   begun                          authorizing  authorize
/// authorizing payment success                ended        settle PAID
/// authorizing payment fail                   ended        settle CANCELLED "payment declined"
/// authorizing payment refunded               ended        settle REFUNDED
/// authorizing payment unknown, in time       asking       pause, ask
/// authorizing payment absent, in time        authorizing  pause, authorize
/// authorizing unknown or absent, no time     refunding    refund
/// asking      (as authorizing)
/// refunding   refund refunded                ended        settle REFUNDED "payment outcome unknown…"
/// refunding   refund never charged           ended        settle CANCELLED "payment outcome unknown…"
/// refunding   refund unknown                 refunding    pause, refund
/// returning   refund answered                ended        settle REFUNDED with the rejection's reason
/// returning   refund unknown                 returning    pause, refund
/// ```
///
/// An unknown payment is never guessed: it is asked about until its deadline and then ended by a refund, which
/// returns a charge or leaves a tombstone that makes a late authorize fail.
package struct Saga: Sendable {
    private enum State {
        case starting, beginning, authorizing, asking, refunding, returning, ended
    }
    private var state = State.starting
    private var deadline: Duration?
    private var attempts = 0
    private let rejection: String?

    /// The saga of an order as it was found.
    ///
    /// - Parameter rejection: Why the seats of a PAID order were rejected, if they were.
    package init(rejection: String? = nil) { self.rejection = rejection }

    /// Takes an event that happened at `now`, and says what to do next.
    ///
    /// - Parameters:
    ///   - event: What happened.
    ///   - now: Time on the steady scale on which the payment deadline is given.
    ///   - generator: Where the jitter of pauses comes from.
    /// - Returns: What to do next.
    package mutating func handle(
        _ event: SagaEvent,
        now: Duration,
        using generator: inout some RandomNumberGenerator
    ) -> SagaAction {
        switch (state, event) {
        case (.starting, .start(let found)):
            return start(found, now)
        case (.beginning, .begun(let paymentDeadline)):
            deadline = paymentDeadline
            return proceed(.authorizing, .authorize)
        case (.authorizing, .payment(let answer)), (.asking, .payment(let answer)):
            return settlePayment(answer, now, &generator)
        case (.refunding, .refund(let answer)):
            return settleRefund(answer, now, &generator)
        case (.returning, .refund(let answer)):
            guard answer == .unknown else { return end(.refunded, rejection ?? SagaReason.seatsRejected) }
            return .pause(backoff(&generator), then: .refund)
        default:
            // An answer that nobody waits for any more.
            return .leave
        }
    }

    private mutating func start(_ found: SagaEvent.Found, _ now: Duration) -> SagaAction {
        switch found {
        case .created(accepted: false): return end(.cancelled, SagaReason.notAccepted)
        case .created(accepted: true): return proceed(.beginning, .begin)
        case .paying(let paymentDeadline):
            deadline = paymentDeadline
            return isInTime(now) ? proceed(.authorizing, .authorize) : proceed(.refunding, .refund)
        case .rejected: return proceed(.returning, .refund)
        case .settled: return end()
        }
    }

    private mutating func settlePayment(
        _ answer: SagaEvent.PaymentAnswer,
        _ now: Duration,
        _ generator: inout some RandomNumberGenerator
    ) -> SagaAction {
        switch answer {
        case .success: return end(.paid, nil)
        case .fail: return end(.cancelled, SagaReason.declined)
        case .refunded: return end(.refunded, SagaReason.unknownPayment)
        case .unknown, .absent:
            let pause = backoff(&generator)
            // What would only be asked after the deadline is not asked any more.
            guard isInTime(now + pause) else { return proceed(.refunding, .refund) }
            attempts += 1
            state = answer == .absent ? .authorizing : .asking
            return .pause(pause, then: answer == .absent ? .authorize : .ask)
        }
    }

    private mutating func settleRefund(
        _ answer: SagaEvent.RefundAnswer,
        _ now: Duration,
        _ generator: inout some RandomNumberGenerator
    ) -> SagaAction {
        switch answer {
        case .refunded: return end(.refunded, SagaReason.unknownPayment)
        case .neverCharged: return end(.cancelled, SagaReason.unknownPayment)
        case .unknown:
            attempts += 1
            return .pause(backoff(&generator), then: .refund)
        }
    }

    private func isInTime(_ now: Duration) -> Bool {
        guard let deadline else { return true }
        return now < deadline
    }

    /// Exponential with full jitter: 0…50 ms, 0…100 ms, and so on up to 0…1 s.
    private func backoff(_ generator: inout some RandomNumberGenerator) -> Duration {
        let ceiling = min(1000, 50 << min(attempts, 5))
        return .milliseconds(Int.random(in: 1...ceiling, using: &generator))
    }

    private mutating func proceed(_ next: State, _ step: SagaStep) -> SagaAction {
        attempts = 0
        state = next
        return .perform(step)
    }

    private mutating func end(_ status: OrderStatus, _ reason: String?) -> SagaAction {
        state = .ended
        return .settle(status, reason: reason)
    }

    private mutating func end() -> SagaAction {
        state = .ended
        return .leave
    }
}
