import Testing

@testable import FaultInjection

@Suite("MySQL, read along")
struct MySQLDialectTests {
    private static func packet(_ sequence: UInt8, _ payload: [UInt8]) -> [UInt8] {
        [UInt8(payload.count & 0xFF), UInt8(payload.count >> 8 & 0xFF), UInt8(payload.count >> 16), sequence] + payload
    }

    private static func query(_ text: String) -> [UInt8] { packet(0, [0x03] + Array(text.utf8)) }

    private static let ok = packet(1, [0, 0, 0, 2, 0, 0, 0])

    /// `SELECT` of one column and one row.
    private static func rows(deprecatesEOF: Bool, more: Bool = false) -> [UInt8] {
        let status: UInt8 = more ? 0x0A : 0x02
        let column = packet(2, Array("def-and-so-on".utf8))
        let row = packet(4, [1, 0x41])
        if deprecatesEOF {
            return packet(1, [1]) + column + row + packet(5, [0xFE, 0, 0, status, 0, 0, 0])
        }
        return packet(1, [1]) + column + packet(3, [0xFE, 0, 0, 2, 0]) + row + packet(5, [0xFE, 0, 0, status, 0])
    }

    private static let deprecateEOF: UInt32 = 1 << 24
    private static let compress: UInt32 = 1 << 5
    private static let tls: UInt32 = 1 << 11

    /// Greeting, response, OK; the server can do everything.
    private static func handshake(_ talk: Talk, client: UInt32) {
        let greeting =
            [10] + Array("11\0".utf8) + [1, 0, 0, 0] + [UInt8](repeating: 7, count: 8) + [
                0, 0xFF, 0xFF, 8, 2, 0, 0xFF, 0xFF, 21,
            ]
            + [UInt8](repeating: 0, count: 10) + [UInt8](repeating: 7, count: 12) + [0]
        talk.feed(.downstream, packet(0, greeting))
        let flags = (UInt64(0)..<4).map { UInt8(truncatingIfNeeded: (client | 1) >> UInt32(8 * $0)) }
        talk.feed(
            .upstream,
            packet(1, flags + [0, 0, 0, 1, 8] + [UInt8](repeating: 0, count: 23) + Array("root\0\0".utf8))
        )
        talk.feed(.downstream, packet(2, [0, 0, 0, 2, 0, 0, 0]))
    }

