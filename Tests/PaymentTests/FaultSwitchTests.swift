import Contract
import Payment
import Synchronization
import Testing

@Suite("Switching faults on and off")
struct FaultSwitchTests {
    /// A clock that the test moves by hand.
    private final class HandClock: Sendable {
        private let time = Mutex(ContinuousClock.Instant.now)
        var now: ContinuousClock.Instant { time.withLock { $0 } }
        func advance(_ duration: Duration) { time.withLock { $0 += duration } }
    }

    @Test("faults end by themselves when their time is up, and their counters stay")
    func ttl() throws {
        let clock = HandClock()
        let faults = FaultSwitch { clock.now }
        _ = faults.install(try FaultPlan(PaymentFaults(failRate: 1, ttlSeconds: 10)))
        #expect(faults.decide().fate == .fail)
        clock.advance(.milliseconds(9_999))
        #expect(faults.decide().fate == .fail)
        clock.advance(.milliseconds(1))
        #expect(faults.decide() == .none)
        #expect(faults.report() == PaymentFaultsBody(active: nil, matched: 2, delayed: 0, failed: 2, broken: 0))
    }

    @Test("clearing ends them at once")
    func clear() throws {
        let faults = FaultSwitch()
        _ = faults.install(try FaultPlan(PaymentFaults(errorRate: 1)))
        #expect(faults.decide().fate == .error)
        #expect(faults.clear() == PaymentFaultsBody(active: nil, matched: 1, broken: 1))
        #expect(faults.decide() == .none)
        #expect(faults.report().matched == 1)
    }

    @Test("new faults count from nought")
    func replaced() throws {
        let faults = FaultSwitch()
        _ = faults.install(try FaultPlan(PaymentFaults(failRate: 1)))
        _ = faults.decide()
        let delay = PaymentFaults.Delay(distribution: .constant, valueMs: 5)
        let report = faults.install(try FaultPlan(PaymentFaults(delay: delay)))
        #expect(report.matched == 0)
        #expect(faults.decide() == FaultDecision(delayMilliseconds: 5, fate: .success))
        #expect(faults.report().delayed == 1)
        #expect(faults.report().active?.ttlSeconds == FaultPlan.defaultTTL)
    }
}
