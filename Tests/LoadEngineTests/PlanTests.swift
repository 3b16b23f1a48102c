import Testing

@testable import LoadEngine
@testable import Scenario

private let second: UInt64 = 1_000_000_000

/// Moves a plan to a moment and says what it wants done.
private func act(_ plan: inout some LoadPlan, at now: UInt64) -> [LoadAction] {
    var actions: [LoadAction] = []
    plan.advance(now, &actions)
    return actions
}

@Suite("Executors in virtual time")
struct PlanTests {
    private func ramp(_ stages: [Stage], start: Int = 0, rampDown: Duration = .seconds(30)) -> RampingUsers {
        RampingUsers(
            RampingVUsExecutor(startVUs: start, stages: stages, gracefulRampDown: rampDown, gracefulStop: .seconds(30)),
            thread: 0,
            threads: 1
        )
    }

    @Test("a user that is ramped down ends his iteration, or is interrupted when his grace is over")
    func rampDown() {
        var plan = ramp([Stage(duration: .seconds(2), target: 0)], start: 2, rampDown: .milliseconds(300))
        #expect(act(&plan, at: 0).count == 2)
        #expect(plan.nextMoment == second)
        #expect(act(&plan, at: second) == [])
        #expect(plan.nextMoment == 1_300_000_000)
        #expect(plan.ended(user: 0, now: 1_100_000_000) == .iterate(index: 1))
        #expect(act(&plan, at: 1_300_000_000) == [.interrupt(user: 1)])
        #expect(plan.ended(user: 0, now: 2 * second) == .leave)
    }

    @Test("a user who is wanted again within his grace just goes on")
    func rampUpAgain() {
        var plan = ramp(
            [
                Stage(duration: .zero, target: 0), Stage(duration: .seconds(1), target: 1),
                Stage(duration: .seconds(1), target: 1),
            ],
            start: 1
        )
        #expect(act(&plan, at: 0) == [])
        var other = ramp([Stage(duration: .seconds(1), target: 0), Stage(duration: .seconds(1), target: 1)], start: 1)
        #expect(act(&other, at: 0) == [.iterate(user: 0, index: 0, due: 0)])
        #expect(act(&other, at: second) == [])
        // His second stage's only step is at its end, which is the end of the load: he is not wanted again.
        #expect(other.ended(user: 0, now: 1_500_000_000) == .leave)
        var again = ramp(
            [
                Stage(duration: .seconds(1), target: 0), Stage(duration: .seconds(1), target: 1),
                Stage(duration: .seconds(9), target: 1),
            ],
            start: 1
        )
        _ = act(&again, at: 0)
        #expect(act(&again, at: second) == [])
        #expect(act(&again, at: 2 * second) == [])
        #expect(again.ended(user: 0, now: 3 * second) == .iterate(index: 1))
    }

    @Test("a constant number of users begins nothing once its time is over")
    func constant() {
        var plan = RampingUsers(
            ConstantVUsExecutor(vus: 3, duration: .seconds(1), gracefulStop: .zero),
            thread: 1,
            threads: 2
        )
        #expect(act(&plan, at: 5) == [.iterate(user: 1, index: 0, due: 5)])
        #expect(plan.nextMoment == .max)
        #expect(plan.ended(user: 1, now: second - 1) == .iterate(index: 1))
        #expect(plan.ended(user: 1, now: second) == .leave)
    }

    @Test("each user makes his iterations; what maxDuration keeps from beginning is dropped")
    func perUser() {
        let executor = IterationsExecutor(vus: 2, iterations: 3, maxDuration: .seconds(10), gracefulStop: .zero)
        var plan = FixedIterations(executor, shared: nil, thread: 0, threads: 1)
        #expect(act(&plan, at: 0) == [.iterate(user: 0, index: 0, due: 0), .iterate(user: 1, index: 0, due: 0)])
        #expect(plan.ended(user: 0, now: second) == .iterate(index: 1))
        #expect(plan.ended(user: 0, now: 2 * second) == .iterate(index: 2))
        #expect(plan.ended(user: 0, now: 3 * second) == .leave)
        #expect(plan.ended(user: 1, now: 10 * second) == .leave)
        #expect(plan.unstarted() == 2)
    }

    @Test("shared iterations are made once, whoever makes them")
    func shared() {
        let executor = IterationsExecutor(vus: 4, iterations: 6, maxDuration: .seconds(10), gracefulStop: .zero)
        let counter = SharedIterations(limit: 6)
        var plans = (0..<2).map { FixedIterations(executor, shared: counter, thread: $0, threads: 2) }
        let begun = act(&plans[0], at: 0) + act(&plans[1], at: 0)
        #expect(
            begun == [
                .iterate(user: 0, index: 0, due: 0), .iterate(user: 2, index: 1, due: 0),
                .iterate(user: 1, index: 2, due: 0), .iterate(user: 3, index: 3, due: 0),
            ]
        )
        #expect(plans[1].ended(user: 3, now: 1) == .iterate(index: 4))
        #expect(plans[0].unstarted() + plans[1].unstarted() == 1)
        #expect(plans[0].ended(user: 0, now: 2) == .iterate(index: 5))
        #expect(plans[1].ended(user: 1, now: 3) == .leave)
        #expect(plans[0].unstarted() + plans[1].unstarted() == 0)
    }

    /// For a second.
    private static func tenASecond(preAllocatedVUs: Int, maxVUs: Int) -> ArrivalRateExecutor {
        ArrivalRateExecutor(
            arrivals: .constant(rate: 10),
            timeUnit: .seconds(1),
            duration: .seconds(1),
            preAllocatedVUs: preAllocatedVUs,
            maxVUs: maxVUs,
            gracefulStop: .zero
        )
    }

    @Test("users who are there before the load begins take turns, each thread's own", arguments: [0, 1])
    func preAllocated(thread: Int) {
        let executor = Self.tenASecond(preAllocatedVUs: 5, maxVUs: 8)
        var plan = ArrivingUsers(executor, thread: thread, threads: 2, random: SplitMix64(seed: 1))
        var users: [Int] = []
        for moment in 1...5 {
            for case .iterate(let user, _, _) in act(&plan, at: UInt64(moment) * second / 5) {
                users.append(user)
                #expect(plan.ended(user: user, now: 0) == .rest)
            }
        }
        #expect(users == (thread == 0 ? [0, 2, 4, 0, 2] : [1, 3, 1, 3, 1]))
    }

    @Test("an arrival takes the user that is free longest, then a new one, and is dropped when there may be no more")
    func arrivals() {
        let executor = Self.tenASecond(preAllocatedVUs: 0, maxVUs: 2)
        var plan = ArrivingUsers(executor, thread: 0, threads: 1, random: SplitMix64(seed: 1))
        #expect(act(&plan, at: 0) == [.iterate(user: 0, index: 0, due: 0)])
        #expect(plan.nextMoment == 100_000_000)
        #expect(
            act(&plan, at: 250_000_000) == [.iterate(user: 1, index: 1, due: 100_000_000), .drop]
        )
        #expect(plan.ended(user: 1, now: 260_000_000) == .rest)
        #expect(plan.ended(user: 0, now: 270_000_000) == .rest)
        #expect(
            act(&plan, at: 400_000_000) == [
                .iterate(user: 1, index: 3, due: 300_000_000), .iterate(user: 0, index: 4, due: 400_000_000),
            ]
        )
        #expect(act(&plan, at: 5 * second) == [.drop, .drop, .drop, .drop, .drop])
        #expect(plan.nextMoment == .max)
    }
}
