import Scenario

/// The arrival-rate executors: an arrival takes the user who has been free the longest, or a new one as long as there may be more, or is
/// dropped.
struct ArrivingUsers: LoadPlan {
    private var cursor: ArrivalCursor
    /// Users of this thread that are free, the longest free first; a ring, as it is used at both ends.
    private var free: [Int]
    private var head = 0
    private var freeCount: Int
    private var made: Int
    private let most: Int
    private let thread: Int
    private let threads: Int
    let end: UInt64

    init(_ executor: ArrivalRateExecutor, thread: Int, threads: Int, random: SplitMix64) {
        cursor = ArrivalCursor(executor, thread: thread, threads: threads, random: random)
        self.thread = thread
        self.threads = threads
        most = (executor.maxVUs + threads - 1 - thread) / threads
        // As in k6, those who are there before the load begins take turns, so that each has his connection when many are needed at once.
        made = min(most, (executor.preAllocatedVUs + threads - 1 - thread) / threads)
        free = (0..<most).map { $0 * threads + thread }
        freeCount = made
        // The last arrival of a ramp is due at its very end.
        end = executor.duration.nanoseconds + 1
    }

    var nextMoment: UInt64 { cursor.due ?? .max }

    mutating func advance(_ now: UInt64, _ actions: inout [LoadAction]) {
        while let due = cursor.due, due <= now, actions.count < LoadPlanLimit.batch {
            if let user = take() {
                actions.append(.iterate(user: user, index: cursor.index, due: due))
            } else {
                actions.append(.drop)
            }
            cursor.advance()
        }
    }

    private mutating func take() -> Int? {
        if freeCount > 0 {
            let user = free[head]
            head = (head + 1) % most
            freeCount -= 1
            return user
        }
        guard made < most else { return nil }
        defer { made += 1 }
        return made * threads + thread
    }

    mutating func ended(user: Int, now: UInt64) -> AfterIteration {
        lost(user: user)
        return .rest
    }

    /// His number is free again.
    mutating func lost(user: Int) {
        free[(head + freeCount) % most] = user
        freeCount += 1
    }

    func unstarted() -> UInt64 { 0 }
}
