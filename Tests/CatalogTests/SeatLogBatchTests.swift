import NIOCore
import RedisClient
import Testing

@testable import Catalog

@Suite("A batch of changes")
struct SeatLogBatchTests {
    private func entry(_ id: String, operation: String = "hold") throws -> SeatLogEntry {
        let fields = ["seat", "R1C\(id.prefix(1))", "to", "HELD", "version", "7", "op", operation]
        let value = RedisValue.array([.bytes(Array(id.utf8)), .array(fields.map { .bytes(Array($0.utf8)) })])
        return try #require(SeatLogEntry(value))
    }

    @Test("who has everything before it is told of all entries by one write")
    func whole() throws {
        let entries = try ["1-0", "2-0", "3-0"].map { try entry($0) }
        let batch = try #require(SeatLogBatch(entries))
        let before = try #require(StreamPosition("0-9"))
        let frames = try #require(batch.frames(after: before))
        #expect(String(buffer: frames) == entries.map { String(buffer: $0.frame) }.joined())
        #expect(SeatLogBatch([]) == nil)
    }

    @Test("who has some of its entries, or needs a new map, is told entry by entry")
    func inPart() throws {
        let position = try #require(StreamPosition("1-0"))
        let batch = try #require(SeatLogBatch([try entry("1-0"), try entry("2-0")]))
        #expect(batch.frames(after: position) == nil)
        let reset = try #require(SeatLogBatch([try entry("2-0"), try entry("3-0", operation: "reset")]))
        #expect(reset.frames(after: position) == nil)
        let alone = try #require(SeatLogBatch([try entry("3-0", operation: "reset")]))
        #expect(alone.frames(after: position) == nil)
    }
}
