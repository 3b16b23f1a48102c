/// The body of `POST /chaos/v1/proxies/{p}/down`: `leaseSeconds`, and a `name`, `down` by default.
struct OutageInput: Sendable {
    let name: String
    let leaseSeconds: Double

    /// - Throws: ``ProxyError`` (400) naming the field.
    init(_ value: JSONValue) throws(ProxyError) {
        let fields = try value.fields()
        try fields.rejectUnknown(allowed: ["name", "leaseSeconds"])
        guard let lease = try fields.number("leaseSeconds", in: 0.001...ToxicInput.longestLease) else {
            throw ProxyError.missing("leaseSeconds")
        }
        name = try fields.name(default: "down")
        leaseSeconds = lease
    }
}
