import Glibc
import Scenario
import Statistics
import Synchronization

/// Drives a scenario's load: plain threads with an epoll loop each, on which virtual users run their flows.
///
/// Users of storms that begin soon are prepared before the clock of the run starts, so that preparing them is not measured:
/// ``startedAt`` is 0 until then. Faults and everything else on the scenario's timeline count from ``startedAt``.
package final class LoadEngine: Sendable {
    private let shared: RunState
    private let threads: Mutex<[ThreadBox]>
    private let stopReason = Mutex<String?>(nil)
    private let progress = Mutex(Progress())

    /// Results and the continuations that wait for things to come.
    private struct Progress {
        var results: [ThreadResult] = []
        var waitingForEnd: CheckedContinuation<[ThreadResult], Never>?
    }

    /// Hands a loop to its thread.
    ///
    /// `@unchecked Sendable`: made here, taken out once by the thread that runs it, and never touched here again.
    private final class ThreadBox: @unchecked Sendable {
        let thread: EngineThread
        init(_ thread: EngineThread) { self.thread = thread }
    }

    /// Compiles the scenario and opens what the run needs: the history, an epoll a thread.
    ///
    /// - Throws: ``SystemFailure`` if the machine cannot carry the load (open files) or the history cannot be written.
    package init(scenario: Scenario, configuration: LoadConfiguration) throws {
        let state = try RunState(scenario: scenario, configuration: configuration)
        let limit = try Self.connectionLimit(for: scenario) / state.threads
        shared = state
        threads = Mutex(
            try (0..<state.threads).map { number in
                ThreadBox(try EngineThread(number: number, shared: state, userLimit: limit))
            }
        )
    }

    /// Runs the whole load.
    ///
    /// Call it once.
    ///
    /// - Throws: ``SystemFailure`` if a thread cannot be started.
    package func run() async throws -> LoadResult {
        let boxes = threads.withLock { boxes in
            defer { boxes = [] }
            return boxes
        }
        for box in boxes {
            do {
                try LoopThread.start(name: "load-\(box.thread.number)") { [self] in ended(box.thread.run()) }
            } catch {
                shared.stop()
                throw error
            }
        }
        let results = await withCheckedContinuation { continuation in
            let isOver = progress.withLock { progress in
                guard progress.results.count == shared.threads else {
                    progress.waitingForEnd = continuation
                    return false
                }
                return true
            }
            if isOver { continuation.resume(returning: progress.withLock { $0.results }) }
        }
        shared.completeHistory()
        return LoadSummary.result(of: results, shared, stopReason: stopReason.withLock { $0 })
    }

    private func ended(_ result: ThreadResult) {
        let waiting = progress.withLock { progress -> CheckedContinuation<[ThreadResult], Never>? in
            progress.results.append(result)
            guard progress.results.count == shared.threads else { return nil }
            defer { progress.waitingForEnd = nil }
            return progress.waitingForEnd
        }
        waiting?.resume(returning: progress.withLock { $0.results })
    }

    /// Interrupts all users now; ``run()`` then returns what was measured, marked as interrupted.
    ///
    /// Callable from anywhere but a signal handler, and any number of times: the first reason stands.
    package func stop(_ reason: String) {
        stopReason.withLock { if $0 == nil { $0 = reason } }
        shared.stop()
    }

    // MARK: While it runs

    /// When the measured part began, ns of CLOCK_MONOTONIC; 0 while users are still being prepared.
    package var startedAt: UInt64 { shared.startedAt }
    /// The same moment on the wall clock, ns since 1970-01-01 UTC.
    package var startedWallAt: UInt64 { shared.startedWallAt }

    package func snapshot() -> LiveSnapshot { shared.snapshot() }

    /// What was measured so far, at most a second old; empty unless a threshold of the scenario has `abort`.
    package func metrics() -> MetricTable { shared.metrics() }

    /// Tags what begins from now on.
    package func setPhase(_ phase: Phase) { shared.setPhase(phase) }

    /// Names the faults that the history's entries are given from now on.
    package func setActiveFaults(_ names: [String]) { shared.setFaults(names) }

    // MARK: Limits

    /// Connections that the machine allows, after raising the limit of open files as far as it goes.
    private static func connectionLimit(for scenario: Scenario) throws -> Int {
        var limit = rlimit()
        let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
        getrlimit(resource, &limit)
        limit.rlim_cur = limit.rlim_max
        setrlimit(resource, &limit)
        // For logs, stores and what else the process has open.
        let connections = Int(min(limit.rlim_max, 1 << 20)) - 256
        let wanted = scenario.load.reduce(0) { $0 + $1.users * scenario.flows[$1.flow].connections }
        guard wanted <= connections else {
            throw SystemFailure(
                "the scenario wants \(wanted) connections at one time, and this machine allows \(connections): "
                    + "raise the limit of open files (ulimit -n)"
            )
        }
        return connections
    }
}
