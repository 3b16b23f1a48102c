import Testing

@testable import FaultInjection

@Suite("HTTP/1.1, read along")
struct HTTPDialectTests {
    private static let pay = "POST /api/payments?x=1 HTTP/1.1\r\nHost: a\r\nX-Key: k7\r\nContent-Length: 5\r\n\r\nhello"
    private static let chunked =
        "POST /other HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n5;a=b\r\nGET /\r\n0\r\nT: x\r\n\r\n"
    private static let get = "GET /seats HTTP/1.1\r\n\r\n"
    private static let ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"

    @Test("a payment that was made, and whose reply is lost", arguments: UInt64(0)..<8)
    func lostPayment(seed: UInt64) throws {
        let talk = try Talk(.http, splitSeed: seed)
        let rule = try talk.rule(
            #""match": {"method": "post", "path": "/api/*", "header": {"X-Key": "k*"}}, "where": "reply", "act": "reset""#
        )
        talk.say(Self.get + Self.chunked + Self.pay)
        let other = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nA\r\n0123456789\r\n0\r\n\r\n"
        talk.answer(Self.ok + "HTTP/1.1 100 Continue\r\n\r\n" + other + Self.ok)
        #expect(talk.upText == Self.get + Self.chunked + Self.pay)
        #expect(talk.downText == Self.ok + "HTTP/1.1 100 Continue\r\n\r\n" + other)
        #expect(rule.matched == 1 && rule.applied == 1)
        #expect(talk.conversation.cut?.cut.resets == true)
    }

    @Test(
        "a request that is refused by a rule is not forwarded, its body neither, and the next one is",
        arguments: UInt64(0)..<8
    )
    func refused(seed: UInt64) throws {
        let talk = try Talk(.http, splitSeed: seed)
        try talk.rule(#""match": {"path": "/api/payments"}, "act": {"error": 503}"#)
        talk.say(Self.pay + "HEAD /seats HTTP/1.1\r\n\r\n" + Self.get)
        #expect(talk.upText == "HEAD /seats HTTP/1.1\r\n\r\n" + Self.get)
        #expect(talk.downText == "HTTP/1.1 503 Injected\r\nContent-Length: 0\r\n\r\n")
        let head = "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n"
        talk.answer(head + Self.ok)
        #expect(talk.downText.hasSuffix("\r\n\r\n" + head + Self.ok))
        #expect(talk.conversation.unfollowed == nil)
    }

    @Test("a duplicated charge is sent twice and answered once", arguments: UInt64(0)..<8)
    func duplicate(seed: UInt64) throws {
        let talk = try Talk(.http, splitSeed: seed)
        let rule = try talk.rule(#""match": {"method": "POST"}, "act": "duplicate", "when": "once""#)
        talk.say(Self.pay + Self.get)
        talk.answer(Self.ok + "HTTP/1.1 409 Conflict\r\nContent-Length: 0\r\n\r\n" + Self.ok)
        #expect(talk.upText == Self.pay + Self.pay + Self.get)
        #expect(talk.downText == Self.ok + Self.ok)
        #expect(rule.applied == 1)
    }

    @Test(
        "upgrades, tunnels, HTTP/2, TLS and garbage pass unseen, and are said",
        arguments: [
            ("CONNECT a:1 HTTP/1.1\r\n\r\n", "CONNECT"), ("PRI * HTTP/2.0\r\n\r\n", "HTTP/2"),
            ("\u{16}\u{3}\u{1}", "TLS"),
            ("what is this\r\n\r\n", "not HTTP/1.1"),
            ("POST / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n", "not HTTP/1.1"),
        ]
    )
    func blind(sent: String, reason: String) throws {
        let talk = try Talk(.http, splitSeed: 2)
        let rule = try talk.rule(#""act": "drop""#)
        talk.say(sent)
        #expect(talk.upText == sent)
        #expect(rule.unseen == [reason: 1])
    }
}
