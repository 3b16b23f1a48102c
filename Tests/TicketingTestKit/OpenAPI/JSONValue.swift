import Foundation

/// Any JSON value; also what YAML that is JSON reads as.
package indirect enum JSONValue: Sendable, Hashable, Decodable {
    case null
    case bool(Bool)
    case integer(Int64)
    case number(Double)
    case string(String)
    case array([JSONValue])
    case object([String: JSONValue])

    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if container.decodeNil() {
            self = .null
        } else if let value = try? container.decode(Bool.self) {
            self = .bool(value)
        } else if let value = try? container.decode(Int64.self) {
            self = .integer(value)
        } else if let value = try? container.decode(Double.self) {
            self = .number(value)
        } else if let value = try? container.decode(String.self) {
            self = .string(value)
        } else if let value = try? container.decode([JSONValue].self) {
            self = .array(value)
        } else {
            self = .object(try container.decode([String: JSONValue].self))
        }
    }

    /// Reads what Yams makes of a document; nothing when a key is no string or a value is none of JSON's.
    init?(yaml value: Any?) {
        switch value {
        case nil: self = .null
        case let value as Bool: self = .bool(value)
        case let value as Int: self = .integer(Int64(value))
        case let value as UInt: self = .number(Double(value))
        case let value as Double: self = .number(value)
        case let value as String: self = .string(value)
        case let values as [Any]:
            let read = values.compactMap { JSONValue(yaml: $0) }
            guard read.count == values.count else { return nil }
            self = .array(read)
        case let pairs as [AnyHashable: Any]:
            var read: [String: JSONValue] = [:]
            for (key, value) in pairs {
                guard let key = key.base as? String, let value = JSONValue(yaml: value) else { return nil }
                read[key] = value
            }
            self = .object(read)
        case is NSNull: self = .null
        default: return nil
        }
    }

    /// The value of an object's field.
    package subscript(_ name: String) -> JSONValue? { object?[name] }

    package var object: [String: JSONValue]? {
        if case .object(let fields) = self { fields } else { nil }
    }
    package var array: [JSONValue]? {
        if case .array(let items) = self { items } else { nil }
    }
    package var string: String? {
        if case .string(let text) = self { text } else { nil }
    }
    package var bool: Bool? {
        if case .bool(let value) = self { value } else { nil }
    }
    /// The value of either kind of number.
    package var double: Double? {
        switch self {
        case .integer(let value): Double(value)
        case .number(let value): value
        default: nil
        }
    }
}
