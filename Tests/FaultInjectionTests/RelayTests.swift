import CLinux
import Foundation
import NIOHTTP1
import Testing

@testable import FaultInjection

@Suite("The relay", .timeLimit(.minutes(4)))
struct RelayTests {
    @Test("bytes arrive intact and in order, whatever the sizes, toxics, and the reader's pace")
    func bytesIntact() async throws {
        for seed in UInt64(0)..<6 {
            try await TestProxy.with(seed: seed, lineCapacity: 16 * 1_024) { proxy in
                let echo = try TestServer.echo()
                let listen = try await proxy.create(upstream: echo.address)
                if seed % 3 == 1 {
                    try await proxy.addLatency(3, jitter: 3)
                }
                if seed % 3 == 2 {
                    try await proxy.addLatency(2, jitter: 2, stream: "upstream", name: "up")
                    try await proxy.addLatency(1, toxicity: 0.5, name: "half")
                }
                var random = SplitMix64(seed: seed)
                let bytes = (0..<300_000).map { _ in UInt8(truncatingIfNeeded: random.next()) }
                let received = try await Self.exchange(listen, bytes, seed: seed)
                // Not in the macro, which would print 300,000 bytes twice.
                let isIntact = received == bytes
                #expect(isIntact, "seed \(seed): \(received.count) bytes came")
            }
        }
    }

    /// Writes in random pieces on one thread, reads in random pieces with pauses on another.
    private static func exchange(_ listen: String, _ bytes: [UInt8], seed: UInt64) async throws -> [UInt8] {
        let client = try TCPSocket(to: listen)
        async let reading = onThread {
            var random = SplitMix64(seed: seed, 1)
            var received: [UInt8] = []
            while true {
                let piece = try client.read(Int.random(in: 1...9_000, using: &random))
                guard !piece.isEmpty else { return received }
                received += piece
                if random.next() % 16 == 0 {
                    usleep(1_000)
                }
            }
        }
        try await onThread {
            var random = SplitMix64(seed: seed, 2)
            var sent = 0
            while sent < bytes.count {
                let size = min(bytes.count - sent, Int.random(in: 1...20_000, using: &random))
                try client.write(Array(bytes[sent..<(sent + size)]))
                sent += size
            }
            // The echo ends when its client does: both half-closes must get through.
            client.endWriting()
        }
        return try await reading
    }

    @Test("latency holds back each reply by at least what was asked, and is counted")
    func latency() async throws {
        let echo = try TestServer.echo()
        try await TestProxy.with { proxy in
            let listen = try await proxy.create(upstream: echo.address)
            try await proxy.addLatency(40)
            try await onThread {
                let client = try TCPSocket(to: listen)
                for byte in UInt8(0)..<5 {
                    let start = monotonicNow()
                    try client.write([byte])
                    #expect(try client.read(exactly: 1) == [byte])
                    #expect(monotonicNow() - start >= 40_000_000)
                }
            }
            let record = try #require(try await proxy.records().first)
            #expect(record.matched == 5)
            #expect(record.applied == 5)
            #expect(record.bytes == 5)
            #expect(record.counters.matchedConnections == 1)
        }
    }

    @Test("jitter stays within latency ± jitter, and zero latency delays nothing")
    func jitterRange() throws {
        let attributes = AttributeReader(
            type: "latency",
            attributes: ["latency": .integer(50), "jitter": .integer(20)]
        )
        let toxic = try LatencyToxic(attributes: attributes)
        var random = SplitMix64(seed: 7)
        let delays = (0..<10_000).map { _ in toxic.delay(random: &random) }
        #expect(delays.allSatisfy { (30_000_000...70_000_000).contains($0) })
        #expect((delays.min() ?? 0) < 31_000_000 && (delays.max() ?? 0) > 69_000_000)
        let nothing = try LatencyToxic(attributes: AttributeReader(type: "latency", attributes: [:]))
        #expect(nothing.delay(random: &random) == 0)
    }

