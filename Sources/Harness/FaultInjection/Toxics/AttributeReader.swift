/// Reads a toxic's attributes and refuses, by name, what is not right about them.
struct AttributeReader: Sendable {
    let type: String
    let attributes: [String: JSONValue]

    func rejectUnknown(allowed: [String]) throws(ProxyError) {
        for name in attributes.keys.sorted() where !allowed.contains(name) {
            throw ProxyError(
                .badRequest,
                "bad request body: attributes.\(name): \(type) has no such attribute; it has \(allowed.joined(separator: ", "))"
            )
        }
    }

    /// 0 when left out; at most a day.
    func milliseconds(_ name: String) throws(ProxyError) -> Int64 {
        try integer(name, in: 0...86_400_000, default: 0)
    }

    func integer(_ name: String, in range: ClosedRange<Int64>, default fallback: Int64) throws(ProxyError) -> Int64 {
        guard let value = attributes[name], value != .null else { return fallback }
        guard case .integer(let integer) = value else {
            throw ProxyError(
                .badRequest,
                "bad request body: attributes.\(name): expected a whole number, found \(value.kind)"
            )
        }
        guard range.contains(integer) else {
            throw ProxyError(
                .badRequest,
                "bad request body: attributes.\(name): \(integer) is not in \(range.lowerBound)…\(range.upperBound)"
            )
        }
        return integer
    }
}
