import Foundation
import Testing

@testable import Environment

@Suite("The receiver of spans")
struct SpanReceiverTests {
    @Test("what is posted as OTLP's JSON is a line of the file; anything else is counted as lost")
    func receives() async throws {
        let receiver = try await SpanReceiver.start()
        let path = NSTemporaryDirectory() + UUID().uuidString
        defer { try? FileManager.default.removeItem(atPath: path) }
        let port = try #require(URL(string: receiver.url)?.port)
        // Before the run: nobody keeps it, and nothing is lost.
        #expect(try await post("{}", to: port) == 200)
        try receiver.record(to: path)
        #expect(try await post("{\"resourceSpans\":\n[]}", to: port) == 200)
        #expect(try await post(#"{"resourceSpans":[1]}"#, to: port) == 200)
        #expect(receiver.losses == [])
        #expect(try await post("x", to: port, type: "application/x-protobuf") == 415)
        #expect(try await post("{}", to: port, path: "/v1/metrics") == 404)
        let large = String(repeating: " ", count: SpanRequestHandler.limit + 1)
        #expect(try await post(large, to: port) == 413)
        await receiver.stop()
        let text = try String(contentsOfFile: path, encoding: .utf8)
        #expect(text == "{\"resourceSpans\": []}\n{\"resourceSpans\":[1]}\n")
        #expect(receiver.losses == ["3 exports were not what OTLP/HTTP asks for"])
    }

    @Test("the spans that a service dropped are the sum of all reasons")
    func dropped() {
        let metrics = """
            # TYPE otlp_spans_dropped_total counter
            otlp_spans_dropped_total{reason="queue_full"} 3
            otlp_spans_dropped_total{reason="export_failed"} 4
            otlp_spans_exported_total 100
            """
        #expect(SpanLosses.dropped(metrics) == 7)
        #expect(SpanLosses.dropped("otlp_spans_exported_total 100\n") == 0)
    }

    private func post(
        _ body: String,
        to port: Int,
        path: String = "/v1/traces",
        type: String = "application/json"
    ) async throws -> Int {
        let head = "POST \(path) HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: \(type)\r\n"
        let bytes = Array((head + "Content-Length: \(body.utf8.count)\r\n\r\n" + body).utf8)
        let answer = try await LoopbackProbe(port: port, timeout: .seconds(5)).exchange(bytes) { _ in false }
        let words = String(decoding: answer, as: UTF8.self).split(separator: " ", maxSplits: 2)
        return words.count > 1 ? Int(words[1]) ?? 0 : 0
    }
}
