import Foundation

/// Checks values against the part of JSON Schema (2020-12) that the contract uses.
///
/// A keyword that it does not know is a problem too: what is written but not checked would be a promise that nobody keeps.
package struct SchemaChecker: Sendable {
    private static let known: Set<String> = [
        "type", "required", "properties", "additionalProperties", "items", "minItems", "maxItems", "uniqueItems",
        "enum",
        "pattern", "minLength", "maxLength", "minimum", "maximum", "exclusiveMinimum", "format", "oneOf", "allOf",
        "description", "default", "x-rules",
    ]

    private let document: OpenAPIDocument

    package init(_ document: OpenAPIDocument) { self.document = document }

    /// What is wrong with `value`; each line names the place, beginning with `place`.
    package func problems(_ value: JSONValue, _ schema: JSONValue, at place: String) -> [String] {
        let schema = document.resolve(schema)
        var problems = (schema.object ?? [:]).keys.filter { !Self.known.contains($0) }.sorted()
            .map { "\(place): the document uses the keyword \"\($0)\", which nobody checks" }
        if let types = schema["type"], !Self.names(types).contains(where: { Self.isOf($0, value) }) {
            return problems + ["\(place): is \(Self.name(value)), not \(Self.names(types).joined(separator: " or "))"]
        }
        if let allowed = schema["enum"]?.array, !allowed.contains(value) {
            problems.append("\(place): \(value) is none of \(allowed)")
        }
        for part in schema["allOf"]?.array ?? [] { problems += self.problems(value, part, at: place) }
        if let choices = schema["oneOf"]?.array {
            let fitting = choices.count { self.problems(value, $0, at: place).isEmpty }
            if fitting != 1 { problems.append("\(place): fits \(fitting) of \(choices.count) choices, not one") }
        }
        switch value {
        case .object(let fields): problems += objectProblems(fields, schema, at: place)
        case .array(let items): problems += arrayProblems(items, schema, at: place)
        case .string(let text): problems += Self.stringProblems(text, schema, at: place)
        case .number where schema["format"]?.string == "int64": problems.append("\(place): does not fit 64 bits")
        case .integer, .number: problems += Self.numberProblems(value.double ?? 0, schema, at: place)
        case .null, .bool: break
        }
        return problems
    }

    func resolved(_ schema: JSONValue) -> JSONValue { document.resolve(schema) }

    private func objectProblems(_ fields: [String: JSONValue], _ schema: JSONValue, at place: String) -> [String] {
        let properties = schema["properties"]?.object ?? [:]
        var problems = (schema["required"]?.array ?? []).compactMap(\.string).filter { fields[$0] == nil }
            .map { "\(place).\($0): is missing" }
        for (name, value) in fields.sorted(by: { $0.key < $1.key }) {
            if let property = properties[name] {
                problems += self.problems(value, property, at: "\(place).\(name)")
            } else if schema["additionalProperties"]?.bool == false {
                problems.append("\(place).\(name): is not in the document")
            }
        }
        return problems
    }

    private func arrayProblems(_ items: [JSONValue], _ schema: JSONValue, at place: String) -> [String] {
        var problems = Self.lengthProblems(items.count, schema, "minItems", "maxItems", at: place)
        if schema["uniqueItems"]?.bool == true, Set(items).count != items.count {
            problems.append("\(place): has an item twice")
        }
        if let schema = schema["items"] {
            for (index, item) in items.enumerated() {
                problems += self.problems(item, schema, at: "\(place)[\(index)]")
            }
        }
        return problems
    }

    private static func stringProblems(_ text: String, _ schema: JSONValue, at place: String) -> [String] {
        var problems = lengthProblems(text.unicodeScalars.count, schema, "minLength", "maxLength", at: place)
        if let pattern = schema["pattern"]?.string, text.range(of: pattern, options: .regularExpression) == nil {
            problems.append("\(place): \"\(text)\" does not match \(pattern)")
        }
        if schema["format"]?.string == "date-time", !isDateTime(text) {
            problems.append("\(place): \"\(text)\" is no time")
        }
        return problems
    }

    private static func numberProblems(_ value: Double, _ schema: JSONValue, at place: String) -> [String] {
        var problems: [String] = []
        if let least = schema["minimum"]?.double, value < least { problems.append("\(place): \(value) < \(least)") }
        if let most = schema["maximum"]?.double, value > most { problems.append("\(place): \(value) > \(most)") }
        if let least = schema["exclusiveMinimum"]?.double, value <= least {
            problems.append("\(place): \(value) ≤ \(least)")
        }
        return problems
    }

    private static func lengthProblems(
        _ length: Int,
        _ schema: JSONValue,
        _ least: String,
        _ most: String,
        at place: String
    ) -> [String] {
        let low = schema[least]?.double ?? 0
        let high = schema[most]?.double ?? .infinity
        return (low...high).contains(Double(length)) ? [] : ["\(place): has length \(length), not \(low) to \(high)"]
    }

    /// RFC 3339, section 5.6.
    private static func isDateTime(_ text: String) -> Bool {
        (try? Date(text, strategy: .iso8601)) != nil
            || (try? Date(text, strategy: Date.ISO8601FormatStyle(includingFractionalSeconds: true))) != nil
    }

    private static func names(_ types: JSONValue) -> [String] {
        types.string.map { [$0] } ?? (types.array ?? []).compactMap(\.string)
    }

    private static func isOf(_ type: String, _ value: JSONValue) -> Bool {
        if type == "integer", case .number(let number) = value { return number == number.rounded() }
        return type == name(value) || type == "number" && name(value) == "integer"
    }

    private static func name(_ value: JSONValue) -> String {
        switch value {
        case .null: "null"
        case .bool: "boolean"
        case .integer: "integer"
        case .number: "number"
        case .string: "string"
        case .array: "array"
        case .object: "object"
        }
    }
}
