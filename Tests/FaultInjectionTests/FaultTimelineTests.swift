import Contract
import Foundation
import Logging
import NIOHTTP1
import Synchronization
import Testing

@testable import FaultInjection
@testable import Scenario

@Suite("The timeline of faults", .timeLimit(.minutes(3)))
struct FaultTimelineTests {
    private static let logger: Logger = {
        var logger = Logger(label: "timeline")
        logger.logLevel = .critical
        return logger
    }()

    private static func redisFault(at: Duration, lasting: Duration, latency: Duration = .milliseconds(30)) -> FaultSpec
    {
        FaultSpec(
            at: at,
            lasting: lasting,
            kind: .link(LinkFaultSpec(target: .redis, effect: .toxic(.latency(latency, jitter: .milliseconds(10))))),
            position: SourcePosition(line: 1, column: 1)
        )
    }

    private static func paymentFault(
        at: Duration,
        lasting: Duration,
        delay: DurationDistribution? = nil,
        fail: Double = 0
    ) -> FaultSpec {
        FaultSpec(
            at: at,
            lasting: lasting,
            kind: .payment(PaymentFaultSpec(delay: delay, fail: fail)),
            position: SourcePosition(line: 1, column: 1)
        )
    }

    @Test("a redis fault is applied, counted, announced, reverted, and proven gone, on a real Redis")
    func redis() async throws {
        try await TestRedis.with { redis in
            try await TestProxy.with { proxy in
                let listen = try await proxy.create("redis", upstream: redis)
                let changes = Mutex<[[String]]>([])
                let timeline = FaultTimeline(
                    faults: [Self.redisFault(at: .milliseconds(50), lasting: .milliseconds(600))],
                    endpoints: FaultEndpoints(proxyURL: proxy.server.url, paymentURL: nil),
                    seed: 1,
                    logger: Self.logger,
                    onChange: { names in changes.withLock { $0.append(names) } }
                )
                await timeline.prepare()
                async let reports = timeline.run(from: .now)
                #expect(try await eventually { changes.withLock { $0.count } == 1 })
                // 20 ms is the least that 30 ms ± 10 ms can be.
                try await onThread {
                    let client = try TCPSocket(to: listen)
                    let start = monotonicNow()
                    try client.write(Array("PING\r\n".utf8))
                    #expect(try client.read(exactly: 7) == Array("+PONG\r\n".utf8))
                    #expect(monotonicNow() - start >= 20_000_000)
                }
                let report = try #require(await reports.first)
                #expect(report.error == nil)
                #expect(report.description == "redis latency 30ms ± 10ms")
                #expect(report.matched == 1)
                #expect(report.applied == 1)
                #expect(report.reverted)
                #expect(report.fromSeconds >= 0.05)
                #expect(report.toSeconds >= 0.65)
                #expect(report.details["probeBeforeMicroseconds"] != nil)
                #expect(report.details["probeAfterMicroseconds"] != nil)
                #expect(changes.withLock { $0 } == [["redis latency 30ms ± 10ms"], []])
                #expect(try await proxy.call(.GET, "/proxies/redis/toxics").body == .array([]))
            }
        }
    }

    @Test("stopped, or cancelled, it reverts what is in force and applies nothing more", arguments: [true, false])
    func stop(byCancelling: Bool) async throws {
        try await TestRedis.with { redis in
            try await TestProxy.with { proxy in
                _ = try await proxy.create("redis", upstream: redis)
                let started = Mutex(false)
                let timeline = FaultTimeline(
                    faults: [
                        Self.redisFault(at: .zero, lasting: .seconds(3_000)),
                        Self.redisFault(at: .seconds(1_000), lasting: .seconds(1)),
                    ],
                    endpoints: FaultEndpoints(proxyURL: proxy.server.url, paymentURL: nil),
                    seed: 1,
                    logger: Self.logger,
                    onChange: { names in started.withLock { $0 = $0 || !names.isEmpty } }
                )
                let run = Task { await timeline.run(from: .now) }
                #expect(try await eventually { started.withLock { $0 } })
                if byCancelling {
                    run.cancel()
                } else {
                    await timeline.stop()
                }
                let reports = await run.value
                #expect(reports.map(\.reverted) == [true, true])
                #expect(reports[0].error == nil)
                #expect(reports[0].matched == 0, "a fault that touched nothing shows")
                #expect(reports[1].error == "not applied: the run ended before its time")
                #expect(try await proxy.call(.GET, "/proxies/redis/toxics").body == .array([]))
                #expect(try await proxy.records().map(\.active) == [false])
            }
        }
    }

