import Foundation
import Testing

@testable import LoadEngine

@Suite("replies read natively")
struct ReplyParserTests {
    /// What a stream of bytes, and the end of the connection after it, comes to.
    struct Reading: Equatable {
        var error: TransportError?
        var status: Int32 = 0
        var bodyBytes: UInt64 = 0
        var body: [UInt8] = []
        var used = 0
        var keepsAlive = false
    }

    static func read(_ bytes: [UInt8], cuts: [Int] = [], isHead: Bool = false) -> Reading {
        var parser = ReplyParser(isHead: isHead)
        let exchange = UnsafeMutablePointer<Exchange>.allocate(capacity: 1)
        exchange.initialize(to: Exchange())
        exchange.pointee.keepsBody = true
        defer {
            exchange.pointee.free()
            exchange.deinitialize(count: 1)
            exchange.deallocate()
        }
        var reading = Reading()
        var start = 0
        feeding: for end in cuts + [bytes.count] {
            // An allocation of its own: the sanitizers see a read beyond the piece.
            let piece = Array(bytes[start..<end])
            switch piece.withUnsafeBufferPointer({ parser.consume($0, exchange) }) {
            case .needsMore: start = end
            case .complete(let used):
                reading.used = start + used
                reading.keepsAlive = parser.keepsAlive
                break feeding
            case .failed(let error):
                // How far it came before it failed depends on the pieces, and nobody looks at it.
                return Reading(error: error)
            }
        }
        if reading.used == 0 { reading.error = parser.end(exchange) }
        reading.status = exchange.pointee.status
        reading.bodyBytes = exchange.pointee.bodyBytes
        reading.body = Array(exchange.pointee.replyBody.bytes)
        return reading
    }

    @Test(
        "what a reply is",
        arguments: [
            ("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc", 200, "abc", true),
            ("HTTP/1.1 200 OK\r\nContent-Length: 3\r\nConnection: close\r\n\r\nabc", 200, "abc", false),
            ("HTTP/1.0 200 OK\r\nContent-Length: 3\r\n\r\nabc", 200, "abc", false),
            ("HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 1\r\n\r\na", 200, "a", true),
            ("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 201 Created\r\nContent-Length: 1\r\n\r\na", 201, "a", true),
            ("HTTP/1.1 204 No\r\nContent-Length: 9\r\n\r\n", 204, "", true),
            ("HTTP/1.1 304 Not\r\nTransfer-Encoding: chunked\r\n\r\n", 304, "", true),
            (
                "HTTP/1.1 200\r\nTransfer-Encoding: chunked\r\n\r\n2;x=y\r\nab\r\n1\r\nc\r\n0\r\nT: r\r\n\r\n", 200,
                "abc", true
            ),
            (
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Length: 1\r\n\r\n1\r\na\r\n0\r\n\r\n", 200,
                "a", false
            ),
            ("HTTP/1.1 200 OK\n\nuntil the end", 200, "until the end", false),
        ]
    )
    func reply(text: String, status: Int32, body: String, keepsAlive: Bool) {
        let bytes = Array(text.utf8)
        let whole = Self.read(bytes)
        #expect(whole.error == nil)
        #expect(whole.status == status)
        #expect(String(decoding: whole.body, as: UTF8.self) == body)
        #expect(whole.keepsAlive == keepsAlive)
        #expect(Self.read(bytes, cuts: Array(1..<bytes.count)) == whole)
    }

    @Test("the reply to HEAD has no body, whatever its length says")
    func head() {
        let reading = Self.read(Array("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n".utf8), isHead: true)
        #expect(reading.error == nil)
        #expect(reading.keepsAlive)
    }

    @Test(
        "what is wrong with a reply has a kind",
        arguments: [
            ("", .closed), ("HTTP/1.1 200 OK\r\nA", .incomplete),
            ("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nabc", .incomplete),
            ("SSH-2.0-OpenSSH\r\n", .protocol), ("HTTP/1.1 2x0 OK\r\n\r\n", .protocol),
            ("HTTP/1.1 101 Switching\r\n\r\n", .protocol), ("HTTP/1.1 200 OK\r\nA: \0\r\n\r\n", .protocol),
            ("HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n", .wrongLength),
            ("HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab", .wrongLength),
            ("HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n", .bodyTooLarge),
            ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n", .chunk),
            ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nabc\r\n", .chunk),
            ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\n", .chunk),
            ("HTTP/1.1 200 OK\r\nA: \(String(repeating: "a", count: 70_000))", .headTooLarge),
            ("HTTP/1.1 200 OK\r\n\(String(repeating: "A: b\r\n", count: 300))\r\n", .headTooLarge),
        ] as [(String, TransportError)]
    )
    func mistake(text: String, error: TransportError) {
        let bytes = Array(text.utf8)
        #expect(Self.read(bytes).error == error)
        guard bytes.count > 1 else { return }
        #expect(Self.read(bytes, cuts: Array(1..<bytes.count)).error == error)
    }

    /// `FUZZ_STREAMS=1000000` for the whole sample: `make fuzz`.
    @Test("streams split anywhere, truncated or hostile come to the same as when fed whole")
    func fuzz() {
        let count = ProcessInfo.processInfo.environment["FUZZ_STREAMS"].flatMap(UInt64.init) ?? 50_000
        var kinds: [TransportError?: Int] = [:]
        for seed in 0..<count {
            var stream = ReplyStream(seed: seed)
            let bytes = stream.next()
            let whole = Self.read(bytes)
            let cuts = stream.cuts(of: bytes.count)
            guard Self.read(bytes, cuts: cuts) == whole else {
                Issue.record("stream \(seed), cut at \(cuts), differs from the whole: \(whole)")
                return
            }
            kinds[whole.error, default: 0] += 1
        }
        print(
            "fuzz: \(count) streams, whole as split:",
            kinds.map { "\($0.key?.name ?? "reply") \($0.value)" }.sorted()
        )
        for kind in [nil, .closed, .incomplete, .protocol, .wrongLength, .chunk, .headTooLarge, .bodyTooLarge]
            as [TransportError?]
        {
            #expect(kinds[kind] ?? 0 > 0, "no stream came to \(kind?.name ?? "a reply")")
        }
    }
}
