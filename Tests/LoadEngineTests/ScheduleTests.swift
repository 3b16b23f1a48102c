import Testing

@testable import LoadEngine
@testable import Scenario

/// An arrival-rate executor with users enough.
private func executor(_ arrivals: Arrivals, unit: Duration = .seconds(1), for duration: Duration) -> ArrivalRateExecutor
{
    ArrivalRateExecutor(
        arrivals: arrivals,
        timeUnit: unit,
        duration: duration,
        preAllocatedVUs: 0,
        maxVUs: 10,
        gracefulStop: .zero
    )
}

@Suite("Schedules")
struct ScheduleTests {
    @Test("a rate whose period is no whole number of ns does not drift in an hour", arguments: [3, 7, 300, 999_983])
    func constant(rate: Int) {
        let schedule = ArrivalSchedule(executor(.constant(rate: rate), for: .seconds(3_600)))
        for second in [0, 1, 59, 1_800, 3_599] {
            #expect(schedule.due(UInt64(second * rate)) == UInt64(second) * 1_000_000_000)
        }
        #expect(schedule.due(UInt64(rate * 3_600)) == nil)
        #expect(schedule.due(UInt64(rate * 3_600 - 1)) != nil)
        #expect(schedule.due(1) == UInt64(1_000_000_000 / rate))
    }

    @Test("on a ramp, arrival i is due when the rate's integral reaches i + 1")
    func ramp() {
        // 0 → 20/s over 10 s: t² arrivals by t; then 10 s at 20/s; then down to 0 in 10 s.
        let stages = [
            Stage(duration: .seconds(10), target: 20), Stage(duration: .seconds(10), target: 20),
            Stage(duration: .seconds(10), target: 0),
        ]
        let schedule = ArrivalSchedule(executor(.ramping(startRate: 0, stages: stages), for: .seconds(30)))
        for index in 0..<100 {
            let exact = Double(index + 1).squareRoot() * 1e9
            #expect(abs(Double(schedule.due(UInt64(index)) ?? 0) - exact) <= 1)
        }
        for index in 100..<300 {
            let exact = 10e9 + Double(index + 1 - 100) / 20 * 1e9
            #expect(abs(Double(schedule.due(UInt64(index)) ?? 0) - exact) <= 1)
        }
        for index in 300..<399 {
            // 20 t − t² of the last stage.
            let exact = 20e9 + (10 - (100 - Double(index + 1 - 300)).squareRoot()) * 1e9
            #expect(abs(Double(schedule.due(UInt64(index)) ?? 0) - exact) <= 1)
        }
        #expect(schedule.due(400) == nil)
    }

    @Test("after an hour of ramps the next arrival is still due to the nanosecond")
    func longRamp() {
        let up = ArrivalSchedule(
            executor(
                .ramping(startRate: 0, stages: [Stage(duration: .seconds(3_600), target: 10_000)]),
                for: .seconds(3_600)
            )
        )
        // r t² ÷ 2 T = n.
        for n in [1.0, 1e3, 1e6, 17_999_999] {
            let exact = (2 * n * 3_600 / 10_000).squareRoot() * 1e9
            #expect(abs(Double(up.due(UInt64(n) - 1) ?? 0) - exact) <= 2)
        }
    }

    @Test("a jump is a stage of no length")
    func jump() {
        let stages = [
            Stage(duration: .seconds(1), target: 10), Stage(duration: .zero, target: 100),
            Stage(duration: .seconds(1), target: 100),
        ]
        let schedule = ArrivalSchedule(executor(.ramping(startRate: 10, stages: stages), for: .seconds(2)))
        #expect(schedule.due(9) == 1_000_000_000)
        #expect(schedule.due(10) == 1_010_000_000)
        #expect(schedule.due(109) == 2_000_000_000)
        #expect(schedule.due(110) == nil)
    }

    @Test(
        "the threads' parts together are the whole schedule, each arrival once",
        arguments: [Arrivals.constant(rate: 37), .poisson(rate: 37)],
        [1, 2, 3, 8]
    )
    func parts(arrivals: Arrivals, threads: Int) {
        func due(_ threads: Int) -> [UInt64: UInt64] {
            var all: [UInt64: UInt64] = [:]
            for thread in 0..<threads {
                var cursor = ArrivalCursor(
                    executor(arrivals, for: .seconds(20)),
                    thread: thread,
                    threads: threads,
                    random: SplitMix64(seed: 5)
                )
                while let due = cursor.due {
                    #expect(all.updateValue(due, forKey: cursor.index) == nil)
                    cursor.advance()
                }
            }
            return all
        }
        #expect(due(threads) == due(1))
    }

    @Test("a Poisson process has its rate, and gaps as spread as its mean")
    func poisson() {
        var process = PoissonArrivals(
            rate: 100,
            unit: 1_000_000_000,
            end: 1_000_000_000_000,
            random: SplitMix64(seed: 1)
        )
        var gaps: [Double] = []
        var last: UInt64 = 0
        while let due = process.next() {
            gaps.append(Double(due - last))
            last = due
        }
        // 100,000 ± 5 standard deviations.
        #expect(abs(gaps.count - 100_000) < 1_600)
        let mean = gaps.reduce(0, +) / Double(gaps.count)
        let variance = gaps.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(gaps.count)
        #expect(abs(variance.squareRoot() / mean - 1) < 0.03)
    }

    @Test("users of a ramp come and go at k6's moments, and the function and its changes agree")
    func users() {
        let stages = [
            Stage(duration: .seconds(10), target: 50), Stage(duration: .seconds(5), target: 50),
            Stage(duration: .seconds(7), target: 3), Stage(duration: .zero, target: 20),
            Stage(duration: .seconds(1), target: 0),
        ]
        let ramp = UserRamp(start: 0, stages: stages)
        for users in 0...50 {
            #expect(ramp.count(at: UInt64(users) * 200_000_000) == users)
            if users > 0 { #expect(ramp.count(at: UInt64(users) * 200_000_000 - 1) == users - 1) }
        }
        for gone in 1...47 {
            let moment = 15_000_000_000 + 7_000_000_000 * UInt64(gone) / 47
            if gone < 47 { #expect(ramp.count(at: moment) == 50 - gone) }
            #expect(ramp.count(at: moment - 1) == 51 - gone)
        }
        #expect(ramp.count(at: 22_000_000_000) == 20)
        #expect(ramp.count(at: 23_000_000_000) == 0)
        var time: UInt64 = 0
        var changes = 0
        while let next = ramp.nextChange(after: time) {
            #expect(ramp.count(at: next) != ramp.count(at: next - 1))
            #expect(ramp.count(at: next - 1) == ramp.count(at: time))
            time = next
            changes += 1
        }
        // Up by 50, down by 46 one by one, the last of them and the jump in one moment, down by 20.
        #expect(changes == 50 + 46 + 1 + 20)
    }
}
