import Foundation
import Logging
import Observability
import Testing

@Suite("JSON log lines")
struct JSONLogHandlerTests {
    private struct Refusal: Error, CustomStringConvertible {
        let description = "no \"seat\""
    }

    /// What `body` logs, line by line.
    private func logged(
        level: Logger.Level = .info,
        _ body: (Logger) throws -> Void
    ) throws -> [String] {
        let pipe = Pipe()
        let logger = Logger(label: "test") { label in
            JSONLogHandler(label: label, level: level, descriptor: pipe.fileHandleForWriting.fileDescriptor)
        }
        try body(logger)
        try pipe.fileHandleForWriting.close()
        let bytes = try pipe.fileHandleForReading.readToEnd() ?? Data()
        return String(decoding: bytes, as: UTF8.self).split(separator: "\n").map(String.init)
    }

    private func object(_ line: String) throws -> [String: Any] {
        try #require(JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
    }

    @Test("an event is one line of JSON")
    func line() throws {
        let lines = try self.logged { $0.warning("seat \"A1\"\nis\tgone \u{1} 🎟️ \\", metadata: ["seat": "A1"]) }
        #expect(lines.count == 1)
        let object = try self.object(lines[0])
        #expect(object["level"] as? String == "warning")
        #expect(object["logger"] as? String == "test")
        #expect(object["msg"] as? String == "seat \"A1\"\nis\tgone \u{1} 🎟️ \\")
        #expect((object["metadata"] as? [String: Any])?["seat"] as? String == "A1")
        #expect(object["trace_id"] == nil)
    }

    @Test("the time is now, in ISO-8601 UTC with milliseconds")
    func time() throws {
        let before = Date()
        let object = try self.object(try self.logged { $0.info("x") }[0])
        let text = try #require(object["ts"] as? String)
        #expect(text.wholeMatch(of: /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/) != nil)
        let format = Date.ISO8601FormatStyle(includingFractionalSeconds: true)
        let time = try format.parse(text)
        #expect(time.timeIntervalSince(before) > -0.002)
        #expect(time.timeIntervalSinceNow < 0.002)
    }

    @Test("a line carries the trace of the task that logs it")
    func trace() throws {
        let trace = TraceContext.fresh()
        let lines = try self.logged { logger in
            TraceContext.$current.withValue(trace) { logger.info("inside") }
            logger.info("outside")
        }
        #expect(try self.object(lines[0])["trace_id"] as? String == trace.traceID)
        #expect(try self.object(lines[0])["span_id"] as? String == trace.spanID)
        #expect(try self.object(lines[1])["trace_id"] == nil)
    }

    @Test("an error is told by type and message")
    func error() throws {
        let object = try self.object(try self.logged { $0.error("failed", error: Refusal()) }[0])
        let error = try #require(object["error"] as? [String: Any])
        #expect(error["type"] as? String == "Refusal")
        #expect(error["message"] as? String == "no \"seat\"")
    }

    @Test("metadata nests, and the call's own wins")
    func metadata() throws {
        let lines = try self.logged { logger in
            var logger = logger
            logger[metadataKey: "a"] = "logger"
            logger[metadataKey: "b"] = "logger"
            logger.info("x", metadata: ["a": "call", "list": ["1", ["k": "v"]], "n": .stringConvertible(5)])
        }
        let metadata = try #require(try self.object(lines[0])["metadata"] as? [String: Any])
        #expect(metadata["a"] as? String == "call")
        #expect(metadata["b"] as? String == "logger")
        #expect(metadata["n"] as? String == "5")
        #expect((metadata["list"] as? [Any])?.count == 2)
    }

    @Test("what is below the level is not written")
    func level() throws {
        #expect(try self.logged(level: .warning) { $0.info("x") } == [])
    }

    @Test("a value that is too long is cut, and says how long it was")
    func cut() throws {
        let long = String(repeating: "é", count: 20_000)
        let object = try self.object(try self.logged { $0.info("\(long)") }[0])
        let message = try #require(object["msg"] as? String)
        #expect(message.utf8.count < JSONLogHandler.maximumValueBytes + 64)
        #expect(message.hasSuffix("… (40000 bytes)"))
    }
}
