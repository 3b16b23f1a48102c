import Testing

@testable import Scenario

@Suite("What a step expects and captures")
struct ExpectationTests {
    private func yaml(_ step: String) -> String {
        Example.small.replacing("    - hold:", with: "    - a: \(step)\n    - hold:")
    }

    private func step(_ text: String) throws -> RequestStep {
        try #require(try Scenario.read(yaml: yaml(text)).flows[0].requests.first)
    }

    /// Without the places.
    private func found(_ step: String) -> [String] {
        mistakes(yaml(step)).map { String($0.drop { $0 != " " }.dropFirst()) }
    }

    @Test("each expectation is a check of its own, and the status only if the file says so")
    func names() throws {
        let text = """
            { get: /a, expect: { status: 2xx, headers: { ETag: "*" }, json: { $.a: 1, $.b: "> 2" }, body: [x, y], latency: 1s } }
            """
        let names = try step(text).expect.checks.map(\.name)
        #expect(names == ["status", "header etag", "json $.a", "json $.b", "body x", "body y", "latency"])
        #expect(try step("{ get: /a }").expect == Expectation())
        #expect(try step("{ get: /a, expect: { body: x } }").expect.checks.map(\.name) == ["body x"])
        #expect(try step("{ stream: /a, for: 1s, expect: { events: 3, delivery: 1s } }").expect.checks.count == 2)
    }

    @Test(
        "stars stand for anything, and an escaped one for itself",
        arguments: [
            ("*", "", true), ("a*c", "abc", true), ("a*c", "ac", true), ("a*c", "acb", false), ("a*a", "a", false),
            ("*b*d*", "abcde", true), ("*d*b*", "abcde", false), ("*ab", "aab", true), (#"a\*"#, "a*", true),
            (#"a\*"#, "ab", false), ("abc", "abc", true), ("abc", "abcd", false), ("", "", true), ("a**b", "axb", true),
        ]
    )
    func globs(pattern: String, text: String, matches: Bool) {
        var user = TestUser()
        let glob = Glob([.bytes(Array(pattern.utf8))])
        #expect(Array(text.utf8).withUnsafeBufferPointer { glob.matches($0, &user) } == matches)
    }

    @Test("a star in a value is that star")
    func globOfValue() throws {
        var user = TestUser(slots: [.text("*")])
        let glob = Glob([.bytes(Array("a".utf8)), .expression(try parse("seat"), .plain)])
        #expect(Array("a*".utf8).withUnsafeBufferPointer { glob.matches($0, &user) })
        #expect(!Array("ab".utf8).withUnsafeBufferPointer { glob.matches($0, &user) })
    }

    @Test(
        "all mistakes in an expectation are named at once",
        arguments: [
            (
                "{ get: /a, expect: { statsu: 200, header: { a: b } } }",
                [
                    "flows.buy[0].a.expect.statsu: unknown key `statsu`; did you mean `status`?",
                    "flows.buy[0].a.expect.header: unknown key `header`; did you mean `headers`?",
                ]
            ),
            (
                "{ get: /a, expect: { json: { status: 1, $.a: [1], $.b: \"> \" } } }",
                [
                    "flows.buy[0].a.expect.json.status: expected a JSON path such as $.status or $.seats[0].id, found \"status\"",
                    "flows.buy[0].a.expect.json.$.a: expected a value such as CONFIRMED or a condition such as \"> 3\", found a list",
                    "flows.buy[0].a.expect.json.$.b: expected a value, found the end",
                ]
            ),
            (
                "{ head: /a, expect: { body: x, headers: { \"a b\": c } } }",
                [
                    "flows.buy[0].a.expect.body: HEAD has no body",
                    "flows.buy[0].a.expect.headers.a b: `a b` cannot be a header's name",
                ]
            ),
            (
                "{ stream: /a, for: 1s, expect: { body: x } }",
                [
                    "flows.buy[0].a.expect.body: a stream has no body to look into; `events` and `delivery` are about its events"
                ]
            ),
            (
                "{ get: /a, expect: { events: 1, latency: fast } }",
                [
                    "flows.buy[0].a.expect.events: unknown key `events`; known here: status, headers, json, body, latency",
                    "flows.buy[0].a.expect.latency: expected a duration such as 50ms, 2s or 1m30s, found \"fast\"",
                ]
            ),
        ]
    )
    func expectationMistakes(step: String, expected: [String]) {
        #expect(found(step) == expected)
    }

    @Test("captures are JSON paths, headers, cookies and patterns")
    func captures() throws {
        let captures = try step(
            "{ get: /a, capture: { x: $.a, y: { header: Location }, z: { cookie: sid }, v: { regex: 'a(b)' }, w: { regex: c, header: ETag } } }"
        ).captures
        #expect(captures.map(\.name) == ["x", "y", "z", "v", "w"])
        let group = try #require(TextPattern("a(b)"))
        let plain = try #require(TextPattern("c"))
        #expect(
            captures.map(\.source) == [
                .json(JSONPath([.key("a")])), .header("location"), .cookie("sid"), .regex(group, header: nil),
                .regex(plain, header: "etag"),
            ]
        )
        #expect(captures.map(\.readsBody) == [true, false, false, true, false])
    }

    @Test(
        "what cannot be captured is named",
        arguments: [
            ("{ regex: 'a(' }", "flows.buy[0].a.capture.x.regex: not a regular expression (ICU's syntax): a("),
            (
                "{ regex: '(a)(b)' }",
                "flows.buy[0].a.capture.x.regex: a capture takes one group, and here are 2: write (?:…) for the others"
            ),
            ("{ cookei: a }", "flows.buy[0].a.capture.x.cookei: unknown key `cookei`; did you mean `cookie`?"),
            (
                "{ cookie: a, header: b }",
                "flows.buy[0].a.capture.x: expected one of json, header, cookie and regex (regex with header, if not the body)"
            ),
        ]
    )
    func captureMistakes(capture: String, expected: String) {
        #expect(found("{ get: /a, capture: { x: \(capture) } }") == [expected])
    }

    @Test(
        "a pattern takes its group, or all of what it matches",
        arguments: [
            ("id=(\\d+)", "x id=42;", Value.text("42")), ("\\d+", "x id=42;", .text("42")), ("\\d+", "none", .none),
            ("(a)|b", "b", .none), ("é(.)", "🎟é✓", .text("✓")),
        ]
    )
    func patterns(pattern: String, text: String, expected: Value) throws {
        let pattern = try #require(TextPattern(pattern))
        #expect(Array(text.utf8).withUnsafeBufferPointer { pattern.firstMatch(in: $0) } == expected)
    }
}
