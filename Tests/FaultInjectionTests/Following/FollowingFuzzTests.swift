import Foundation
import Testing

@testable import FaultInjection

/// Streams of each protocol, and damaged ones: however they are split, the outcome is that of the whole.
@Suite("Streams that are split and damaged")
struct FollowingFuzzTests {
    private typealias Steps = [(stream: FaultInjection.Stream, bytes: [UInt8])]

    private struct Outcome: Equatable {
        var up: [UInt8]
        var down: [UInt8]
        var matched: [UInt64]
        var applied: [UInt64]
        var unfollowed: [String: UInt64]
        /// The connection is closed.
        var isCut: Bool

        /// Of a connection that is closed in the middle of a message, how much of it has passed is a matter of chunks.
        func isSame(as other: Outcome) -> Bool {
            guard isCut, other.isCut else { return self == other }
            var (mine, theirs) = (self, other)
            let isBeginning = up.starts(with: other.up) || other.up.starts(with: up)
            mine.down = []
            theirs.down = []
            mine.up = []
            theirs.up = []
            return isBeginning && (down.starts(with: other.down) || other.down.starts(with: down)) && mine == theirs
        }
    }

    private static let rules: [String] = [
        #""name": "a", "when": {"probability": 0.1}, "where": "reply", "act": {"throttle": 1000}, "seed": 3"#,
        #""name": "b", "when": {"probability": 0.1}, "act": "corrupt", "seed": 4"#,
        #""name": "c", "when": {"probability": 0.1}, "act": {"slice": {"average_size": 3}}, "seed": 5"#,
        #""name": "d", "when": {"nth": 7}, "where": "reply", "act": "drop""#,
        #""name": "e", "when": {"nth": 5}, "act": "duplicate""#,
    ]

    /// A few in each run of the tests; `FUZZ_STREAMS=100000` for the long form.
    private static let streams = ProcessInfo.processInfo.environment["FUZZ_STREAMS"].flatMap { UInt64($0) } ?? 60

    @Test("the same bytes pass, and the same is counted", arguments: ProxiedProtocol.allCases)
    func splits(spoken: ProxiedProtocol) throws {
        for seed in UInt64(0)..<Self.streams {
            let steps = Self.steps(spoken, seed: seed)
            let whole = try Self.outcome(spoken, steps, splitSeed: nil)
            let split = try Self.outcome(spoken, steps, splitSeed: seed)
            let isSame = whole.isSame(as: split)
            #expect(isSame, "seed \(seed)")
            guard isSame else { return }
        }
    }

