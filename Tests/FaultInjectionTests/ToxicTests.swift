import CLinux
import Foundation
import MySQLClient
import NIOHTTP1
import Testing

@testable import FaultInjection

@Suite("Each toxic on real traffic", .timeLimit(.minutes(4)))
struct ToxicTests {
    private static let ping = Array("PING\r\n".utf8)
    private static let pong = Array("+PONG\r\n".utf8)

    private static func onRedis(_ body: @escaping @Sendable (TestProxy, String) async throws -> Void) async throws {
        try await TestRedis.with { address in
            try await TestProxy.with { proxy in
                try await body(proxy, try await proxy.create(upstream: address))
            }
        }
    }

    @Test("bandwidth: 20 KB at 100 KB/s take 200 ms, and arrive whole")
    func bandwidth() async throws {
        try await Self.onRedis { proxy, listen in
            try await proxy.add("bandwidth", #"{"rate": 100}"#)
            try await onThread {
                let client = try TCPSocket(to: listen)
                let value = String(repeating: "x", count: 20_000)
                try client.write(Array("*2\r\n$4\r\nECHO\r\n$20000\r\n\(value)\r\n".utf8))
                let start = monotonicNow()
                let reply = try client.read(exactly: 20_010)
                #expect(reply.count == 20_010)
                #expect(monotonicNow() - start >= 150_000_000)
            }
        }
    }

    @Test("bandwidth that is taken away lets go at once of what it would have kept for minutes")
    func bandwidthRemoved() async throws {
        try await Self.onRedis { proxy, listen in
            try await proxy.add("bandwidth", #"{"rate": 1}"#)
            let client = try TCPSocket(to: listen)
            let value = String(repeating: "x", count: 60_000)
            try client.write(Array("*2\r\n$4\r\nECHO\r\n$60000\r\n\(value)\r\n".utf8))
            #expect(try await eventually { try await proxy.records().first?.bytes == 60_010 })
            try await proxy.removeToxic()
            #expect(try await onThread { try client.read(exactly: 60_010).count } == 60_010)
        }
    }

    @Test("slicer: a reply arrives in slices of the size asked for")
    func slicer() async throws {
        try await Self.onRedis { proxy, listen in
            try await proxy.add("slicer", #"{"average_size": 2, "size_variation": 1, "delay": 20000}"#)
            try await onThread {
                let client = try TCPSocket(to: listen)
                try client.write(Self.ping)
                var sizes: [Int] = []
                while sizes.reduce(0, +) < Self.pong.count {
                    sizes.append(try client.read().count)
                }
                #expect(sizes.count >= 3)
                #expect(sizes.allSatisfy { $0 <= 3 }, "\(sizes)")
            }
        }
    }

    @Test("limit_data: so many bytes of replies are delivered, then the connection is closed")
    func limitData() async throws {
        try await Self.onRedis { proxy, listen in
            try await proxy.add("limit_data", #"{"bytes": 10}"#)
            try await onThread {
                let client = try TCPSocket(to: listen)
                try client.write(Self.ping + Self.ping)
                #expect(try client.read(exactly: 10) == Array((Self.pong + Self.pong).prefix(10)))
                #expect(try client.read().isEmpty)
            }
        }
    }

    @Test("timeout: nothing gets through, bytes do not put the end off, and then the connection is closed")
    func timeout() async throws {
        try await Self.onRedis { proxy, listen in
            try await proxy.add("timeout", #"{"timeout": 300}"#)
            try await onThread {
                let client = try TCPSocket(to: listen)
                let start = monotonicNow()
                // One every 30 ms for as long as it lasts: with Toxiproxy it would last for ever.
                while (try? client.write(Self.ping)) != nil {
                    #expect(monotonicNow() - start < 10_000_000_000)
                    usleep(30_000)
                }
                #expect(monotonicNow() - start >= 300_000_000)
            }
        }
    }

    @Test("timeout 0 holds on to the connection, and ends it when it is removed, for bytes are lost")
    func timeoutForEver() async throws {
        try await Self.onRedis { proxy, listen in
            try await proxy.add("timeout", #"{"timeout": 0}"#)
            let client = try TCPSocket(to: listen)
            try client.write(Self.ping)
            #expect(try await eventually { try await proxy.records().first?.applied == 1 })
            try await proxy.removeToxic()
            #expect(try await onThread { try client.read() }.isEmpty)
        }
    }

    @Test("reset_peer: a connection that is open and idle gets a real RST, and is counted")
    func resetPeer() async throws {
        try await Self.onRedis { proxy, listen in
            let client = try TCPSocket(to: listen)
            try client.write(Self.ping)
            _ = try await onThread { try client.read(exactly: 7) }
            try await proxy.add("reset_peer", #"{"timeout": 20}"#)
            let error = try await onThread { () -> Int32 in
                var byte: UInt8 = 0
                return recv(client.descriptor, &byte, 1, 0) < 0 ? errno : 0
            }
            #expect(error == ECONNRESET)
            #expect(try await proxy.records().first?.counters.appliedConnections == 1)
        }
    }

    @Test("slow_close: the client's end is passed on late, the bytes before it are not")
    func slowClose() async throws {
        let echo = try TestServer.echo()
        try await TestProxy.with { proxy in
            let listen = try await proxy.create(upstream: echo.address)
            try await proxy.add("slow_close", #"{"delay": 200}"#)
            try await onThread {
                let client = try TCPSocket(to: listen)
                let start = monotonicNow()
                try client.write([1])
                #expect(try client.read(exactly: 1) == [1])
                client.endWriting()
                #expect(try client.read().isEmpty)
                #expect(monotonicNow() - start >= 200_000_000)
            }
        }
    }

    @Test("down: a disabled proxy refuses, and Redis is reachable again once it is enabled")
    func down() async throws {
        try await Self.onRedis { proxy, listen in
            _ = try await proxy.call(.POST, "/proxies/p", #"{"enabled": false}"#)
            #expect(throws: TCPSocket.Failure.self) { try TCPSocket(to: listen) }
            _ = try await proxy.call(.POST, "/reset")
            let client = try TCPSocket(to: listen)
            try client.write(Self.ping)
            #expect(try await onThread { try client.read(exactly: 7) } == Self.pong)
        }
    }

    @Test("each toxic shows its effect on MySQL, and MySQL answers again once it is gone")
    func mysql() async throws {
        try await ProxiedMySQL.with { mysql in
            let query = { @Sendable () async throws -> Int in
                try await mysql.client.query("SELECT REPEAT('x', 20000) AS x")[0].string("x").count
            }
            let slows = [
                ("latency", #"{"latency": 100}"#), ("bandwidth", #"{"rate": 200}"#),
                ("slicer", #"{"average_size": 5000, "delay": 20000}"#),
            ]
            for (type, attributes) in slows {
                try await mysql.proxy.add(type, attributes)
                let start = ContinuousClock.now
                #expect(try await query() == 20_000)
                #expect(ContinuousClock.now - start >= .milliseconds(60), "\(type)")
                try await mysql.proxy.removeToxic()
            }
            let fatal = [
                ("timeout", #"{"timeout": 100}"#), ("reset_peer", #"{"timeout": 0}"#),
                ("limit_data", #"{"bytes": 10}"#),
            ]
            for (type, attributes) in fatal {
                try await mysql.proxy.add(type, attributes)
                await #expect(throws: (any Error).self, "\(type)") { try await query() }
                try await mysql.proxy.removeToxic()
                #expect(try await eventually { (try? await query()) == 20_000 }, "\(type)")
            }
        }
    }
}
