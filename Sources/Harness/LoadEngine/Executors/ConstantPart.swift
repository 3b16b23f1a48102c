import Scenario

/// One thread's part of a `constant-vus` load.
final class ConstantPart {
    let load: Int
    let executor: ConstantVUsExecutor
    let startTime: UInt64
    /// Users that are this thread's.
    let numbers: [Int]
    var isStarted = false
    /// Users under way.
    var active: Set<Int> = []

    init(load: Int, spec: LoadSpec, executor: ConstantVUsExecutor, thread: Int, threads: Int) {
        self.load = load
        self.executor = executor
        startTime = spec.startTime.nanoseconds
        numbers = Array(stride(from: thread, to: executor.vus, by: threads))
    }

    /// No iteration starts from then on.
    func end(startedAt: UInt64) -> UInt64 {
        startedAt + startTime + executor.duration.nanoseconds
    }

    /// Iterations still running then are interrupted.
    func hardEnd(startedAt: UInt64) -> UInt64 {
        end(startedAt: startedAt) + executor.gracefulStop.nanoseconds
    }
}
