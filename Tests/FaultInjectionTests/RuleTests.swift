import CLinux
import Foundation
import MySQLClient
import NIOHTTP1
import Testing

@testable import FaultInjection

@Suite("Each rule on real traffic", .timeLimit(.minutes(4)))
struct RuleTests {
    private static let pong = Array("+PONG\r\n".utf8)

    /// What a test works with: a client through the proxy, one past it, and the proxy.
    struct Bench: Sendable {
        let proxy: TestProxy
        let listen: String
        let client: TCPSocket
        let direct: TCPSocket

        func reconnected() throws -> TCPSocket { try TCPSocket(to: listen) }
    }

    private static func onRedis(_ body: @escaping @Sendable (Bench) async throws -> Void) async throws {
        try await TestRedis.with { address in
            try await TestProxy.with { proxy in
                let listen = try await proxy.create(upstream: address, speaking: .redis)
                let client = try TCPSocket(to: listen)
                #expect(try await ask(client, "PING") == "+PONG\r\n")
                let direct = try TCPSocket(to: address)
                try await body(Bench(proxy: proxy, listen: listen, client: client, direct: direct))
            }
        }
    }

    private static func ask(_ socket: TCPSocket, _ command: String) async throws -> String {
        try await onThread {
            let words = command.split(separator: " ")
            let bulk = words.map { "$\($0.utf8.count)\r\n\($0)\r\n" }.joined()
            try socket.write(Array("*\(words.count)\r\n\(bulk)".utf8))
            return String(decoding: try socket.read(), as: UTF8.self)
        }
    }

