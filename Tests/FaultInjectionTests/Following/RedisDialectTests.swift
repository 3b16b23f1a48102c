import Testing

@testable import FaultInjection

@Suite("Redis, read along")
struct RedisDialectTests {
    private static func command(_ words: String...) -> String {
        "*\(words.count)\r\n" + words.map { "$\($0.utf8.count)\r\n\($0)\r\n" }.joined()
    }

    @Test(
        "an executed command whose reply is lost reaches Redis, and no later reply is taken for it",
        arguments: UInt64(0)..<8
    )
    func lostReply(seed: UInt64) throws {
        let talk = try Talk(.redis, splitSeed: seed)
        let rule = try talk.rule(#""match": {"command": "EVALSHA", "key": "seat:*"}, "where": "reply", "act": "drop""#)
        let script = Self.command("EVALSHA", "abc", "1", "seat:7", "x")
        talk.say(Self.command("PING") + script + Self.command("GET", "k"))
        talk.answer("+PONG\r\n:1\r\n$1\r\nv\r\n")
        talk.say(Self.command("INCR", "n"))
        #expect(talk.upText == Self.command("PING") + script + Self.command("GET", "k"))
        #expect(talk.downText == "+PONG\r\n")
        #expect(rule.matched == 1 && rule.applied == 1)
        #expect(talk.conversation.isSilenced(by: rule))
    }

    @Test(
        "an error by a rule stands where the reply would, between those of pipelined commands",
        arguments: UInt64(0)..<8
    )
    func errorInOrder(seed: UInt64) throws {
        let talk = try Talk(.redis, splitSeed: seed)
        let rule = try talk.rule(
            #""match": {"command": "set"}, "when": {"nth": 2}, "act": {"error": "BUSY try later"}"#
        )
        let first = Self.command("SET", "a", "1")
        talk.say(first + Self.command("SET", "b", "2") + "GET a\r\n")
        #expect(talk.upText == first + "GET a\r\n")
        #expect(talk.downText == "")
        talk.answer("+OK\r\n$1\r\n1\r\n")
        #expect(talk.downText == "+OK\r\n-BUSY try later\r\n$1\r\n1\r\n")
        #expect(rule.matched == 2 && rule.applied == 1)
        talk.say(Self.command("SET", "c", "3") + "PING\r\n")
        talk.answer("+OK\r\n+PONG\r\n")
        #expect(talk.downText.hasSuffix("1\r\n+OK\r\n+PONG\r\n"))
    }

    @Test(
        "an error of a reply: the command was carried out, and its caller is told that it was not",
        arguments: UInt64(0)..<8
    )
    func errorOfReply(seed: UInt64) throws {
        let talk = try Talk(.redis, splitSeed: seed)
        try talk.rule(#""match": {"key": "b"}, "where": "reply", "act": {"error": "IOERR"}"#)
        let both = Self.command("SET", "a", "1") + Self.command("SET", "b", "2")
        talk.say(both + Self.command("PING"))
        talk.answer("+OK\r\n*2\r\n$1\r\nx\r\n*1\r\n:5\r\n+PONG\r\n")
        #expect(talk.upText == both + Self.command("PING"))
        #expect(talk.downText == "+OK\r\n-IOERR\r\n+PONG\r\n")
    }

    @Test("a duplicate is sent twice and answered once", arguments: UInt64(0)..<8)
    func duplicate(seed: UInt64) throws {
        let talk = try Talk(.redis, splitSeed: seed)
        let rule = try talk.rule(#""match": {"command": "INCR"}, "when": "once", "act": "duplicate""#)
        let incr = Self.command("INCR", "n")
        talk.say(incr + Self.command("PING") + incr)
        talk.answer(":1\r\n:2\r\n+PONG\r\n:3\r\n")
        #expect(talk.upText == incr + incr + Self.command("PING") + incr)
        #expect(talk.downText == ":1\r\n+PONG\r\n:3\r\n")
        #expect(rule.matched == 2 && rule.applied == 1)
    }

    @Test(
        "RESP3: pushes answer nothing, attributes belong to their reply, maps and sets are read whole",
        arguments: UInt64(0)..<8
    )
    func resp3(seed: UInt64) throws {
        let talk = try Talk(.redis, splitSeed: seed)
        let rule = try talk.rule(#""match": {"command": "GET"}, "where": "reply", "act": {"error": "LOST"}"#)
        talk.say(Self.command("HELLO", "3") + Self.command("GET", "k") + Self.command("SMEMBERS", "s"))
        let hello = "%2\r\n$6\r\nserver\r\n$5\r\nredis\r\n$5\r\nproto\r\n:3\r\n"
        let push = ">2\r\n$10\r\ninvalidate\r\n*1\r\n$1\r\nk\r\n"
        talk.answer(hello + push + "|1\r\n+ttl\r\n:5\r\n$1\r\nv\r\n" + push + "~2\r\n,1.5\r\n_\r\n")
        #expect(talk.downText == hello + push + "-LOST\r\n" + push + "~2\r\n,1.5\r\n_\r\n")
        #expect(rule.applied == 1)
        #expect(talk.conversation.unfollowed == nil)
    }

    @Test("a flipped bit, a slice and a delay leave all other messages alone")
    func shapes() throws {
        let talk = try Talk(.redis)
        try talk.rule(#""name": "a", "match": {"command": "GET"}, "where": "reply", "act": "corrupt", "seed": 4"#)
        try talk.rule(#""name": "b", "match": {"command": "ECHO"}, "act": {"slice": {"average_size": 5}}"#)
        let echo = Self.command("ECHO", "hello")
        talk.say(Self.command("GET", "k") + echo + "PING\r\n")
        #expect(talk.pieces.map(\.length) == [5, 5, 5, 5, 5])
        #expect(talk.pieces.allSatisfy { $0.isSealed })
        talk.answer("$5\r\nvalue\r\n$5\r\nhello\r\n+PONG\r\n")
        let sent = Array("$5\r\nvalue\r\n$5\r\nhello\r\n+PONG\r\n".utf8)
        let differing = zip(talk.down, sent).enumerated().filter { $0.element.0 != $0.element.1 }
        #expect(talk.down.count == sent.count)
        #expect(differing.count == 1 && differing[0].offset < 11)
        #expect(talk.conversation.unfollowed == nil)
    }

    struct Keys: Sendable {
        let words: [String]
        let key: String
        let isMeant: Bool
    }

    @Test(
        "a rule for a key finds it where the command has it",
        arguments: [
            Keys(words: ["GET", "seat:1"], key: "seat:*", isMeant: true),
            Keys(words: ["GET", "other"], key: "seat:*", isMeant: false),
            Keys(words: ["EVALSHA", "seat:9", "2", "a", "seat:1", "seat:2"], key: "seat:1", isMeant: true),
            Keys(words: ["EVALSHA", "seat:9", "1", "a", "seat:1"], key: "seat:1", isMeant: false),
            Keys(words: ["EVAL", "return 1", "0", "seat:1"], key: "seat:1", isMeant: false),
            Keys(words: ["MSET", "a", "seat:1", "b", "2"], key: "seat:1", isMeant: false),
            Keys(words: ["MSET", "a", "1", "seat:1", "2"], key: "seat:1", isMeant: true),
            Keys(
                words: ["XREADGROUP", "GROUP", "g", "c", "STREAMS", "a", "seat:1", ">", ">"],
                key: "seat:1",
                isMeant: true
            ),
            Keys(words: ["XREAD", "STREAMS", "a", "seat:1"], key: "seat:1", isMeant: false),
            Keys(words: ["BLPOP", "a", "seat:1", "1"], key: "seat:1", isMeant: true),
            Keys(words: ["OBJECT", "ENCODING", "seat:1"], key: "seat:1", isMeant: true),
            Keys(words: ["PING", "seat:1"], key: "seat:1", isMeant: false),
        ]
    )
    func keys(_ keys: Keys) throws {
        let talk = try Talk(.redis)
        let rule = try talk.rule(#""match": {"key": "\#(keys.key)"}, "act": {"error": "NO"}"#)
        talk.say("*\(keys.words.count)\r\n" + keys.words.map { "$\($0.utf8.count)\r\n\($0)\r\n" }.joined())
        #expect(rule.matched == (keys.isMeant ? 1 : 0))
    }

    struct Blind: Sendable {
        let words: [String]
        let reason: String
    }

    @Test(
        "what cannot be followed still passes, and each rule says what it does not see",
        arguments: [
            Blind(words: ["SUBSCRIBE", "c"], reason: "subscription"), Blind(words: ["MONITOR"], reason: "MONITOR"),
            Blind(words: ["CLIENT", "REPLY", "OFF"], reason: "CLIENT REPLY"),
            Blind(words: ["PSYNC", "?", "-1"], reason: "replication"),
        ]
    )
    func unfollowable(_ blind: Blind) throws {
        let talk = try Talk(.redis, splitSeed: 3)
        let rule = try talk.rule(#""match": {"command": "GET"}, "act": "drop""#)
        let words = "*\(blind.words.count)\r\n" + blind.words.map { "$\($0.utf8.count)\r\n\($0)\r\n" }.joined()
        talk.say(words + Self.command("GET", "k"))
        #expect(talk.upText == words + Self.command("GET", "k"))
        #expect(rule.unseen == [blind.reason: 1])
        #expect(talk.proxy.unfollowed == [blind.reason: 1])
        let garbage = try Talk(.redis)
        garbage.say("*1\r\nno bulk string")
        garbage.answer("whatever")
        #expect(garbage.upText == "*1\r\nno bulk string" && garbage.downText == "whatever")
        #expect(garbage.proxy.unfollowed == ["not RESP": 1])
    }

    @Test("a rule governs what begins after it: a command that has half passed is not touched")
    func lateRule() throws {
        let talk = try Talk(.redis)
        let set = Self.command("SET", "k", "v")
        talk.say(String(set.prefix(9)))
        let rule = try talk.rule(#""match": {"command": "SET"}, "act": {"error": "NO"}"#)
        talk.say(String(set.dropFirst(9)) + set)
        #expect(talk.upText == set)
        #expect(rule.matched == 1)
        talk.answer("+OK\r\n")
        #expect(talk.downText == "+OK\r\n-NO\r\n")
    }
}
