import Scenario

/// One thread's part of a load that is no storm: its plan, and where its users are.
final class LoadPart {
    let load: Int
    let spec: LoadSpec
    var plan: any LoadPlan
    let threads: Int
    /// Places in the slab, by number ÷ threads; -1 for users that are not there.
    private(set) var places: [Int]
    /// Users that are in an iteration.
    var active = 0
    /// ns of CLOCK_MONOTONIC; nil before the load begins.
    var beganAt: UInt64?
    /// Whether nothing more will happen.
    var isOver = false
    let gracefulStop: UInt64
    /// Whether the random numbers go with the iteration's index, whoever makes it.
    let drawsByIteration: Bool
    var actions: [LoadAction] = []

    init(load: Int, spec: LoadSpec, plan: any LoadPlan, threads: Int) {
        self.load = load
        self.spec = spec
        self.plan = plan
        self.threads = threads
        places = [Int](repeating: -1, count: spec.users / threads + 1)
        gracefulStop = spec.executor.gracefulStop.nanoseconds
        switch spec.executor {
        case .arrivalRate, .sharedIterations: drawsByIteration = true
        default: drawsByIteration = false
        }
    }

    func place(of user: Int) -> Int { places[user / threads] }

    func setPlace(_ place: Int, of user: Int) { places[user / threads] = place }

    /// When running iterations are cut off, ns of CLOCK_MONOTONIC.
    var hardEnd: UInt64 {
        (beganAt ?? 0) + plan.end + gracefulStop
    }
}
