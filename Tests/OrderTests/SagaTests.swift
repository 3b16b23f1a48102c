import Contract
import Order
import Testing

@Suite("The saga's decisions")
struct SagaTests {
    /// A generator whose numbers do not matter.
    private struct Jitter: RandomNumberGenerator {
        var state: UInt64 = 1
        mutating func next() -> UInt64 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return state
        }
    }

    private struct Run {
        var saga = Saga()
        var jitter = Jitter()
        var now = Duration.zero

        /// Feeds an event; a pause passes at once, so the answer is always what to do next.
        mutating func feed(_ event: SagaEvent) -> SagaAction {
            let action = saga.handle(event, now: now, using: &jitter)
            guard case .pause(let pause, let next) = action else { return action }
            now += pause
            return .perform(next)
        }
    }

    private static func paying(deadline: Duration = .seconds(15)) -> Run {
        var run = Run()
        #expect(run.feed(.start(.created(accepted: true))) == .perform(.begin))
        #expect(run.feed(.begun(deadline: deadline)) == .perform(.authorize))
        return run
    }

    @Test("an accepted order begins, pays and is PAID")
    func paid() {
        var run = Self.paying()
        #expect(run.feed(.payment(.success)) == .settle(.paid, reason: nil))
    }

    @Test("a declined payment cancels the order")
    func declined() {
        var run = Self.paying()
        #expect(run.feed(.payment(.fail)) == .settle(.cancelled, reason: SagaReason.declined))
    }

    @Test("an order that was not accepted is cancelled")
    func notAccepted() {
        var run = Run()
        #expect(run.feed(.start(.created(accepted: false))) == .settle(.cancelled, reason: SagaReason.notAccepted))
    }

    @Test("an unknown payment is asked about, not guessed")
    func asked() {
        var run = Self.paying()
        #expect(run.feed(.payment(.unknown)) == .perform(.ask))
        #expect(run.feed(.payment(.unknown)) == .perform(.ask))
        #expect(run.feed(.payment(.success)) == .settle(.paid, reason: nil))
    }

    @Test("a payment that payment never heard of is authorized again")
    func absent() {
        var run = Self.paying()
        #expect(run.feed(.payment(.unknown)) == .perform(.ask))
        #expect(run.feed(.payment(.absent)) == .perform(.authorize))
        #expect(run.feed(.payment(.success)) == .settle(.paid, reason: nil))
    }

    @Test("a charge that has gone back already ends the order as REFUNDED")
    func refundedElsewhere() {
        var run = Self.paying()
        #expect(run.feed(.payment(.refunded)) == .settle(.refunded, reason: SagaReason.unknownPayment))
    }

    @Test(
        "a payment still unknown at its deadline is ended by a refund",
        arguments: [
            (SagaEvent.RefundAnswer.refunded, OrderStatus.refunded), (.neverCharged, .cancelled),
        ]
    )
    func deadline(_ answer: SagaEvent.RefundAnswer, _ status: OrderStatus) {
        var run = Self.paying(deadline: .seconds(15))
        run.now = .seconds(15)
        #expect(run.feed(.payment(.unknown)) == .perform(.refund))
        #expect(run.feed(.refund(.unknown)) == .perform(.refund))
        #expect(run.feed(.refund(answer)) == .settle(status, reason: SagaReason.unknownPayment))
    }

    @Test("whatever stays unknown, the refund comes before the deadline and a longest pause are over")
    func bounded() {
        for seed in UInt64(0)..<200 {
            var run = Self.paying(deadline: .seconds(15))
            run.jitter = Jitter(state: seed)
            var action = run.feed(.payment(.unknown))
            var calls = 0
            while action != .perform(.refund) {
                calls += 1
                #expect(run.now < .seconds(15), "seed \(seed)")
                action = run.feed(.payment(calls.isMultiple(of: 3) ? .absent : .unknown))
            }
            #expect(calls > 10, "seed \(seed)")
            #expect(run.now >= .seconds(14), "seed \(seed)")
        }
    }

    @Test("a late success after the refund was decided changes nothing")
    func late() {
        var run = Self.paying(deadline: .seconds(1))
        run.now = .seconds(1)
        #expect(run.feed(.payment(.unknown)) == .perform(.refund))
        #expect(run.feed(.payment(.success)) == .leave)
        #expect(run.feed(.refund(.refunded)) == .settle(.refunded, reason: SagaReason.unknownPayment))
    }

    @Test("an order found PAYING is authorized again in time, and refunded after its deadline")
    func resumed() {
        var early = Run()
        #expect(early.feed(.start(.paying(deadline: .seconds(3)))) == .perform(.authorize))
        #expect(early.feed(.payment(.success)) == .settle(.paid, reason: nil))
        var late = Run()
        #expect(late.feed(.start(.paying(deadline: .milliseconds(-1)))) == .perform(.refund))
        #expect(late.feed(.refund(.neverCharged)) == .settle(.cancelled, reason: SagaReason.unknownPayment))
    }

    @Test("rejected seats give the money back, however often it takes")
    func rejected() {
        var run = Run()
        run.saga = Saga(rejection: "seat R1C1 is sold")
        #expect(run.feed(.start(.rejected)) == .perform(.refund))
        #expect(run.feed(.refund(.unknown)) == .perform(.refund))
        #expect(run.feed(.refund(.refunded)) == .settle(.refunded, reason: "seat R1C1 is sold"))
    }

    @Test("a settled order is left alone")
    func settled() {
        var run = Run()
        #expect(run.feed(.start(.settled)) == .leave)
        #expect(run.feed(.payment(.success)) == .leave)
    }

    @Test("every status that a saga settles may follow the status in which it is settled")
    func legal() {
        #expect(OrderStatus.paying.successors.contains(.paid))
        for end in [OrderStatus.cancelled, .refunded] { #expect(OrderStatus.paying.successors.contains(end)) }
        #expect(OrderStatus.created.successors.contains(.cancelled))
        #expect(OrderStatus.paid.successors.contains(.refunded))
    }
}
