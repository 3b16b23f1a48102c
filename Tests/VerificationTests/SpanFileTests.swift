import Foundation
import Testing

@testable import Verification

@Suite("Spans are read from what the services exported")
struct SpanFileTests {
    private let trace = String(repeating: "ab", count: 16)

    private func line(_ service: String, _ name: String, kind: Int, id: String, parent: String? = nil) -> String {
        let parent = parent.map { #","parentSpanId":"\#($0)""# } ?? ""
        return #"""
            {"resourceSpans":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"\#(service)"}}]},"scopeSpans":[{"scope":{"name":"x"},"spans":[{"traceId":"\#(trace)","spanId":"\#(id)"\#(parent),"name":"\#(name)","kind":\#(kind),"startTimeUnixNano":"1","endTimeUnixNano":"2","attributes":[],"status":{}}]}]}]}
            """#
    }

    @Test("a file that grows is read on, whole lines only")
    func grows() throws {
        let path = NSTemporaryDirectory() + UUID().uuidString
        defer { try? FileManager.default.removeItem(atPath: path) }
        let first = line("order", "POST /api/orders", kind: 2, id: "00000000000000aa")
        let second = line("order", "saga", kind: 1, id: "00000000000000bb", parent: "00000000000000aa")
        try Data((first + "\n" + second.prefix(50)).utf8).write(to: URL(filePath: path))
        var file = SpanFile(path: path)
        #expect(try file.readOn())
        #expect(file.spans.count == 1)
        #expect(OrderTrace(trace, in: file.spans).missing.count == OrderTrace.hops.count - 1)
        try Data((first + "\n" + second + "\n").utf8).write(to: URL(filePath: path))
        #expect(try file.readOn())
        #expect(file.spans.labels == ["order SERVER POST /api/orders", "order INTERNAL saga"])
        #expect(OrderTrace(trace, in: file.spans).missing.count == OrderTrace.hops.count - 2)
        #expect(try !file.readOn())
    }

    @Test("a line that is no export of spans is an error that names it")
    func broken() throws {
        let path = NSTemporaryDirectory() + UUID().uuidString
        defer { try? FileManager.default.removeItem(atPath: path) }
        try Data((line("order", "saga", kind: 1, id: "00000000000000aa") + "\n{}\n").utf8).write(
            to: URL(filePath: path)
        )
        var file = SpanFile(path: path)
        let error = #expect(throws: EvidenceError.self) { try file.readOn() }
        #expect(error?.description.contains(":2:") == true)
    }
}