    @Test("payment faults that overlap are merged, leased, counted for each, and ended")
    func payment() async throws {
        let payment = TestPayment()
        try await payment.serve { (url: String) async throws in
            let active = Mutex<[String]>([])
            let timeline = FaultTimeline(
                faults: [
                    Self.paymentFault(
                        at: .zero,
                        lasting: .milliseconds(900),
                        delay: .constant(.milliseconds(80)),
                        fail: 0.5
                    ),
                    Self.paymentFault(at: .milliseconds(300), lasting: .milliseconds(300), fail: 0.2),
                ],
                endpoints: FaultEndpoints(proxyURL: nil, paymentURL: url, paymentToken: { "secret" }),
                seed: 9,
                logger: Self.logger,
                onChange: { names in active.withLock { $0 = names } }
            )
            async let running = timeline.run(from: .now)
            for expected in [1, 2, 1] {
                #expect(try await eventually { active.withLock { $0.count } == expected })
                payment.authorize()
            }
            let reports = await running
            #expect(reports.map(\.error) == [nil, nil])
            #expect(reports.map(\.description) == ["payment delay 80ms, fail 50%", "payment fail 20%"])
            #expect(reports.map(\.matched) == [3, 1])
            #expect(reports.map(\.applied) == [3, 1])
            #expect(reports[0].details == ["delayed": 3, "failed": 3, "broken": 0])
            #expect(reports.map(\.reverted) == [true, true])
            let state = payment.state.withLock { $0 }
            #expect(state.body.active == nil)
            #expect(state.puts.map(\.failRate) == [0.5, 0.6, 0.5])
            #expect(state.puts.allSatisfy { $0.delay?.valueMs == 80 && $0.seed == 9 })
            #expect(state.puts.allSatisfy { ($0.ttlSeconds ?? 0) > 2 && ($0.ttlSeconds ?? 9) <= 2.9 })
            #expect(state.authorizations.allSatisfy { $0 == "Bearer secret" })
        }
    }

    @Test("a fault that cannot be applied says so, and what it may have left is undone")
    func refused() async throws {
        let payment = TestPayment()
        payment.state.withLock { $0.refusesPuts = true }
        try await payment.serve { url in
            let timeline = FaultTimeline(
                faults: [
                    Self.paymentFault(at: .zero, lasting: .milliseconds(10), fail: 0.5),
                    Self.redisFault(at: .zero, lasting: .milliseconds(10)),
                ],
                endpoints: FaultEndpoints(proxyURL: nil, paymentURL: url),
                seed: 1,
                logger: Self.logger,
                onChange: { _ in }
            )
            let reports = await timeline.run(from: .now)
            #expect(reports[0].error?.contains("status 500") == true)
            #expect(reports[0].matched == 0)
            #expect(reports[0].reverted)
            #expect(reports[1].error?.contains("no fault proxy") == true)
        }
    }

    @Test("a proxy that is gone leaves the fault unreverted, with the reason")
    func proxyGone() async throws {
        let faults = [Self.redisFault(at: .zero, lasting: .milliseconds(10))]
        let timeline = FaultTimeline(
            faults: faults,
            endpoints: FaultEndpoints(proxyURL: "http://127.0.0.1:1", paymentURL: nil),
            seed: 1,
            logger: Self.logger,
            onChange: { _ in }
        )
        let report = try #require(await timeline.run(from: .now).first)
        #expect(!report.reverted)
        #expect(report.error?.contains("127.0.0.1:1") == true)
    }

