import Testing

@testable import Scenario

@Suite("Expressions")
struct ExpressionTests {
    @Test(
        "evaluate to the expected value",
        arguments: [
            ("1 + 2 * 3", .integer(7)), ("(1 + 2) * 3", .integer(9)), ("7 / 2", .number(3.5)), ("8 / 2", .integer(4)),
            ("7 % 3", .integer(1)), ("-count + 1", .integer(-2)), ("1.5 + 1", .number(2.5)), ("'a' + 1", .text("a1")),
            ("1 == 1.0", .boolean(true)), ("1 == '1'", .boolean(false)), ("seat == 'A-1'", .boolean(true)),
            ("status in [200, 201]", .boolean(true)), ("status not in [200, 201]", .boolean(false)),
            ("status >= 200 and status < 300", .boolean(true)), ("not true or true", .boolean(true)),
            ("list[1]", .integer(2)), ("list[9]", .none), ("list + [4]", .list([1, 2, 3, 4].map(Value.integer))),
            ("'a' < 'b'", .boolean(true)), ("'a' < 1", .boolean(false)), ("CONFIRMED", .text("CONFIRMED")),
            ("user", .integer(7)), ("wave", .integer(1)), ("iteration", .integer(4)),
            ("now", .integer(1_700_000_000_000)),
            ("finale[wave].id", .text("event-1")), ("finale.price", .integer(50_000)), ("finale[2].cols", .integer(2)),
            ("finale[wave].seats[2]", .text("B-1")), ("finale[wave + 10].id", .none),
            ("each(finale[0].seats)", .text("B-2")), ("same(finale[0].seats)", .text("A-2")),
            ("1 / 0", .none), ("1 % 0", .none), ("9223372036854775807 + 1", .number(9_223_372_036_854_775_808)),
            ("random(5..5)", .integer(5)), ("random(5..4)", .none), ("null == count", .boolean(false)),
            ("'ell' in 'hello'", .boolean(true)), ("pick([])", .none), ("hot([1, 2], 0)", .none),
            ("number('007') + 1", .integer(8)), ("number('1.5')", .number(1.5)), ("number(2)", .integer(2)),
            ("number('x1')", .none), ("number(list)", .none), ("number('inf')", .none), ("'}'", .text("}")),
        ] as [(String, Value)]
    )
    func evaluation(source: String, expected: Value) throws {
        #expect(try value(of: source) == expected)
    }

    @Test("read the last response")
    func response() throws {
        let body = #"{"status": "PAID", "seats": [{"id": "A-1"}], "amount": 12.5}"#
        #expect(try value(of: "$.status in [PAID, CONFIRMED]", response: body) == .boolean(true))
        #expect(try value(of: "$.seats[0].id", response: body) == .text("A-1"))
        #expect(try value(of: "$.amount * 2", response: body) == .number(25))
        #expect(try value(of: "$.nothing", response: body) == Value.none)
    }

    @Test(
        "that cannot be read say where",
        arguments: [
            ("1 +", 3, "expected a value, found the end"), ("(1", 2, "expected `)`, found the end"),
            ("1 2", 2, "expected an operator or the end, found 2"), ("seat && count", 5, "unexpected `&`; write `and`"),
            ("'abc", 0, "this text has no closing '"),
            ("finale", 6, "expected a field of event finale: .id, .name, .seats, .rows, .cols, .price, found the end"),
            ("random(1)", 8, "expected `..`, as in random(1..100), found `)`"),
            ("", 0, "expected an expression, found nothing"),
            ("coutn > 1", 0, "unknown variable `coutn`; did you mean `count`?"),
            (
                "adjacent(list, 2)", 9,
                "adjacent needs an event's seats, which have rows, as in adjacent(finale[0].seats, 2)"
            ),
            ("adjacent(finale[0].seats, 3)", 26, "event finale has rows of 2 seats: expected a number from 1 to 2"),
            (
                "adjacent(finale[0].seats)", 24,
                "expected seats and how many of them, as in adjacent(finale[0].seats, 2), found `)`"
            ),
        ]
    )
    func errors(source: String, offset: Int, message: String) {
        #expect(throws: ExpressionError(offset: offset, message: message)) { try parse(source) }
    }

    @Test("longer than 200 words are refused, so evaluation has a bounded depth")
    func length() {
        #expect(throws: ExpressionError.self) { try parse(Array(repeating: "1", count: 200).joined(separator: "+")) }
        #expect(throws: ExpressionError.self) {
            try parse(String(repeating: "(", count: 5000) + "1" + String(repeating: ")", count: 5000))
        }
    }

    @Test("random numbers stay in their range, and reach both ends")
    func random() throws {
        let expression = try parse("random(1..6)")
        var user = TestUser()
        let drawn = Set((0..<1000).map { _ in expression.evaluate(&user) })
        #expect(drawn == Set((1...6).map { Value.integer($0) }))
    }

    @Test("adjacent takes neighbours within one row, every such pair")
    func adjacent() throws {
        let expression = try parse("adjacent(finale[1].seats, 2)")
        var user = TestUser()
        let drawn = Set((0..<200).map { _ in expression.evaluate(&user) })
        #expect(drawn == [.list([.text("A-1"), .text("A-2")]), .list([.text("B-1"), .text("B-2")])])
        #expect(try value(of: "adjacent(finale[0].seats, 1)[0] in finale[0].seats") == .boolean(true))
        #expect(try value(of: "adjacent(finale[0].seats, count)") == Value.none)
    }

    @Test("pick reaches every seat; hot takes the first n only, and the first most often")
    func picks() throws {
        let pick = try parse("pick(finale[0].seats)")
        let hot = try parse("hot(finale[0].seats, 3)")
        var user = TestUser()
        let picked = Set((0..<200).map { _ in pick.evaluate(&user).rendered })
        var counts: [String: Int] = [:]
        for _ in 0..<3000 { counts[hot.evaluate(&user).rendered, default: 0] += 1 }
        #expect(picked == ["A-1", "A-2", "B-1", "B-2"])
        #expect(Set(counts.keys) == ["A-1", "A-2", "B-1"])
        let first = counts["A-1", default: 0]
        let third = counts["B-1", default: 0]
        // Zipf: shares 6/11, 3/11, 2/11.
        #expect(first > 2 * third)
    }

    @Test("a uuid is a version 4 UUID, new each time, and another one in another run with the same seed")
    func uuid() throws {
        let expression = try parse("uuid")
        var user = TestUser()
        var otherRun = TestUser(runNonce: 99)
        let first = expression.evaluate(&user).rendered
        let second = expression.evaluate(&user).rendered
        #expect(first.wholeMatch(of: /[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}/) != nil)
        #expect(first != second)
        #expect(expression.evaluate(&otherRun).rendered != first)
    }

    @Test("the same seed gives the same values")
    func determinism() throws {
        let expression = try parse("random(1..1000000)")
        var one = TestUser()
        var other = TestUser()
        #expect((0..<20).map { _ in expression.evaluate(&one) } == (0..<20).map { _ in expression.evaluate(&other) })
    }
}