    @Test("pipelined commands share the delay: several chunks are on their way at once")
    func pipelining() async throws {
        let echo = try TestServer.echo()
        try await TestProxy.with { proxy in
            let listen = try await proxy.create(upstream: echo.address)
            // One after the other, 100 chunks would take 200 s, and the socket's limit of 20 s would end the test.
            try await proxy.addLatency(2_000)
            try await onThread {
                let client = try TCPSocket(to: listen)
                for byte in UInt8(0)..<100 {
                    try client.write([byte])
                    usleep(1_000)
                }
                #expect(try client.read(exactly: 100) == Array(0..<100))
            }
            let record = try #require(try await proxy.records().first)
            #expect(record.applied > 10, "the replies did not come as chunks of their own")
        }
    }

    @Test("a toxic that is removed releases at once what it held back, on open connections too")
    func liveRemoval() async throws {
        let echo = try TestServer.echo()
        try await TestProxy.with { proxy in
            let listen = try await proxy.create(upstream: echo.address)
            let client = try TCPSocket(to: listen)
            try await onThread {
                try client.write([1])
                #expect(try client.read(exactly: 1) == [1])
            }
            // An hour: only the removal can end it.
            try await proxy.addLatency(3_600_000)
            try await onThread { try client.write([2]) }
            #expect(try await eventually { try await proxy.records().first?.applied == 1 })
            #expect(try await proxy.call(.DELETE, "/proxies/p/toxics/slow").status == 204)
            let late = try await onThread { try client.read(exactly: 1) }
            #expect(late == [2])
            let record = try #require(try await proxy.records().first)
            #expect(!record.active)
            #expect(record.applied == 1, "the counters outlive the toxic")
        }
    }

    @Test("a lease ends by itself")
    func lease() async throws {
        let echo = try TestServer.echo()
        try await TestProxy.with { proxy in
            let listen = try await proxy.create(upstream: echo.address)
            let body = #"{"type": "latency", "attributes": {"latency": 3600000}, "leaseSeconds": 0.2}"#
            let start = monotonicNow()
            let lease = try await proxy.call(.POST, "/chaos/v1/proxies/p/toxics", body)
            #expect(lease.status == 200)
            #expect(lease["leaseSeconds"] == .number(0.2))
            let client = try TCPSocket(to: listen)
            try await onThread {
                try client.write([1])
                #expect(try client.read(exactly: 1) == [1])
                #expect(monotonicNow() - start >= 200_000_000, "it ended before its time")
            }
            #expect(try await proxy.call(.GET, "/proxies/p/toxics").body == .array([]))
            #expect(try await proxy.records().map(\.active) == [false])
        }
    }

    @Test("toxicity hits the same connections with the same seed, about as many as asked")
    func toxicity() async throws {
        let echo = try TestServer.echo()
        var applied: [UInt64] = []
        for seed in [UInt64(5), 5] {
            let record = try await TestProxy.with(seed: seed) { proxy in
                let listen = try await proxy.create(upstream: echo.address)
                try await proxy.addLatency(1, toxicity: 0.3)
                try await onThread {
                    for _ in 0..<100 {
                        let client = try TCPSocket(to: listen)
                        try client.write([1])
                        _ = try client.read(exactly: 1)
                    }
                }
                return try #require(try await proxy.records().first)
            }
            #expect(record.counters.matchedConnections == 100)
            #expect((15...45).contains(record.counters.appliedConnections))
            applied.append(record.counters.appliedConnections)
        }
        #expect(applied[0] == applied[1])
    }

    @Test("a proxy whose upstream is down closes its clients, and the others live")
    func upstreamDown() async throws {
        let echo = try TestServer.echo()
        try await TestProxy.with { proxy in
            let listen = try await proxy.create(upstream: echo.address)
            let dead = try await proxy.create("dead", upstream: "127.0.0.1:1")
            let unknown = try await proxy.create("unknown", upstream: "no-such-host.invalid:80")
            try await onThread {
                let client = try TCPSocket(to: listen)
                for address in [dead, unknown] {
                    let refused = try TCPSocket(to: address)
                    #expect(try refused.read().isEmpty)
                    try client.write([1])
                    #expect(try client.read(exactly: 1) == [1])
                }
            }
        }
    }

