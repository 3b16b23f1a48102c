import Scenario

/// `constant-vus` and `ramping-vus`: users iterate while they are wanted.
///
/// A user that is ramped down finishes his iteration within `gracefulRampDown`; if he is wanted again before, he just goes on.
struct RampingUsers: LoadPlan {
    private enum State: Equatable {
        case off
        case running
        /// Finishes his iteration, at the latest then.
        case leaving(UInt64)
    }

    private let ramp: UserRamp
    private let gracefulRampDown: UInt64
    private let thread: Int
    private let threads: Int
    /// By number ÷ threads.
    private var states: [State]
    private var iterations: [UInt64]
    /// The number wanted, over all threads, as far as it has been acted on.
    private var wanted = 0
    private var actedAt: UInt64?
    let end: UInt64

    init(_ executor: RampingVUsExecutor, thread: Int, threads: Int) {
        self.init(
            start: executor.startVUs,
            stages: executor.stages,
            gracefulRampDown: executor.gracefulRampDown,
            thread: thread,
            threads: threads
        )
    }

    init(_ executor: ConstantVUsExecutor, thread: Int, threads: Int) {
        let stage = Stage(duration: executor.duration, target: executor.vus)
        self.init(start: executor.vus, stages: [stage], gracefulRampDown: .zero, thread: thread, threads: threads)
    }

    private init(start: Int, stages: [Stage], gracefulRampDown: Duration, thread: Int, threads: Int) {
        ramp = UserRamp(start: start, stages: stages)
        self.gracefulRampDown = gracefulRampDown.nanoseconds
        self.thread = thread
        self.threads = threads
        let highest = max(start, stages.map(\.target).max() ?? 0)
        states = [State](repeating: .off, count: (highest + threads - 1 - thread) / threads)
        iterations = [UInt64](repeating: 0, count: states.count)
        end = ramp.end
    }

    var nextMoment: UInt64 {
        guard let actedAt else { return 0 }
        if pending { return 0 }
        let change = ramp.nextChange(after: actedAt) ?? .max
        return min(change < end ? change : .max, earliestLeave)
    }

    /// Whether a batch was cut short.
    private var pending = false

    private var earliestLeave: UInt64 {
        guard leavers > 0 else { return .max }
        return states.reduce(.max) { earliest, state in
            if case .leaving(let deadline) = state { min(earliest, deadline) } else { earliest }
        }
    }
    private var leavers = 0

    mutating func advance(_ now: UInt64, _ actions: inout [LoadAction]) {
        pending = false
        if leavers > 0 {
            for place in states.indices {
                guard case .leaving(let deadline) = states[place], deadline <= now else { continue }
                states[place] = .off
                leavers -= 1
                actions.append(.interrupt(user: number(place)))
            }
        }
        guard now < end else {
            actedAt = end
            return
        }
        actedAt = now
        let target = ramp.count(at: now)
        // Ramps overtaken by a late loop still pass through every number in between.
        while wanted != target {
            guard actions.count < LoadPlanLimit.batch else {
                pending = true
                return
            }
            if wanted < target { want(wanted, now, &actions) } else { release(wanted - 1, now) }
            wanted += wanted < target ? 1 : -1
        }
    }

    private func number(_ place: Int) -> Int { place * threads + thread }

    private mutating func want(_ user: Int, _ now: UInt64, _ actions: inout [LoadAction]) {
        guard user % threads == thread else { return }
        let place = user / threads
        if case .leaving = states[place] {
            leavers -= 1
        } else {
            actions.append(.iterate(user: user, index: iterations[place], due: now))
        }
        states[place] = .running
    }

    private mutating func release(_ user: Int, _ now: UInt64) {
        guard user % threads == thread, states[user / threads] == .running else { return }
        states[user / threads] = .leaving(now + gracefulRampDown)
        leavers += 1
    }

    mutating func ended(user: Int, now: UInt64) -> AfterIteration {
        let place = user / threads
        iterations[place] += 1
        guard now < end, states[place] == .running else {
            lost(user: user)
            return .leave
        }
        return .iterate(index: iterations[place])
    }

    mutating func lost(user: Int) {
        if case .leaving = states[user / threads] { leavers -= 1 }
        states[user / threads] = .off
    }

    func unstarted() -> UInt64 { 0 }
}