    @Test("bytes that no rule means pass unchanged, whatever they are", arguments: ProxiedProtocol.allCases)
    func transparency(spoken: ProxiedProtocol) throws {
        for seed in UInt64(0)..<Self.streams {
            var random = SplitMix64(seed: seed, 9)
            let talk = try Talk(spoken, splitSeed: seed)
            if seed % 2 == 0 {
                try talk.rule(#""match": {"connection": 2}, "act": "drop""#)
            }
            var expected: (up: [UInt8], down: [UInt8]) = ([], [])
            let noise: Steps = (0..<6).map { _ in
                (
                    random.next() % 2 == 0 ? .upstream : .downstream,
                    (0..<40).map { _ in UInt8(truncatingIfNeeded: random.next()) }
                )
            }
            for step in (seed % 3 == 0 ? noise : Self.steps(spoken, seed: seed)) {
                talk.feed(step.stream, step.bytes)
                if step.stream == .upstream {
                    expected.up += step.bytes
                } else {
                    expected.down += step.bytes
                }
            }
            talk.end()
            let passes = talk.up == expected.up && talk.down == expected.down
            #expect(passes, "seed \(seed)")
        }
    }

    private static func outcome(_ spoken: ProxiedProtocol, _ steps: Steps, splitSeed: UInt64?) throws -> Outcome {
        let talk = try Talk(spoken, splitSeed: splitSeed)
        let records = try rules.map { try talk.rule($0) }
        for step in steps {
            talk.feed(step.stream, step.bytes)
        }
        talk.end()
        return Outcome(
            up: talk.up,
            down: talk.down,
            matched: records.map(\.matched),
            applied: records.map(\.applied),
            unfollowed: talk.proxy.unfollowed,
            isCut: talk.conversation.cut != nil
        )
    }

    /// Requests and their replies, pipelined at will; in two of three, a byte is wrong somewhere.
    private static func steps(_ spoken: ProxiedProtocol, seed: UInt64) -> Steps {
        var random = SplitMix64(seed: seed, seedPart(spoken.rawValue))
        var steps: Steps = spoken == .mysql ? mysqlHandshake : []
        let exchanges = exchanges(spoken)
        for number in 0..<8 {
            var up: [UInt8] = []
            var down: [UInt8] = []
            for copy in 0..<Int.random(in: 1...3, using: &random) {
                guard let (request, reply) = exchanges.randomElement(using: &random) else { continue }
                up += numbered(request, spoken, number * 3 + copy)
                down += numbered(reply, spoken, number * 3 + copy)
            }
            steps += [(.upstream, up), (.downstream, down)]
        }
        if seed % 3 != 0 {
            let step = Int.random(in: 0..<steps.count, using: &random)
            let byte = Int.random(in: 0..<steps[step].bytes.count, using: &random)
            steps[step].bytes[byte] = UInt8(truncatingIfNeeded: random.next())
        }
        return steps
    }

    /// Kafka's messages carry their number behind the length, or behind length, API and version.
    private static func numbered(_ bytes: [UInt8], _ spoken: ProxiedProtocol, _ number: Int) -> [UInt8] {
        guard spoken == .kafka else { return bytes }
        var bytes = bytes
        bytes[bytes[4] == 0xEE ? 7 : 11] = UInt8(number)
        if bytes[4] == 0xEE {
            bytes[4] = 0
        }
        return bytes
    }

    private static func exchanges(_ spoken: ProxiedProtocol) -> [(request: [UInt8], reply: [UInt8])] {
        func bytes(_ pairs: [(String, String)]) -> [(request: [UInt8], reply: [UInt8])] {
            pairs.map { (Array($0.utf8), Array($1.utf8)) }
        }
        switch spoken {
        case .redis:
            return bytes([
                ("PING\r\n", "+PONG\r\n"), ("*2\r\n$3\r\nGET\r\n$1\r\nk\r\n", "$5\r\nva\r\nl\r\n"),
                ("*1\r\n$5\r\nMULTI\r\n", "+OK\r\n"), ("*1\r\n$4\r\nEXEC\r\n", "*2\r\n:1\r\n*2\r\n$-1\r\n-no\r\n"),
                ("\r\n*3\r\n$3\r\nSET\r\n$0\r\n\r\n$2\r\n\r\n\r\n", "+OK\r\n"),
                ("*2\r\n$7\r\nHGETALL\r\n$1\r\nh\r\n", ">1\r\n+x\r\n|1\r\n+a\r\n:1\r\n%1\r\n+a\r\n#t\r\n"),
                (
                    "*2\r\n$4\r\nECHO\r\n$5000\r\n\(String(repeating: "y", count: 5_000))\r\n",
                    "$5000\r\n\(String(repeating: "y", count: 5_000))\r\n"
                ),
            ])
        case .http:
            return bytes([
                ("GET / HTTP/1.1\r\nHost: a\r\n\r\n", "HTTP/1.1 204 No Content\r\n\r\n"),
                (
                    "POST /a HTTP/1.1\r\nContent-Length: 3\r\n\r\nabc",
                    "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx"
                ),
                (
                    "PUT /b HTTP/1.1\r\ntransfer-encoding: chunked\r\n\r\n2\r\nab\r\n0\r\n\r\n",
                    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nz\r\n0\r\nX: y\r\n\r\n"
                ),
                ("HEAD / HTTP/1.0\n\n", "HTTP/1.1 304 Not Modified\r\nContent-Length: 9\r\n\r\n"),
            ])
        case .mysql:
            let ok: [UInt8] = [7, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0]
            return [
                ([7, 0, 0, 0, 3] + Array("COMMIT".utf8), ok), ([1, 0, 0, 0, 14], ok),
                (
                    [9, 0, 0, 0, 3] + Array("SELECT 1".utf8),
                    [
                        1, 0, 0, 1, 1, 2, 0, 0, 2, 3, 3, 5, 0, 0, 3, 0xFE, 0, 0, 2, 0, 2, 0, 0, 4, 1, 65, 5, 0, 0, 5,
                        0xFE, 0, 0, 2, 0,
                    ]
                ),
                (
                    [9, 0, 0, 0, 0x16] + Array("SELECT ?".utf8),
                    [12, 0, 0, 1, 0, 1, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 2, 3, 5, 0, 0, 3, 0xFE, 0, 0, 2, 0]
                ),
                ([10, 0, 0, 0, 0x17, 1, 0, 0, 0, 0, 1, 0, 0, 0], ok),
            ]
        case .kafka:
            let fetch: [UInt8] = [0, 0, 0, 30, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0] + [UInt8](repeating: 1, count: 20)
            // Version 7 for all acknowledgements, and longer than what is kept of it.
            let produce: [UInt8] =
                [0, 0, 0x27, 0x10, 0, 0, 0, 7, 0, 0, 0, 0] + [UInt8](repeating: 0xFF, count: 6)
                + [UInt8](repeating: 0, count: 9_986)
            return [
                (produce, [0, 0, 0, 6, 0xEE, 0, 0, 0, 7, 7]), (fetch, [0, 0, 0, 9, 0xEE, 0, 0, 0, 1, 2, 3, 4, 5]),
                ([0, 0, 0, 11, 0, 3, 0, 0, 0, 0, 0, 0, 0, 1, 65], [0, 0, 0, 8, 0xEE, 0, 0, 0, 0, 0, 0, 0]),
                ([0, 0, 0, 10, 0, 12, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF], [0, 0, 0, 4, 0xEE, 0, 0, 0]),
            ]
        }
    }

    private static let mysqlHandshake: Steps = [
        (
            .downstream,
            [51, 0, 0, 0, 10, 49, 0] + [UInt8](repeating: 1, count: 13) + [0xFF, 0xF7, 8, 2, 0, 0xFF, 0xC1, 21]
                + [UInt8](repeating: 0, count: 10) + [UInt8](repeating: 2, count: 16)
        ), (.upstream, [36, 0, 0, 1, 0x01, 0x02, 0, 0] + [UInt8](repeating: 0, count: 32)),
        (.downstream, [7, 0, 0, 2, 0, 0, 0, 2, 0, 0, 0]),
    ]
}
