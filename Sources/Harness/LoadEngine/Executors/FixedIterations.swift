import Scenario
import Synchronization

/// How many of a `shared-iterations` load's iterations have been taken, by all threads.
final class SharedIterations: Sendable {
    private let taken = Atomic<UInt64>(0)
    private let limit: UInt64

    init(limit: UInt64) { self.limit = limit }

    /// The index of the next iteration; nil when all are taken.
    func take() -> UInt64? {
        // Counting past the limit does no harm: every thread stops asking.
        let index = taken.wrappingAdd(1, ordering: .relaxed).oldValue
        return index < limit ? index : nil
    }

    /// Iterations that nobody took.
    var left: UInt64 { limit - min(limit, taken.load(ordering: .relaxed)) }
}

/// `per-vu-iterations` and `shared-iterations`: all users start at once and iterate until the iterations are used up.
struct FixedIterations: LoadPlan {
    private let perUser: UInt64
    /// nil → each user has iterations of his own.
    private let shared: SharedIterations?
    private let thread: Int
    private let threads: Int
    /// Iterations begun, by number ÷ threads.
    private var begun: [UInt64]
    private var started = 0
    let end: UInt64

    init(_ executor: IterationsExecutor, shared: SharedIterations?, thread: Int, threads: Int) {
        perUser = UInt64(executor.iterations)
        self.shared = shared
        self.thread = thread
        self.threads = threads
        begun = [UInt64](repeating: 0, count: (executor.vus + threads - 1 - thread) / threads)
        end = executor.maxDuration.nanoseconds
    }

    var nextMoment: UInt64 { started < begun.count ? 0 : .max }

    mutating func advance(_ now: UInt64, _ actions: inout [LoadAction]) {
        guard now < end else {
            started = begun.count
            return
        }
        while started < begun.count, actions.count < LoadPlanLimit.batch {
            let place = started
            started += 1
            guard let index = next(place) else { continue }
            actions.append(.iterate(user: place * threads + thread, index: index, due: now))
        }
    }

    private mutating func next(_ place: Int) -> UInt64? {
        guard shared == nil else { return shared?.take() }
        guard begun[place] < perUser else { return nil }
        defer { begun[place] += 1 }
        return begun[place]
    }

    mutating func ended(user: Int, now: UInt64) -> AfterIteration {
        guard now < end, let index = next(user / threads) else { return .leave }
        return .iterate(index: index)
    }

    mutating func lost(user: Int) {}

    /// As in k6: what `maxDuration` kept from being begun was dropped.
    ///
    /// Shared iterations are counted once, by the first thread.
    func unstarted() -> UInt64 {
        if let shared { return thread == 0 ? shared.left : 0 }
        return begun.reduce(0) { $0 + perUser - $1 }
    }
}
