import Scenario
import Testing

@testable import LoadEngine

@Suite("Redis replies")
struct RESPReaderTests {
    private static let stream =
        "+OK\r\n:42\r\n$5\r\nhe\r\no\r\n$-1\r\n-WRONGTYPE no\r\n*3\r\n:1\r\n*1\r\n$0\r\n\r\n*-1\r\n*0\r\n"
    private static let replies: [RESPReply] = [
        .value(.text("OK")), .value(.integer(42)), .value(.text("he\r\no")), .value(.none), .error("WRONGTYPE no"),
        .value(.list([.integer(1), .list([.text("")]), .none])), .value(.list([])),
    ]

    @Test("replies cut anywhere are the same", arguments: 1...9)
    func cut(chunk: Int) throws {
        let bytes = Array(Self.stream.utf8)
        var reader = RESPReader()
        var found: [RESPReply] = []
        for start in stride(from: 0, to: bytes.count, by: chunk) {
            let part = Array(bytes[start..<min(start + chunk, bytes.count)])
            part.withUnsafeBufferPointer { reader.append($0) }
            while let reply = try reader.next() { found.append(reply) }
        }
        #expect(found == Self.replies)
    }

    @Test(
        "what is not the protocol is refused",
        arguments: ["hello\r\n", ":x\r\n", "$99999999999\r\n", "+a\rb\r\n", String(repeating: "*1\r\n", count: 20)]
    )
    func broken(text: String) {
        var reader = RESPReader()
        Array(text.utf8).withUnsafeBufferPointer { reader.append($0) }
        #expect(throws: RESPReader.Broken.self) { try reader.next() }
    }

    @Test("a URL gives the address and what is said first")
    func address() throws {
        let address = try RedisAddress("redis://ada:se:cret@127.0.0.1:7000/3")
        #expect(
            address.greeting.map { $0.map { String(decoding: $0, as: UTF8.self) } } == [
                ["AUTH", "ada", "se:cret"], ["SELECT", "3"],
            ]
        )
        #expect(try RedisAddress("redis://:pw@localhost").greeting.count == 1)
        #expect(try RedisAddress("redis://127.0.0.1:1/0").greeting.isEmpty)
        #expect(throws: SystemFailure.self) { try RedisAddress("http://127.0.0.1") }
    }
}
