import Foundation
import TicketingTestKit

/// A request's body that is wrong in one field.
struct FieldCase: Sendable {
    let field: String
    let fault: String
    let body: JSONValue

    /// Every way in which the schema lets `valid` be wrong.
    static func all(of schema: JSONValue, _ valid: JSONValue, in document: OpenAPIDocument) -> [FieldCase] {
        let schema = document.resolve(schema)
        let required = (schema["required"]?.array ?? []).compactMap(\.string)
        return (schema["properties"]?.object ?? [:]).sorted { $0.key < $1.key }.flatMap { field, property in
            var cases = values(document.resolve(property)).map { fault, value in
                FieldCase(field: field, fault: fault, body: valid.replacing(field, with: value))
            }
            if required.contains(field) {
                cases.append(FieldCase(field: field, fault: "missing", body: valid.replacing(field, with: nil)))
            }
            return cases
        }
    }

    private static func values(_ schema: JSONValue) -> [(String, JSONValue)] {
        let types =
            schema["type"]?.string.map { [$0] } ?? schema["type"]?.array?.compactMap(\.string) ?? ["object", "null"]
        var values: [(String, JSONValue)] = []
        if !types.contains("null") { values.append(("null", .null)) }
        if types.contains("string") {
            values.append(("a number", .integer(7)))
            if schema["minLength"] != nil { values.append(("empty", .string(""))) }
            if let most = schema["maxLength"]?.double {
                values.append(("too long", .string(String(repeating: "x", count: Int(most) + 1))))
            }
            if schema["enum"] != nil || schema["format"] != nil { values.append(("not allowed", .string("nonsense"))) }
        } else {
            values.append(("a string", .string("x")))
        }
        if types.contains("array") {
            let items = (0...Int(schema["maxItems"]?.double ?? 0)).map { JSONValue.string("R1C\($0)") }
            values += [
                ("no items", .array([])), ("too many items", .array(items)),
                ("a number among them", .array([.integer(1)])),
                ("one twice", .array([items[0], items[0]])), ("an empty one", .array([.string("")])),
            ]
        }
        if types.contains("integer") {
            values += [("a fraction", .number(1.5)), ("beyond all integers", .number(1e30))]
        }
        if let least = schema["minimum"]?.double { values.append(("too small", .integer(Int64(least) - 1))) }
        if let least = schema["exclusiveMinimum"]?.double { values.append(("too small", .integer(Int64(least)))) }
        if let most = schema["maximum"]?.double, most < 1e15 { values.append(("too large", .integer(Int64(most) + 1))) }
        return values
    }
}

extension JSONValue {
    /// The object with another value, or none, in one field.
    func replacing(_ field: String, with value: JSONValue?) -> JSONValue {
        var fields = object ?? [:]
        fields[field] = value
        return .object(fields)
    }

    /// As JSON.
    var text: String {
        switch self {
        case .null: "null"
        case .bool(let value): String(value)
        case .integer(let value): String(value)
        case .number(let value): String(value)
        case .string(let text): "\"\(text)\""
        case .array(let items): "[\(items.map(\.text).joined(separator: ","))]"
        case .object(let fields):
            "{\(fields.sorted { $0.key < $1.key }.map { "\"\($0.key)\":\($0.value.text)" }.joined(separator: ","))}"
        }
    }
}