    @Test("a disabled proxy refuses connections and has closed those there were; enabled it works again")
    func disabled() async throws {
        let echo = try TestServer.echo()
        try await TestProxy.with { proxy in
            let listen = try await proxy.create(upstream: echo.address)
            let client = try TCPSocket(to: listen)
            try await onThread {
                try client.write([1])
                _ = try client.read(exactly: 1)
            }
            _ = try await proxy.call(.POST, "/proxies/p", #"{"enabled": false}"#)
            #expect(try await onThread { try client.read() }.isEmpty)
            #expect(throws: TCPSocket.Failure.self) { try TCPSocket(to: listen) }
            _ = try await proxy.call(.POST, "/proxies/p", #"{"enabled": true}"#)
            try await onThread {
                let again = try TCPSocket(to: listen)
                try again.write([1])
                #expect(try again.read(exactly: 1) == [1])
            }
        }
    }

    @Test("a reset by the upstream reaches the client as a reset, after the bytes that came before it")
    func resetIsPassedOn() async throws {
        let server = try TestServer { connection in
            _ = try connection.read(exactly: 1)
            try connection.write([7])
            var abort = linger(l_onoff: 1, l_linger: 0)
            setsockopt(connection.descriptor, SOL_SOCKET, SO_LINGER, &abort, socklen_t(MemoryLayout<linger>.size))
        }
        try await TestProxy.with { proxy in
            let listen = try await proxy.create(upstream: server.address)
            try await onThread {
                let client = try TCPSocket(to: listen)
                try client.write([1])
                let failure = #expect(throws: TCPSocket.Failure.self) {
                    // The reply may come first, or be lost with the connection: as without a proxy.
                    while try !client.read().isEmpty {}
                }
                #expect(failure?.description.contains("reset by peer") == true)
            }
        }
    }

    @Test("1,000 connections at once are served, and all of them are closed again")
    func manyConnections() async throws {
        let echo = try TestServer.echo()
        try await TestProxy.with { proxy in
            let listen = try await proxy.create(upstream: echo.address)
            try await proxy.addLatency(5)
            try await onThread {
                let clients = try (0..<1_000).map { _ in try TCPSocket(to: listen) }
                for (index, client) in clients.enumerated() {
                    try client.write([UInt8(truncatingIfNeeded: index)])
                }
                for (index, client) in clients.enumerated() {
                    #expect(try client.read(exactly: 1) == [UInt8(truncatingIfNeeded: index)])
                }
            }
            #expect(try await proxy.connections() == 1_000)
            #expect(try await proxy.records().first?.counters.matchedConnections == 1_000)
        }
    }

    @Test("a peer that never reads stalls nobody else, and costs no more than its lines")
    func deadReader() async throws {
        let echo = try TestServer.echo()
        try await TestProxy.with { proxy in
            let listen = try await proxy.create(upstream: echo.address)
            let deaf = try TCPSocket(to: listen)
            // It writes until nobody takes its bytes any more: the whole path is full.
            try await onThread {
                var limit = timeval(tv_sec: 0, tv_usec: 300_000)
                setsockopt(deaf.descriptor, SOL_SOCKET, SO_SNDTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
                #expect(throws: TCPSocket.Failure.self) {
                    let piece = [UInt8](repeating: 1, count: 65_536)
                    for _ in 0..<4_096 {
                        try deaf.write(piece)
                    }
                }
            }
            try await onThread {
                let client = try TCPSocket(to: listen)
                try client.write([1, 2, 3])
                #expect(try client.read(exactly: 3) == [1, 2, 3])
            }
            // Its connection can be closed all the same.
            #expect(try await proxy.call(.DELETE, "/proxies/p").status == 204)
        }
    }
}
