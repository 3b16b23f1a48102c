/// The fields of an object, read with their types checked.
///
/// Absent and `null` are the same: nil.
struct JSONFields {
    let fields: [String: JSONValue]
    /// Where they are, for messages: `match.`, say.
    var path = ""

    func string(_ name: String) throws(ProxyError) -> String? {
        guard let value = present(name) else { return nil }
        guard case .string(let string) = value else { throw mismatch(name, "a string", value) }
        return string
    }

    func bool(_ name: String) throws(ProxyError) -> Bool? {
        guard let value = present(name) else { return nil }
        guard case .bool(let bool) = value else { throw mismatch(name, "a boolean", value) }
        return bool
    }

    func number(_ name: String, in range: ClosedRange<Double>) throws(ProxyError) -> Double? {
        guard let value = present(name) else { return nil }
        let number: Double
        switch value {
        case .integer(let integer): number = Double(integer)
        case .number(let double): number = double
        default: throw mismatch(name, "a number", value)
        }
        guard range.contains(number) else {
            throw ProxyError.badBody("\(path)\(name): \(number) is not in \(range.lowerBound)…\(range.upperBound)")
        }
        return number
    }

    func object(_ name: String) throws(ProxyError) -> [String: JSONValue]? {
        guard let value = present(name) else { return nil }
        guard case .object(let object) = value else { throw mismatch(name, "an object", value) }
        return object
    }

    func integer(_ name: String, in range: ClosedRange<Int64>) throws(ProxyError) -> Int64? {
        guard let value = present(name) else { return nil }
        guard case .integer(let integer) = value else { throw mismatch(name, "a whole number", value) }
        guard range.contains(integer) else {
            throw ProxyError.badBody("\(path)\(name): \(integer) is not in \(range.lowerBound)…\(range.upperBound)")
        }
        return integer
    }

    /// The fields of the object in `name`.
    func fields(_ name: String) throws(ProxyError) -> JSONFields? {
        try object(name).map { JSONFields(fields: $0, path: "\(path)\(name).") }
    }

    func value(_ name: String) -> JSONValue? { present(name) }

    func rejectUnknown(allowed: [String]) throws(ProxyError) {
        for name in fields.keys.sorted() where !allowed.contains(name) {
            throw ProxyError.badBody("\(path)\(name): no such field; there are \(allowed.joined(separator: ", "))")
        }
    }

    /// One of the names that `choices` has.
    func choice(_ name: String, _ choices: [String]) throws(ProxyError) -> String? {
        guard let text = try string(name) else { return nil }
        guard choices.contains(text) else {
            throw ProxyError.badBody(
                "\(path)\(name): \"\(text.prefix(100))\" is not one of \(choices.joined(separator: ", "))"
            )
        }
        return text
    }

    /// What something is to be called: `name`, or `standard` where there is none.
    func name(default standard: String) throws(ProxyError) -> String {
        let name = try string("name") ?? standard
        guard (1...255).contains(name.utf8.count) else {
            throw ProxyError.badBody("\(path)name: its length, \(name.utf8.count) bytes, is not in 1…255")
        }
        return name
    }

    private func present(_ name: String) -> JSONValue? {
        fields[name].flatMap { $0 == .null ? nil : $0 }
    }

    func mismatch(_ name: String, _ expected: String, _ value: JSONValue) -> ProxyError {
        ProxyError.badBody("\(path)\(name): expected \(expected), found \(value.kind)")
    }
}
