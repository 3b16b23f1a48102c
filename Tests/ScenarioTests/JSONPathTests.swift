import Testing

@testable import Scenario

@Suite("JSON paths")
struct JSONPathTests {
    private static let document = #"""
         { "a" : [ 1 , -2.5e1, "x\n\u00e9\ud83d\ude00", true, null, {"b": [] } ],
           "skip": {"deep": ["}", "\"]", {"a": 1}]}, "odd name": "y", "c": {"d": {"e": 7}}, "big": 18446744073709551616 }
        """#

    @Test(
        "find the value, with its type",
        arguments: [
            ("$.a[0]", .integer(1)), ("$.a[1]", .number(-25)), ("$.a[2]", .text("x\né😀")), ("$.a[3]", .boolean(true)),
            ("$.a[4]", .none), ("$.a[5].b", .list([])), ("$.a[5]", .text(#"{"b": [] }"#)), ("$.a[6]", .none),
            (#"$["odd name"]"#, .text("y")), ("$.c.d.e", .integer(7)), ("$.c.d.f", .none), ("$.a.b", .none),
            ("$.big", .number(18_446_744_073_709_551_616)), ("$.skip.deep[2].a", .integer(1)),
        ] as [(String, Value)]
    )
    func values(path: String, expected: Value) throws {
        let path = try #require(JSONPath(path))
        #expect(path.value(in: Array(Self.document.utf8)) == expected)
    }

    @Test("lists come whole")
    func lists() throws {
        #expect(
            try #require(JSONPath("$")).value(in: Array("[1, [\"a\"], {}]".utf8))
                == .list([.integer(1), .list([.text("a")]), .text("{}")])
        )
    }

    @Test(
        "text that is not JSON gives nothing",
        arguments: [
            "", "{", "{\"a\"", "{\"a\":", "{\"a\":\"x", "{\"a\":\"\\", "nul", "[,]", "{\"a\":tru}", "{\"a\":\"\\u12",
        ]
    )
    func broken(text: String) throws {
        #expect(try #require(JSONPath("$.a")).value(in: Array(text.utf8)) == Value.none)
    }

    @Test("every prefix of a document is read without a trap")
    func prefixes() throws {
        let bytes = Array(Self.document.utf8)
        let paths = try ["$.c.d.e", "$.a[2]", "$", "$.skip.deep[1]"].map { try #require(JSONPath($0)) }
        for count in 0...bytes.count {
            for path in paths { _ = path.value(in: Array(bytes[..<count])) }
        }
    }

    @Test("a document nested a million levels deep gives nothing")
    func deep() throws {
        let bytes = Array(String(repeating: "[", count: 1_000_000).utf8)
        #expect(try #require(JSONPath("$")).value(in: bytes) == Value.none)
        #expect(try #require(JSONPath("$[1]")).value(in: bytes) == Value.none)
    }

    @Test("what is no path is refused", arguments: ["a", "$.", "$a", "$[", "$[x]", "$['a]", "$.a[0", "$.a b"])
    func noPaths(text: String) {
        #expect(JSONPath(text) == nil)
    }
}
