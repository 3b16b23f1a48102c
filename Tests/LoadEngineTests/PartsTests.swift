import Foundation
import Testing

@testable import LoadEngine

@Suite("parts of the engine")
struct PartsTests {
    @Test("timers fire in order of their deadlines, moved and removed ones too")
    func timers() {
        var generator = SystemRandomNumberGenerator()
        var heap = TimerHeap()
        var expected: [Int: UInt64] = [:]
        for _ in 0..<20_000 {
            let number = Int.random(in: 0..<300, using: &generator)
            if Int.random(in: 0..<4, using: &generator) == 0 {
                heap.cancel(number)
                expected[number] = nil
            } else {
                let deadline = UInt64.random(in: 1...1_000_000, using: &generator)
                heap.set(number, at: deadline)
                expected[number] = deadline
            }
            #expect(heap.earliest ?? .max <= expected.values.min() ?? .max)
        }
        var fired: [UInt64] = []
        while let due = heap.popDue(500_000) {
            #expect(expected.removeValue(forKey: due.number) == due.deadline)
            fired.append(due.deadline)
        }
        #expect(fired == fired.sorted())
        #expect(expected.values.allSatisfy { $0 > 500_000 })
        #expect(heap.earliest ?? .max > 500_000)
    }

    @Test("a request that fails at once is handed over in the next round, which does not wait")
    func failedAtOnce() throws {
        let gateway = try Gateway("https://127.0.0.1:1")
        let transport = NativeTransport(
            poller: try Poller(wakeup: try Wakeup()),
            origins: OriginTable(gateway: gateway.origin)
        )
        let connection = transport.open()
        #expect(transport.deadline == .max)
        transport.start(connection)
        #expect(transport.deadline == 0)
        #expect(transport.takeFinished() == connection)
        #expect(transport.exchange(connection).pointee.error == .tls)
        #expect(transport.deadline == .max)
    }

    @Test("a connection that was closed is not handed over, nor is what came before it handed over twice")
    func finishedAndClosed() {
        var queue = FinishedQueue()
        for number in 1...4 { queue.append(number) }
        #expect(queue.take() == 1)
        queue.remove(3)
        queue.append(5)
        var rest: [Int] = []
        while let number = queue.take() { rest.append(number) }
        #expect(rest == [2, 4, 5])
        #expect(queue.isEmpty)
    }

    @Test("a stream cut anywhere has the same events", arguments: 1...7)
    func events(chunk: Int) {
        let text = Array(
            (": beat\n\nid: 1\ndata: a\n\nevent:named\ndata: no id\n\nid: 2\r\ndata: b\rdata: c\ndata: d\r\n\r\nretry: 250\nid: 2\n"
                + "retry: soon\ndata: again\n\nid: 7\n\ndata: unfinished\n")
                .utf8
        )
        var parser = EventParser()
        var received: [ServerSentEvent] = []
        for start in stride(from: 0, to: text.count, by: chunk) {
            let part = Array(text[start..<min(start + chunk, text.count)])
            part.withUnsafeBufferPointer { bytes in parser.consume(bytes) { received.append($0) } }
        }
        #expect(received.map { String(decoding: $0.data, as: UTF8.self) } == ["a", "no id", "b\nc\nd", "again"])
        #expect(received.map { String(decoding: $0.id, as: UTF8.self) } == ["1", "", "2", "2"])
        #expect(received.map { String(decoding: $0.name, as: UTF8.self) } == ["", "named", "", ""])
        #expect(parser.lastEventID == Array("7".utf8))
        #expect(parser.retryMilliseconds == 250)
    }

    @Test(
        "whatever bytes a server sends become JSON",
        arguments: [
            Array("plain".utf8), Array("q\"b\\n\nr\rt\tz\u{0}é🎟".utf8), [0xFF, 0x41, 0xC3], [],
        ]
    )
    func escaping(bytes: [UInt8]) throws {
        var out: [UInt8] = []
        bytes.withUnsafeBufferPointer { JSONBytes.appendString($0, to: &out) }
        let text = try JSONSerialization.jsonObject(with: Data(out), options: .fragmentsAllowed) as? String
        #expect(text == String(decoding: bytes, as: UTF8.self))
    }

    @Test("a header is found whatever its case, and only as a whole name")
    func headers() {
        let head = Array("HTTP/1.1 200 OK\r\nX-Trace-Id: no\r\nTRACE-ID:  abc \r\nTrace-Idx: no\r\nEmpty:\r\n\r\n".utf8)
        head.withUnsafeBufferPointer { bytes in
            #expect(ReplyHead.value(of: "trace-id", in: bytes).map { String(decoding: $0, as: UTF8.self) } == "abc")
            #expect(ReplyHead.value(of: "empty", in: bytes)?.isEmpty == true)
            #expect(ReplyHead.value(of: "missing", in: bytes) == nil)
        }
    }

    @Test(
        "the warming request takes the way of the first request",
        arguments: [
            ("/ticketing/reservation/api/reservations", "/ticketing/reservation/healthz"),
            ("/ticketing/catalog/api/events", "/ticketing/catalog/healthz"), ("/somewhere/else", "/healthz"),
            ("/", "/healthz"),
        ]
    )
    func warming(path: String, expected: String) {
        #expect(ContractRoute.healthPath(for: Array(path.utf8)) == Array(expected.utf8))
    }

    @Test("a header's value cannot end its line")
    func headerInjection() {
        var line: [UInt8] = []
        RequestPlan.appendLine("Key", Array("a\r\nEvil: b\u{0}c".utf8), to: &line)
        #expect(line == Array("Key: aEvil: bc\r\n".utf8))
    }
}