    @Test("a fault of one service's link hits that link alone, and one of all services every one of them")
    func links() async throws {
        try await TestRedis.with { redis in
            try await TestProxy.with { proxy in
                for name in ["order-redis", "catalog-redis", "order-mysql"] {
                    _ = try await proxy.create(name, upstream: redis)
                }
                func run(from: String?) async throws -> FaultReport? {
                    let link = LinkFaultSpec(target: .redis, from: from, effect: .toxic(.latency(.milliseconds(5))))
                    let position = SourcePosition(line: 1, column: 1)
                    let timeline = FaultTimeline(
                        faults: [
                            FaultSpec(at: .zero, lasting: .milliseconds(10), kind: .link(link), position: position)
                        ],
                        endpoints: FaultEndpoints(proxyURL: proxy.server.url, paymentURL: nil),
                        seed: 1,
                        logger: Self.logger,
                        onChange: { _ in }
                    )
                    return await timeline.run(from: .now).first
                }
                let one = try #require(try await run(from: "order"))
                #expect(one.description == "redis latency 5ms from order")
                #expect(one.reverted)
                #expect(try await proxy.records().map(\.proxy) == ["order-redis"])
                _ = try await run(from: nil)
                #expect(try await proxy.records().map(\.proxy) == ["order-redis", "catalog-redis", "order-redis"])
                let none = try #require(try await run(from: "payment"))
                #expect(none.error?.contains("there is no proxy payment-redis in this environment; it has") == true)
            }
        }
    }

    @Test("a latency that grows is small at first and whole at the end of its ramp")
    func ramp() async throws {
        try await TestRedis.with { redis in
            try await TestProxy.with { proxy in
                _ = try await proxy.create("redis", upstream: redis)
                let link = LinkFaultSpec(target: .redis, effect: .toxic(.latency(.milliseconds(40))))
                let timeline = FaultTimeline(
                    faults: [
                        FaultSpec(
                            at: .zero,
                            lasting: .seconds(300),
                            ramp: .milliseconds(1_000),
                            kind: .link(link),
                            position: SourcePosition(line: 1, column: 1)
                        )
                    ],
                    endpoints: FaultEndpoints(proxyURL: proxy.server.url, paymentURL: nil),
                    seed: 1,
                    logger: Self.logger,
                    onChange: { _ in }
                )
                let run = Task { await timeline.run(from: .now) }
                for latency in ["0", "20", "40"] {
                    let isReached = try await eventually {
                        try await proxy.call(.GET, "/proxies/redis/toxics").text.contains(#""latency":\#(latency)"#)
                    }
                    #expect(isReached, "\(latency)")
                }
                await timeline.stop()
                #expect(await run.value.first?.reverted == true)
            }
        }
    }

    @Test("what comes every so often is a fault each time, and early or late by the seed")
    func occurrences() {
        let fault = FaultSpec(
            at: .seconds(1),
            lasting: .seconds(1),
            repetition: .init(every: .seconds(5), jitter: .seconds(1), until: .seconds(16)),
            kind: .process(ProcessFaultSpec(action: .kill, process: "order")),
            position: SourcePosition(line: 1, column: 1)
        )
        let times = FaultSpec.occurrences(of: [fault], seed: 3).map(\.at)
        #expect(times.count == 4)
        #expect(times[0] == .seconds(1))
        for (time, due) in zip(times, [1, 6, 11, 16]) { #expect(abs((time - .seconds(due)) / .seconds(1)) <= 1) }
        #expect(FaultSpec.occurrences(of: [fault], seed: 3).map(\.at) == times)
        #expect(FaultSpec.occurrences(of: [fault], seed: 4).map(\.at) != times)
    }
}
