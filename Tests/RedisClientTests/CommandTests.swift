import Testing

@testable import RedisClient

@Suite("Redis commands and values")
struct CommandTests {
    @Test("a command is encoded as an array of bulk strings, lengths in bytes")
    func encoding() {
        let bytes = CommandEncoder.encode(["SET", "sièg", RedisArgument(Int64.min), RedisArgument([0, 13, 10]), ""])
        let expected =
            "*5\r\n$3\r\nSET\r\n$5\r\nsièg\r\n$20\r\n-9223372036854775808\r\n$3\r\n\u{0}\r\n\r\n$0\r\n\r\n"
        #expect(String(decoding: bytes, as: UTF8.self) == expected)
    }

    @Test("the length of a number is the number of its digits", arguments: [0, 9, 10, 99, 100, -1, -10, Int64.max])
    func numbers(_ number: Int64) {
        let digits = String(number)
        let expected = "*1\r\n$\(digits.utf8.count)\r\n\(digits)\r\n"
        #expect(String(decoding: CommandEncoder.encode([RedisArgument(number)]), as: UTF8.self) == expected)
    }

    @Test("a script's digest is the one that Redis computes")
    func digest() {
        #expect(RedisScript("return 1").sha1 == "e0e1f9fabfc9d4800c877a703b823ac0578ff8db")
    }

    @Test("a URL names host, port, user, password and database")
    func url() throws {
        let full = try RedisConfiguration(url: "redis://anna:p%40ss@10.0.0.7:7000/3")
        #expect(full.host == "10.0.0.7" && full.port == 7000 && full.database == 3)
        #expect(full.username == "anna" && full.password == "p@ss")
        let short = try RedisConfiguration(url: "redis://127.0.0.1")
        #expect(short.port == 6379 && short.database == 0 && short.username == nil && short.password == nil)
        let passwordOnly = try RedisConfiguration(url: "redis://:secret@localhost")
        #expect(passwordOnly.username == nil && passwordOnly.password == "secret")
    }

    @Test(
        "a URL that is none is refused, without its password in the message",
        arguments: [
            "http://localhost", "redis://", "redis://u:secret@localhost/x", "redis://u:secret@h:99999",
            "redis://u:secret", "secret",
        ]
    )
    func badURL(_ url: String) {
        let error = #expect(throws: RedisURLError.self) { try RedisConfiguration(url: url) }
        #expect(error?.description.contains("secret") == false)
    }

    @Test("a value is read as text or as a number when it is one")
    func values() {
        #expect(RedisValue.bytes(Array("12".utf8)).integer == 12)
        #expect(RedisValue.bytes(Array("x".utf8)).integer == nil)
        #expect(RedisValue.integer(7).string == "7")
        #expect(RedisValue.bytes([0xff]).string == nil)
        #expect(RedisValue.array([.null]).array == [.null])
        #expect(RedisValue.null.isNull && RedisValue.null.string == nil)
    }

    @Test("the first attempt to connect is made at once, later ones back off up to the cap, with jitter")
    func backoff() {
        let backoff = Backoff(base: .milliseconds(10), cap: .milliseconds(250))
        var generator = SystemRandomNumberGenerator()
        #expect(backoff.delay(failures: 0, using: &generator) == .zero)
        for (failures, full) in [(1, 10), (2, 20), (5, 160), (6, 250), (1_000, 250)] {
            for _ in 0..<100 {
                let delay = backoff.delay(failures: failures, using: &generator)
                #expect(delay >= .milliseconds(full) / 2 && delay <= .milliseconds(full), "\(failures) failures")
            }
        }
    }

    @Test("a queue keeps its order while it grows, wraps, and loses some of its commands")
    func queue() {
        var queue = CommandQueue()
        var expected: [UInt8] = []
        for round in 0..<8 {
            for index in 0..<40 {
                let label = UInt8(truncatingIfNeeded: round * 40 + index)
                queue.append(Command(bytes: [label], deadline: .distantFuture))
                expected.append(label)
            }
            for _ in 0..<10 {
                #expect(queue.popFirst()?.bytes == [expected.removeFirst()])
            }
            let removed = queue.removeAll { $0.bytes[0] % 7 == 0 }
            #expect(removed.map { $0.bytes[0] } == expected.filter { $0 % 7 == 0 })
            expected.removeAll { $0 % 7 == 0 }
            #expect(queue.count == expected.count)
        }
        while let command = queue.popFirst() {
            #expect(command.bytes == [expected.removeFirst()])
        }
        #expect(expected.isEmpty && queue.isEmpty)
    }

    @Test("a sleep until a deadline never ends too early")
    func rounding() {
        let start = MonotonicTime(nanoseconds: 1_000)
        #expect(start.milliseconds(until: start.advanced(by: .nanoseconds(1))) == 1)
        #expect(start.milliseconds(until: start.advanced(by: .milliseconds(2))) == 2)
        #expect(start.milliseconds(until: MonotonicTime(nanoseconds: 0)) == 0)
        #expect(start.advanced(by: .seconds(Int64.max)) == .distantFuture)
    }
}
