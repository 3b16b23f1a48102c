import Testing
import Verification

@testable import Reporting

@Suite("A run ends with the code of its gravest finding")
struct JudgementTests {
    private let holds = InvariantResult(id: "oversell", witnesses: 50)
    private let violated = InvariantResult(
        id: "oversell",
        witnesses: 50,
        violations: [Violation(event: "e", seat: "R1C1", message: "sold twice")]
    )
    private let unread = InvariantResult(id: "oversell", witnesses: 0, reasons: ["Redis could not be read: refused"])
    private let kept = Summary.SLO(threshold: "a < 1", value: 0.5, unit: "s", verdict: "holds")
    private let breached = Summary.SLO(threshold: "a < 1", value: 2, unit: "s", verdict: "breached")
    private let unsampled = Summary.SLO(threshold: "a < 1", value: nil, unit: "s", verdict: "inconclusive")
    private let good = Summary.Generator(
        cpu: 0.5,
        threads: 1,
        latenessP99: 0.001,
        dropped: 0,
        releaseSpread: [],
        saturated: false
    )

    private func judge(
        _ invariants: [InvariantResult],
        slo: [Summary.SLO] = [],
        waves: [Summary.Wave] = [],
        faults: [Summary.Fault] = [],
        generator: Summary.Generator? = nil,
        interrupted: String? = nil,
        breaches: [String] = []
    ) -> Judgement {
        Judgement(
            invariants: invariants,
            slo: slo,
            waves: waves,
            faults: faults,
            generator: generator ?? good,
            interrupted: interrupted,
            breaches: breaches
        )
    }

    @Test("a purchase that fails after the faults is a breach, and wrong data is graver")
    func steadyState() {
        let breach = "the steady state after the faults: no order"
        let breached = judge([holds], breaches: [breach])
        #expect(breached.exitCode == .breached)
        #expect(breached.findings.map(\.sentence) == [breach])
        #expect(judge([violated], breaches: [breach]).exitCode == .violated)
    }

    private func fault(matched: Int64 = 5, reverted: Bool = true, error: String? = nil) -> Summary.Fault {
        .init(
            fault: "redis latency 50 ms",
            from: 1,
            to: 2,
            matched: matched,
            applied: matched,
            details: [:],
            reverted: reverted,
            error: error
        )
    }

    private func wave(complete: Bool) -> Summary.Wave {
        .init(
            load: "clicks",
            wave: 3,
            users: 10,
            answered: complete ? 10 : 9,
            granted: 5,
            releaseSpread: 0.01,
            clickSeconds: 0.2,
            clicksPerSecond: 50,
            lateness: 0,
            complete: complete
        )
    }

    @Test("everything held")
    func passes() {
        let judgement = judge([holds], slo: [kept], waves: [wave(complete: true)], faults: [fault()])
        #expect(judgement.exitCode == .held)
        #expect(judgement.findings.isEmpty)
    }

    @Test("a violated invariant is stronger than anything else")
    func violation() {
        let judgement = judge([unread, violated], slo: [breached], interrupted: "SIGINT")
        #expect(judgement.exitCode == .violated)
        #expect(judgement.findings.first?.code == .violated)
    }

    @Test("an interruption is stronger than a breach, and a breach than missing evidence")
    func order() {
        #expect(judge([unread], slo: [breached], interrupted: "SIGINT").exitCode == .interrupted)
        #expect(judge([unread], slo: [breached]).exitCode == .breached)
        #expect(judge([unread], slo: [kept]).exitCode == .inconclusive)
    }

    @Test("what was not seen is inconclusive, never a pass")
    func inconclusive() {
        #expect(judge([holds], slo: [unsampled]).exitCode == .inconclusive)
        #expect(judge([holds], waves: [wave(complete: false)]).exitCode == .inconclusive)
        #expect(judge([holds], faults: [fault(matched: 0)]).exitCode == .inconclusive)
        #expect(judge([holds], faults: [fault(reverted: false)]).exitCode == .inconclusive)
        #expect(judge([holds], faults: [fault(error: "payment refused the fault")]).exitCode == .inconclusive)
        var saturated = good
        saturated.saturated = true
        saturated.reason = "CPU"
        #expect(judge([holds], generator: saturated).exitCode == .inconclusive)
    }

    @Test("a reason that several invariants share is said once")
    func once() {
        var other = unread
        other.id = "stores-agree"
        #expect(judge([unread, other]).findings.count == 1)
    }

    @Test("where several codes apply: 104, 107, then 90 > 109 > 105 > 99 > 91")
    func precedence() {
        #expect(ExitCode.precedence.map(\.rawValue) == [104, 107, 90, 109, 105, 99, 91, 0])
        #expect(Set(ExitCode.precedence) == Set(ExitCode.allCases))
        #expect(ExitCode.worst(of: [.inconclusive, .breached, .bug]) == .bug)
        #expect(ExitCode.worst(of: []) == .held)
    }
}
