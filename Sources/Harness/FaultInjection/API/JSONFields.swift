/// The fields of an object, read with their types checked.
///
/// Absent and `null` are the same: nil.
struct JSONFields {
    let fields: [String: JSONValue]

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
            throw ProxyError.badBody("\(name): \(number) is not in \(range.lowerBound)…\(range.upperBound)")
        }
        return number
    }

    func object(_ name: String) throws(ProxyError) -> [String: JSONValue]? {
        guard let value = present(name) else { return nil }
        guard case .object(let object) = value else { throw mismatch(name, "an object", value) }
        return object
    }

    private func present(_ name: String) -> JSONValue? {
        fields[name].flatMap { $0 == .null ? nil : $0 }
    }

    private func mismatch(_ name: String, _ expected: String, _ value: JSONValue) -> ProxyError {
        ProxyError.badBody("\(name): expected \(expected), found \(value.kind)")
    }
}
