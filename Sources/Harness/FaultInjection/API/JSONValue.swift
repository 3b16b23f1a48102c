import Foundation

/// JSON as it came, so that a wrong type can be named instead of coerced.
enum JSONValue: Sendable, Equatable, Decodable {
    case null
    case bool(Bool)
    case integer(Int64)
    case number(Double)
    case string(String)
    case array([JSONValue])
    case object([String: JSONValue])

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if container.decodeNil() {
            self = .null
        } else if let bool = try? container.decode(Bool.self) {
            self = .bool(bool)
        } else if let integer = try? container.decode(Int64.self) {
            self = .integer(integer)
        } else if let number = try? container.decode(Double.self) {
            self = .number(number)
        } else if let string = try? container.decode(String.self) {
            self = .string(string)
        } else if let array = try? container.decode([JSONValue].self) {
            self = .array(array)
        } else {
            self = .object(try container.decode([String: JSONValue].self))
        }
    }

    /// - Throws: ``ProxyError`` (400) if the bytes are not JSON.
    static func parse(_ bytes: Data) throws(ProxyError) -> JSONValue {
        guard !bytes.isEmpty else { throw ProxyError.badBody("it is empty; expected JSON") }
        do {
            return try JSONDecoder().decode(JSONValue.self, from: bytes)
        } catch {
            throw ProxyError.badBody("it is not JSON")
        }
    }

    /// What it is, for messages.
    var kind: String {
        switch self {
        case .null: "null"
        case .bool: "a boolean"
        case .integer: "a whole number"
        case .number: "a number with a fraction"
        case .string: "a string"
        case .array: "a list"
        case .object: "an object"
        }
    }

    func fields() throws(ProxyError) -> JSONFields {
        guard case .object(let fields) = self else { throw ProxyError.badBody("expected an object, found \(kind)") }
        return JSONFields(fields: fields)
    }
}