    @Test("a MariaDB whose version is a long text says all that it can", arguments: [nil, 1])
    func longVersion(seed: UInt64?) throws {
        let talk = try Talk(.mysql, splitSeed: seed)
        let version = "5.5.5-10.11.6-MariaDB-\(String(repeating: "and-its-builder", count: 10))\0"
        // Not MySQL's first flag; the extended ones are MariaDB's, with 1 << 4 for metadata that is sent once.
        let greeting =
            [10] + Array(version.utf8) + [1, 0, 0, 0] + [UInt8](repeating: 7, count: 8) + [
                0, 0xFE, 0xFF, 8, 2, 0, 0xFF, 0xFF, 21,
            ]
            + [UInt8](repeating: 0, count: 6) + [0x10, 0, 0, 0] + [UInt8](repeating: 7, count: 12) + [0]
        talk.feed(.downstream, Self.packet(0, greeting))
        let flags: [UInt8] = [0, 2, 0, 1, 0, 0, 0, 1, 8] + [UInt8](repeating: 0, count: 19) + [0x10, 0, 0, 0]
        talk.feed(.upstream, Self.packet(1, flags + Array("root\0\0".utf8)))
        talk.feed(.downstream, Self.packet(2, [0, 0, 0, 2, 0, 0, 0]))
        let rule = try talk.rule(#""match": {"statement": "COMMIT"}, "where": "reply", "act": "drop""#)
        talk.feed(.upstream, Self.query("SELECT 1 FROM seats WHERE 0"))
        // One column that is not described again, and no row.
        talk.feed(.downstream, Self.packet(1, [1, 0]) + Self.packet(2, [0xFE, 0, 0, 2, 0, 0, 0]))
        talk.feed(.upstream, Self.query("COMMIT"))
        talk.feed(.downstream, Self.ok)
        #expect(rule.applied == 1)
        #expect(talk.conversation.unfollowed == nil)
    }

    struct Case: Sendable {
        let seed: UInt64?
        let flags: UInt32
    }

    static let cases = [nil, 1, 2, 3].flatMap { seed in [0, deprecateEOF].map { Case(seed: seed, flags: $0) } }

    @Test("a COMMIT whose reply is lost is sent, and nothing follows it", arguments: MySQLDialectTests.cases)
    func lostCommit(_ given: Case) throws {
        let talk = try Talk(.mysql, splitSeed: given.seed)
        Self.handshake(talk, client: given.flags)
        let rule = try talk.rule(#""match": {"statement": "commit"}, "where": "reply", "act": "drop""#)
        let before = talk.down.count
        talk.feed(.upstream, Self.query("SELECT 1"))
        let rows = Self.rows(deprecatesEOF: given.flags != 0)
        talk.feed(.downstream, rows)
        talk.feed(.upstream, Self.query(" /* done */ COMMIT"))
        talk.feed(.downstream, Self.ok)
        #expect(Array(talk.down.dropFirst(before)) == rows)
        #expect(talk.upText.hasSuffix("COMMIT"))
        talk.feed(.upstream, Self.query("SELECT 2"))
        #expect(talk.upText.hasSuffix("COMMIT"))
        #expect(rule.matched == 1 && rule.applied == 1)
    }

    @Test(
        "replies of every shape are told apart, so that the one that is meant gets the error",
        arguments: MySQLDialectTests.cases
    )
    func shapes(_ given: Case) throws {
        let isShort = given.flags != 0
        let talk = try Talk(.mysql, splitSeed: given.seed)
        Self.handshake(talk, client: given.flags)
        let rule = try talk.rule(#""match": {"statement": "UPDATE", "table": "seats"}, "act": {"error": 1213}"#)
        let before = talk.down.count
        var expected: [UInt8] = []
        func exchange(_ request: [UInt8], _ reply: [UInt8]) {
            talk.feed(.upstream, request)
            talk.feed(.downstream, reply)
            expected += reply
        }
        exchange(
            Self.query("SELECT 1; SELECT 2"),
            Self.rows(deprecatesEOF: isShort, more: true) + Self.rows(deprecatesEOF: isShort)
        )
        exchange(Self.query("BAD"), Self.packet(1, [0xFF, 0x28, 0x04] + Array("#42000no".utf8)))
        let definition = Self.packet(2, [3, 0x64])
        let eof = isShort ? [] : Self.packet(3, [0xFE, 0, 0, 2, 0])
        let prepared = Self.packet(1, [0, 9, 0, 0, 0, 1, 0, 2, 0, 0, 0, 0])
        exchange(
            Self.packet(0, [0x16] + Array("UPDATE t.seats SET a = ? WHERE b = ?".utf8)),
            prepared + definition + definition + eof + definition + eof
        )
        exchange(Self.packet(0, [0x0E]), Self.ok)
        talk.feed(.upstream, Self.packet(0, [0x18, 9, 0, 0, 0, 0, 0, 0x41]))
        exchange(Self.query("UPDATE other SET seats = 1"), Self.ok)
        #expect(rule.matched == 0)
        let sent = talk.up.count
        talk.feed(.upstream, Self.packet(0, [0x17, 9, 0, 0, 0, 0, 1, 0, 0, 0]))
        #expect(talk.up.count == sent)
        let error = Array(talk.down.dropFirst(before + expected.count))
        #expect(error.count > 4 && error[3] == 1 && error[4] == 0xFF && error[5] == 0xBD && error[6] == 0x04)
        #expect(String(decoding: error, as: UTF8.self).contains("#40001"))
        talk.feed(.upstream, Self.packet(0, [0x19, 9, 0, 0, 0]))
        talk.feed(.upstream, Self.query("SELECT 1"))
        talk.feed(.downstream, Self.rows(deprecatesEOF: isShort))
        #expect(Array(talk.down.dropFirst(before)) == expected + error + Self.rows(deprecatesEOF: isShort))
        #expect(rule.matched == 1 && rule.applied == 1)
        #expect(talk.conversation.unfollowed == nil)
    }

    @Test("a payload of 16 MiB goes on in a second packet, and is still one command")
    func longPacket() throws {
        let talk = try Talk(.mysql)
        Self.handshake(talk, client: Self.deprecateEOF)
        let rule = try talk.rule(
            #""match": {"statement": "INSERT", "table": "logs"}, "where": "reply", "act": {"error": 1205}"#
        )
        let text = Array("INSERT INTO logs VALUES ('".utf8)
        let full = MySQLPacketReader.fullPacket
        let first = [0x03] + text + [UInt8](repeating: 0x78, count: full - 1 - text.count)
        talk.feed(.upstream, Self.packet(0, first) + Self.packet(1, Array("x')".utf8)))
        talk.feed(.downstream, Self.ok)
        #expect(rule.matched == 1 && rule.applied == 1)
        #expect(talk.conversation.unfollowed == nil)
    }

    @Test(
        "TLS and compression are said, never silently matched against",
        arguments: [(MySQLDialectTests.tls, "TLS"), (MySQLDialectTests.compress, "compression")]
    )
    func blind(flag: UInt32, reason: String) throws {
        let talk = try Talk(.mysql, splitSeed: 5)
        let rule = try talk.rule(#""match": {"statement": "COMMIT"}, "act": "drop""#)
        Self.handshake(talk, client: flag)
        let sent = Self.query("COMMIT")
        talk.feed(.upstream, sent)
        #expect(talk.upText.hasSuffix("COMMIT"))
        #expect(rule.matched == 0)
        #expect(rule.unseen == [reason: 1])
    }

    @Test(
        "the first word and the tables of a statement are found, whatever stands around them",
        arguments: [
            ("select * from `shop`.`seats` s join events e on s.x = 'from nowhere'", "SELECT", ["seats", "events"]),
            ("INSERT IGNORE INTO orders (a) VALUES (1) ON DUPLICATE KEY UPDATE a = 2", "INSERT", ["orders"]),
            ("-- from a\n/* into b */ START TRANSACTION", "BEGIN", []),
            ("UPDATE seats SET a = \"join x\" WHERE id = 1", "UPDATE", ["seats"]),
            ("SELECT 1 FROM seats FOR UPDATE", "SELECT", ["seats"]),
            ("DELETE FROM seats# from x", "DELETE", ["seats"]), ("", "", []), ("'unclosed", "", []),
        ]
    )
    func statements(text: String, kind: String, tables: [String]) {
        let statement = SQLStatement(Array(text.utf8)[...], isCut: false)
        #expect(statement.kind == kind)
        #expect(statement.tables == tables)
    }
}
