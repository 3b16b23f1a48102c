import Testing

@testable import Scenario

@Suite("Templates")
struct TemplateTests {
    private func request(_ step: String, slots: [String: Value] = [:]) throws -> (RequestStep, TestUser) {
        let scenario = try Scenario.read(yaml: Example.flow("    - set: { x: 1, y: 2 }\n    - r: \(step)"))
        let flow = try #require(scenario.flows.first)
        let user = TestUser(slots: flow.slotNames.map { slots[$0] ?? .none })
        return (try #require(flow.requests.first), user)
    }

    @Test(
        "a JSON body keeps the type of a value that stands alone, and escapes one that stands in a text",
        arguments: [
            (#"{ a: "${x}" }"#, .integer(3), #"{"a":3}"#),
            (#"{ a: "${x}" }"#, .text("q\"\\\n"), #"{"a":"q\"\\\n"}"#),
            (#"{ a: "${x}" }"#, .list([.text("A-1"), .boolean(true)]), #"{"a":["A-1",true]}"#),
            (#"{ a: "${x}" }"#, .none, #"{"a":null}"#),
            (#"{ a: "no. ${x}" }"#, .integer(3), #"{"a":"no. 3"}"#),
            (#"{ a: "<${x}>" }"#, .text("\u{1}\""), #"{"a":"<\u0001\">"}"#),
            (#"{ a: "$${x}" }"#, .integer(3), #"{"a":"${x}"}"#),
            (
                #"[1, "1", 1.5, true, "true", null, no, 2026-01-01, "${x}"]"#, .boolean(false),
                #"[1,"1",1.5,true,"true",null,"no","2026-01-01",false]"#
            ),
            (#"{ "a\"b": {} , c: [] }"#, .none, #"{"a\"b":{},"c":[]}"#),
        ] as [(String, Value, String)]
    )
    func json(body: String, x: Value, expected: String) throws {
        var (request, user) = try request("{ post: /r, json: \(body) }", slots: ["x": x])
        #expect(request.body?.template.text(&user) == expected)
        #expect(request.body?.contentType == "application/json")
    }

    @Test("a value in a URL is percent-encoded, the rest stays, and the query is appended")
    func url() throws {
        var (request, user) = try request(
            #"{ get: "/a%20b/${x}/c?d=1", query: { "e f": "g&${y}" } }"#,
            slots: ["x": .text("A/1 é"), "y": .text("=")]
        )
        #expect(request.url.text(&user) == "/a%20b/A%2F1%20%C3%A9/c?d=1&e%20f=g%26%3D")
    }

    @Test("a URL that is one value is used as it is")
    func wholeURL() throws {
        var (request, user) = try request(#"{ get: "${x}" }"#, slots: ["x": .text("http://host/a?b=c")])
        #expect(request.url.text(&user) == "http://host/a?b=c")
    }

    @Test("headers, texts and forms are rendered")
    func others() throws {
        var (text, user) = try request(
            #"{ put: /r, headers: { X-Seat: "${x}!" }, body: "a=${y}" }"#,
            slots: ["x": .text("A"), "y": .integer(2)]
        )
        #expect(text.headers.first?.value.text(&user) == "A!")
        #expect(text.hasHeader("x-seat"))
        #expect(text.body?.template.text(&user) == "a=2")
        var (form, other) = try request(#"{ post: /r, form: { a: "x y", b: "${x}" } }"#, slots: ["x": .text("&")])
        #expect(form.body?.template.text(&other) == "a=x%20y&b=%26")
    }

    @Test("what is constant is one literal, rendered when the file is read")
    func constants() throws {
        let (request, _) = try request("{ post: /r, json: { a: 1, b: [x, true] } }")
        #expect(request.body?.template.literal == #"{"a":1,"b":["x",true]}"#)
    }

    @Test("what is left out has k6's defaults")
    func defaults() throws {
        let (request, _) = try request("{ get: /r }")
        #expect(request.timeout == .seconds(60))
        #expect(request.expect.status == StatusSet([200...399]))
        #expect(request.body == nil)
    }

    @Test("statuses are numbers, classes and ranges; captures are JSON paths and headers")
    func expectAndCapture() throws {
        let (request, _) = try request(
            "{ get: /r, expect: { status: [2xx, 404, 410..420] }, capture: { x: $.a, y: { header: Location } } }"
        )
        #expect(request.expect.status.ranges == [200...299, 404...404, 410...420])
        #expect(request.captures.map(\.source) == [.json(JSONPath([.key("a")])), .header("location")])
    }
}
