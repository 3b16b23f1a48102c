import Contract
import Payment
import Testing

@Suite("Faults of the mock")
struct FaultPlanTests {
    @Test("equal seeds give equal decisions, and another seed gives others")
    func seeded() throws {
        func decisions(_ seed: UInt64) throws -> [FaultDecision] {
            var plan = try FaultPlan(
                PaymentFaults(
                    delay: .init(distribution: .lognormal, meanMs: 800, deviationMs: 400),
                    failRate: 0.2,
                    hangRate: 0.1,
                    seed: seed
                )
            )
            return (0..<200).map { _ in plan.decide() }
        }
        #expect(try decisions(42) == decisions(42))
        #expect(try decisions(42) != decisions(43))
    }

    @Test("each fate gets its share")
    func shares() throws {
        var plan = try FaultPlan(
            PaymentFaults(failRate: 0.2, errorRate: 0.1, hangRate: 0.05, dropReplyRate: 0.15, seed: 9)
        )
        var counts: [FaultDecision.Fate: Int] = [:]
        for _ in 0..<20_000 { counts[plan.decide().fate, default: 0] += 1 }
        func share(_ fate: FaultDecision.Fate) -> Double { Double(counts[fate, default: 0]) / 20_000 }
        #expect(abs(share(.fail) - 0.2) < 0.015)
        #expect(abs(share(.error) - 0.1) < 0.015)
        #expect(abs(share(.hang) - 0.05) < 0.015)
        #expect(abs(share(.dropReply) - 0.15) < 0.015)
        #expect(abs(share(.success) - 0.5) < 0.015)
    }

    @Test("rates of one always strike, and rates of nought never do")
    func extremes() throws {
        var always = try FaultPlan(PaymentFaults(failRate: 1))
        var never = try FaultPlan(PaymentFaults())
        for _ in 0..<1000 {
            #expect(always.decide().fate == .fail)
            #expect(never.decide() == .none)
        }
    }

    @Test(
        "a field out of range is named",
        arguments: [
            ("failRate", PaymentFaults(failRate: 1.5)),
            ("errorRate", PaymentFaults(errorRate: -0.1)),
            ("hangRate", PaymentFaults(hangRate: .nan)),
            ("dropReplyRate", PaymentFaults(dropReplyRate: 2)),
            ("failRate", PaymentFaults(failRate: 0.6, errorRate: 0.6)),
            ("ttlSeconds", PaymentFaults(ttlSeconds: 0)),
            ("ttlSeconds", PaymentFaults(ttlSeconds: 86_401)),
            ("preset", PaymentFaults(preset: "slow")),
            ("delay.valueMs", PaymentFaults(delay: .init(distribution: .constant))),
            ("delay.valueMs", PaymentFaults(delay: .init(distribution: .constant, valueMs: 60_001))),
            ("delay.maxMs", PaymentFaults(delay: .init(distribution: .uniform, minMs: 5, maxMs: 4))),
            ("delay.deviationMs", PaymentFaults(delay: .init(distribution: .normal, meanMs: 5))),
            ("delay.meanMs", PaymentFaults(delay: .init(distribution: .lognormal, meanMs: 0, deviationMs: 1))),
        ]
    )
    func validation(_ field: String, _ faults: PaymentFaults) {
        let error = #expect(throws: InvalidFault.self) { try FaultPlan(faults) }
        #expect(error?.field == field)
    }

    @Test("the reference preset fails a fifth and takes 500 to 1,500 ms")
    func preset() throws {
        let plan = try FaultPlan(PaymentFaults(preset: PaymentFaults.referencePreset))
        #expect(plan.faults.failRate == 0.2)
        #expect(plan.faults.delay == .init(distribution: .uniform, minMs: 500, maxMs: 1500))
    }
}
