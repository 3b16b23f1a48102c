import Foundation
import Logging
import Synchronization
import Testing

@testable import FaultInjection
@testable import Scenario

/// An environment that does nothing to processes but writes down what it was told.
private final class TestProcesses: ProcessControl {
    let calls = Mutex<[String]>([])
    private let stoppedAtEnd: Int
    private let restores: Bool
    private let recovers: Bool

    init(stoppedAtEnd: Int = 2, restores: Bool = true, recovers: Bool = true) {
        self.stoppedAtEnd = stoppedAtEnd
        self.restores = restores
        self.recovers = recovers
    }

    private func note(_ call: String) { calls.withLock { $0.append(call) } }

    func kill(_ process: String, leaseSeconds: Double) async throws -> Int? {
        note("kill \(process)")
        #expect(leaseSeconds > FaultTimeline.leaseMargin)
        return 2
    }

    func freeze(_ process: String, leaseSeconds: Double) async throws -> Int? {
        note("freeze \(process)")
        return 2
    }

    func restart(_ process: String) async throws -> Int? {
        note("restart \(process)")
        return 1
    }

    func restore(_ process: String) async throws -> Int? {
        note("restore \(process)")
        guard restores else { throw FaultError("\(process) is out of reach") }
        return stoppedAtEnd
    }

    func waitUntilReady(_ process: String) async throws {
        note("wait for \(process)")
        guard recovers else { throw FaultError("\(process) has no more to say") }
    }
}

@Suite("Faults of processes on the timeline", .timeLimit(.minutes(1)))
struct ProcessFaultTests {
    private func run(
        _ faults: [FaultSpec],
        _ processes: (any ProcessControl)?,
        onChange: @escaping @Sendable ([String]) -> Void = { _ in }
    ) async -> [FaultReport] {
        let timeline = FaultTimeline(
            faults: faults,
            endpoints: FaultEndpoints(proxyURL: nil, paymentURL: nil, processes: processes),
            seed: 1,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
            onChange: onChange
        )
        return await timeline.run(from: .now)
    }

    private func fault(
        _ action: ProcessFaultSpec.Action,
        _ process: String,
        at: Int = 0,
        lasting: Int = 50
    ) -> FaultSpec {
        FaultSpec(
            at: .milliseconds(at),
            lasting: .milliseconds(lasting),
            kind: .process(ProcessFaultSpec(action: action, process: process)),
            position: SourcePosition(line: 1, column: 1)
        )
    }

    @Test("a process is killed, restored at its time, and waited for; a restart is announced while it goes on")
    func sequence() async throws {
        let processes = TestProcesses()
        let changes = Mutex<[[String]]>([])
        let faults = [fault(.kill, "order"), fault(.restart, "nginx", at: 100, lasting: 0)]
        let reports = await run(faults, processes) { names in changes.withLock { $0.append(names) } }
        #expect(
            Set(processes.calls.withLock { $0 }) == [
                "kill order", "restore order", "wait for order", "restart nginx", "wait for nginx",
            ]
        )
        #expect(reports.map(\.description) == ["kill order", "restart nginx"])
        #expect(reports.map(\.matched) == [2, 1])
        #expect(reports.map(\.error) == [nil, nil])
        #expect(reports.allSatisfy { $0.reverted && $0.details["readyAfterMilliseconds"] != nil })
        #expect(changes.withLock { $0 } == [["kill order"], [], ["restart nginx"], []])
    }

    @Test("a freeze that somebody else ended before its time matched nothing")
    func notFrozenToTheEnd() async throws {
        let reports = await run([fault(.freeze, "redis")], TestProcesses(stoppedAtEnd: 0))
        #expect(reports.map(\.matched) == [0])
    }

    @Test("a process that does not answer again is not reverted, and says what it said")
    func lost() async throws {
        let report = try #require(await run([fault(.kill, "order")], TestProcesses(recovers: false)).first)
        #expect(!report.reverted)
        #expect(report.error == "after the faults: order has no more to say")
    }

    @Test("a process that could not be restored is still asked whether it answers", arguments: [false, true])
    func notRestored(recovers: Bool) async throws {
        let processes = TestProcesses(restores: false, recovers: recovers)
        let report = try #require(await run([fault(.freeze, "order")], processes).first)
        #expect(processes.calls.withLock { $0 }.contains("wait for order"))
        #expect(report.reverted == recovers)
        #expect(report.error?.hasPrefix("reverting it: order is out of reach") == true)
        #expect(report.error?.hasSuffix("order has no more to say") == !recovers)
    }

    @Test("processes that are not ours are left alone, with the reason")
    func notOurs() async throws {
        let report = try #require(await run([fault(.kill, "order")], nil).first)
        #expect(report.error == "applying it: this environment's processes are not ours to kill")
        #expect(report.matched == 0)
    }

    @Test("withheld, nothing is done to anything, and each fault says why")
    func withheld() async throws {
        let processes = TestProcesses()
        let timeline = FaultTimeline(
            faults: [fault(.kill, "order"), fault(.freeze, "redis", at: 100)],
            endpoints: FaultEndpoints(proxyURL: nil, paymentURL: nil, processes: processes),
            seed: 1,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
            onChange: { names in Issue.record("\(names)") }
        )
        await timeline.withhold(because: "the suite is not well")
        let reports = await timeline.run(from: .now)
        #expect(processes.calls.withLock { $0 }.isEmpty)
        #expect(reports.map(\.error) == Array(repeating: "not applied: the suite is not well", count: 2))
    }
}
