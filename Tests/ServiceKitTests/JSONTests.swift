import Contract
import Foundation
import NIOCore
import Testing

@testable import ServiceKit

@Suite("JSON")
struct JSONTests {
    private struct Nested: Decodable {
        let name: String
        let seats: [String]
        let count: Int
    }

    @Test(
        "a body that cannot be used is refused by the name of its field",
        arguments: [
            (#"{"seats":["a"],"count":1}"#, ErrorCode.validationFailed, "name is missing"),
            (#"{"name":1,"seats":["a"],"count":1}"#, .validationFailed, "name is not a string"),
            (#"{"name":null,"seats":["a"],"count":1}"#, .validationFailed, "name is null"),
            (#"{"name":"a","seats":["a",2],"count":1}"#, .validationFailed, "seats[1] is not a string"),
            (#"{"name":"a","seats":"b","count":1}"#, .validationFailed, "seats is not an array"),
            (#"{"name":"a","seats":[],"count":1.5}"#, .validationFailed, "count is not a whole number that fits"),
            (
                #"{"name":"a","seats":[],"count":99999999999999999999}"#, .validationFailed,
                "count is not a whole number that fits"
            ),
            (#"[1]"#, .validationFailed, "the body is not an object"),
            (#"{"name":"#, .malformedRequest, "the body is not JSON"),
            ("", .malformedRequest, "the body is not JSON"),
        ]
    )
    func refusals(text: String, code: ErrorCode, message: String) {
        let error = #expect(throws: ServiceError.self) { try decodeJSON(Nested.self, from: Data(text.utf8)) }
        #expect(error?.code == code)
        #expect(error?.message == message)
    }

    @Test("unknown fields are ignored")
    func unknownFields() throws {
        let body = try decodeJSON(Nested.self, from: Data(#"{"name":"a","seats":[],"count":1,"more":{"x":1}}"#.utf8))
        #expect(body.count == 1)
    }

    private func scan(_ text: String) -> [String: JSONScanner.Value]? {
        var fields: [String: JSONScanner.Value] = [:]
        let understood = Array(text.utf8).withUnsafeBufferPointer { bytes in
            JSONScanner.scan(bytes) { name, value in fields[String(decoding: name, as: UTF8.self)] = value }
        }
        return understood ? fields : nil
    }

    @Test("the scanner reads plain objects")
    func scanner() {
        #expect(scan(#" { "a" : "x" , "b":-12,"c":"é" } "#) == ["a": .text("x"), "b": .integer(-12), "c": .text("é")])
        #expect(scan("{}") == [:])
    }

    @Test(
        "the scanner gives up on whatever it does not fully understand",
        arguments: [
            "", "{", "{}x", "[]", #"{"a":1.0}"#, #"{"a":1e3}"#, #"{"a":01}"#, #"{"a":"\n"}"#, #"{"a":true}"#,
            #"{"a":null}"#,
            #"{"a":[1]}"#, #"{"a":{}}"#, #"{"a":1,}"#, #"{"a" 1}"#, #"{"a":"b}"#, #"{"a":-}"#,
            #"{"a":12345678901234567890}"#,
            "{\"a\":\"\u{1}\"}", #"{a:1}"#,
        ]
    )
    func scannerGivesUp(text: String) {
        #expect(scan(text) == nil)
    }

    @Test(
        "text that is written by hand is read back by the decoder",
        arguments: ["", "plain", "\"\\/", "\n\u{1}\t", "é漢😀"]
    )
    func writing(text: String) throws {
        var buffer = ByteBuffer()
        buffer.writeJSON(text)
        let data = Data(buffer.readableBytesView)
        #expect(try JSONDecoder().decode(String.self, from: data) == text)
    }
}