    @Test("executed, but the reply is lost: dropped, the caller waits until the lease ends; reset, it gets a RST")
    func lostReply() async throws {
        try await Self.onRedis { bench in
            let lost = #""match": {"command": "EVAL", "key": "n"}, "where": "reply""#
            let script = "EVAL return(redis.call('incr',KEYS[1])) 1 n"
            let start = monotonicNow()
            try await bench.proxy.rule(#""name": "drop", \#(lost), "act": "drop", "leaseSeconds": 3"#)
            // The lease closes the connection, on which no later reply can be taken for the lost one.
            #expect(try await Self.ask(bench.client, script) == "")
            #expect(monotonicNow() - start >= 3_000_000_000)
            #expect(try await Self.ask(bench.direct, "GET n") == "$1\r\n1\r\n")
            try await bench.proxy.rule(#""name": "reset", \#(lost), "act": "reset""#)
            let second = try bench.reconnected()
            let failure = await #expect(throws: TCPSocket.Failure.self) { try await Self.ask(second, script) }
            #expect(failure?.description.contains("reset by peer") == true)
            #expect(try await Self.ask(bench.direct, "GET n") == "$1\r\n2\r\n")
            let records = try await bench.proxy.rules()
            #expect(records.map(\.matched) == [1, 1] && records.map(\.applied) == [1, 1])
            #expect(records.map(\.active) == [false, true])
            #expect(try await bench.proxy.call(.DELETE, "/chaos/v1/proxies/p/rules/reset").status == 204)
            #expect(try await Self.ask(try bench.reconnected(), script) == ":3\r\n")
        }
    }

    @Test("error, drop and blackhole of a request: Redis never sees it")
    func lostRequest() async throws {
        try await Self.onRedis { bench in
            try await bench.proxy.rule(#""name": "e", "match": {"key": "a"}, "act": {"error": "BUSY no"}"#)
            #expect(try await Self.ask(bench.client, "INCR a") == "-BUSY no\r\n")
            for act in ["drop", "blackhole"] {
                let client = try bench.reconnected()
                try await bench.proxy.rule(#""name": "x", "match": {"key": "b"}, "act": "\#(act)""#)
                try client.write(Array("PING\r\nINCR b\r\nINCR c\r\n".utf8))
                #expect(try await onThread { try client.read(exactly: 7) } == Self.pong)
                #expect(try await eventually { try await bench.proxy.rules().last?.applied == 1 })
                #expect(try await bench.proxy.call(.DELETE, "/chaos/v1/proxies/p/rules/x").status == 204)
                #expect(try await onThread { try client.read() }.isEmpty)
            }
            #expect(try await Self.ask(bench.direct, "EXISTS a b c") == ":0\r\n")
        }
    }

    @Test("blackhole of a reply is a one-way loss: what follows is carried out, and not answered")
    func oneWay() async throws {
        try await Self.onRedis { bench in
            try await bench.proxy.rule(#""match": {"key": "a"}, "where": "reply", "act": "blackhole""#)
            try bench.client.write(Array("INCR a\r\n".utf8))
            #expect(try await eventually { try await bench.proxy.rules().last?.applied == 1 })
            try bench.client.write(Array("INCR b\r\n".utf8))
            #expect(try await eventually { try await Self.ask(bench.direct, "EXISTS a b") == ":2\r\n" })
            // Its end closes a connection that has lost bytes, so that what comes before that is all there ever was.
            #expect(try await bench.proxy.call(.POST, "/reset").status == 204)
            #expect(try await onThread { try bench.client.read() }.isEmpty)
        }
    }

    @Test("duplicate: Redis carries it out twice, and the caller gets the first reply")
    func duplicate() async throws {
        try await Self.onRedis { bench in
            try await bench.proxy.rule(#""match": {"command": "INCR"}, "when": "once", "act": "duplicate""#)
            #expect(try await Self.ask(bench.client, "INCR a") == ":1\r\n")
            #expect(try await Self.ask(bench.client, "INCR a") == ":3\r\n")
        }
    }

    @Test("delay and throttle keep a message back, slice cuts it, corrupt changes it, and others are left alone")
    func shapes() async throws {
        try await Self.onRedis { bench in
            let value = String(repeating: "v", count: 20_000)
            _ = try await onThread {
                try bench.direct.write(Array("*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$20000\r\n\(value)\r\n".utf8))
                return try bench.direct.read()
            }
            let expected = Array("$20000\r\n\(value)\r\n".utf8)
            let acts: [(act: String, atLeast: UInt64)] = [
                (#"{"delay": 80}"#, 80_000_000),
                (#"{"delay": {"distribution": "uniform", "minMs": 60, "maxMs": 90}}"#, 60_000_000),
                (#"{"throttle": 200}"#, 90_000_000),
                (#"{"slice": {"average_size": 5000, "delay": 20000}}"#, 60_000_000), (#""corrupt""#, 0),
            ]
            for (act, atLeast) in acts {
                try await bench.proxy.rule(
                    #""name": "x", "match": {"command": "get"}, "where": "reply", "act": \#(act)"#
                )
                try await onThread {
                    let start = monotonicNow()
                    try bench.client.write(Array("GET k\r\n".utf8))
                    let reply = try bench.client.read(exactly: expected.count)
                    let differing = zip(reply, expected).count { $0 != $1 }
                    #expect(differing == (act.contains("corrupt") ? 1 : 0), "\(act)")
                    #expect(monotonicNow() - start >= atLeast, "\(act)")
                }
                #expect(try await bench.proxy.call(.DELETE, "/chaos/v1/proxies/p/rules/x").status == 204)
                #expect(try await Self.ask(bench.client, "PING") == "+PONG\r\n")
            }
            let records = try await bench.proxy.rules()
            #expect(records.allSatisfy { $0.matched == 1 && $0.applied == 1 && !$0.active })
        }
    }

    @Test(
        "what a rule holds back goes when it is deleted, and no later than if it came then; another rule's delay stays"
    )
    func release() async throws {
        try await Self.onRedis { bench in
            try await bench.proxy.rule(#""name": "long", "match": {"key": "a"}, "act": {"delay": 600000}"#)
            try await bench.proxy.rule(#""name": "short", "match": {"key": "b"}, "act": {"delay": 2000}"#)
            let other = try bench.reconnected()
            let start = monotonicNow()
            try bench.client.write(Array("INCR a\r\n".utf8))
            try other.write(Array("INCR b\r\n".utf8))
            #expect(try await eventually { try await bench.proxy.rules().map(\.applied) == [1, 1] })
            #expect(try await bench.proxy.call(.DELETE, "/chaos/v1/proxies/p/rules/long").status == 204)
            #expect(try await onThread { try other.read(exactly: 4) } == Array(":1\r\n".utf8))
            #expect(monotonicNow() - start >= 2_000_000_000)
            #expect(try await onThread { try bench.client.read(exactly: 4) } == Array(":1\r\n".utf8))
            #expect(try await bench.proxy.rules().map(\.active) == [false, true])
        }
    }

    @Test("down for a while: refused, counted, and back by itself")
    func outages() async throws {
        try await Self.onRedis { bench in
            let down = try await bench.proxy.call(.POST, "/chaos/v1/proxies/p/down", #"{"leaseSeconds": 3}"#)
            #expect(down.status == 200)
            #expect(down["matched"] == .integer(1))
            #expect(try await onThread { try bench.client.read() }.isEmpty)
            #expect(throws: TCPSocket.Failure.self) { try bench.reconnected() }
            #expect(
                try await bench.proxy.call(.POST, "/chaos/v1/proxies/p/down", #"{"leaseSeconds": 1}"#).status == 409
            )
            #expect(try await eventually { (try? bench.reconnected()) != nil })
            #expect(try await bench.proxy.rules().map(\.active) == [false])
            #expect(try await bench.proxy.call(.DELETE, "/chaos/v1/proxies/p/down").status == 404)
        }
    }

    @Test("an outage that cannot end because its port is taken ends once the port is free")
    func portTaken() async throws {
        try await Self.onRedis { bench in
            let down = try await bench.proxy.call(.POST, "/chaos/v1/proxies/p/down", #"{"leaseSeconds": 3}"#)
            #expect(down.status == 200)
            let other = #"{"name": "q", "listen": "\#(bench.listen)", "upstream": "127.0.0.1:1"}"#
            #expect(try await bench.proxy.call(.POST, "/proxies", other).status == 201)
            for (path, body) in [("/reset", nil), ("/proxies/p", #"{"enabled": true}"#)] {
                #expect(try await bench.proxy.call(.POST, path, body).status == 500)
                #expect(try await bench.proxy.rules().map(\.active) == [true])
            }
            #expect(try await bench.proxy.call(.DELETE, "/proxies/q").status == 204)
            #expect(try await eventually { try await bench.proxy.rules().map(\.active) == [false] })
            #expect(try await Self.ask(try bench.reconnected(), "PING") == "+PONG\r\n")
        }
    }

    @Test("a client that sends garbage, half a command, or never reads, leaves the proxy well")
    func hostile() async throws {
        try await Self.onRedis { bench in
            try await bench.proxy.rule(#""match": {"command": "GET"}, "act": {"error": "NO"}"#)
            let garbage = try bench.reconnected()
            try garbage.write([0x2A, 0xFF, 0x00, 0x0A])
            #expect(try await eventually { try await bench.proxy.rules().last?.unseen == ["not RESP": 1] })
            let half = try bench.reconnected()
            try half.write(Array("*2\r\n$3\r\nGET\r\n$100\r\nabc".utf8))
            half.endWriting()
            #expect(try await onThread { try half.read() }.isEmpty)
            let deaf = try bench.reconnected()
            try await onThread {
                let gets = Array(String(repeating: "GET k\r\n", count: 10_000).utf8)
                var limit = timeval(tv_sec: 0, tv_usec: 300_000)
                setsockopt(deaf.descriptor, SOL_SOCKET, SO_SNDTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
                #expect(throws: TCPSocket.Failure.self) {
                    for _ in 0..<4_096 {
                        try deaf.write(gets)
                    }
                }
            }
            #expect(try await Self.ask(bench.client, "PING") == "+PONG\r\n")
            #expect(try await bench.proxy.call(.DELETE, "/proxies/p").status == 204)
        }
    }

    @Test("MySQL: a COMMIT that took effect unheard, an error that is told, a duplicate that the key refuses")
    func mysql() async throws {
        try await ProxiedMySQL.with(speaking: .mysql) { mysql in
            let proxy = mysql.proxy
            let insert = { @Sendable (id: Int) async throws in
                _ = try await mysql.client.execute("INSERT INTO seats VALUES (\(id), 'a')")
            }
            try await insert(1)
            let isBlind = try await proxy.call(.GET, "/proxies/p")["unfollowed"]
            #expect(isBlind == .object([:]))
            try await proxy.rule(
                #""name": "lost", "match": {"table": "seats"}, "where": "reply", "act": "reset", "when": "once""#
            )
            await #expect(throws: (any Error).self) { try await insert(2) }
            #expect(try await mysql.seats() == 2)
            try await proxy.rule(
                #""name": "error", "match": {"statement": "INSERT"}, "act": {"error": 1213}, "when": "once""#
            )
            await #expect(throws: (any Error).self) { try await insert(3) }
            #expect(try await mysql.seats() == 2)
            try await proxy.rule(
                #""name": "twice", "match": {"statement": "INSERT"}, "act": "duplicate", "when": "once""#
            )
            try await insert(4)
            try await insert(5)
            #expect(try await mysql.seats() == 4)
            let records = try await proxy.rules()
            #expect(records.map(\.applied) == [1, 1, 1])
        }
    }
}
