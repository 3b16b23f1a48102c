/// The body of `POST /chaos/v1/proxies/{p}/down` and of `…/partition`: `leaseSeconds`, and for a partition the `direction` in which nothing
/// passes.
struct OutageInput: Sendable {
    let leaseSeconds: Double
    let direction: Stream?

    /// - Throws: ``ProxyError`` (400) naming the field.
    init(_ value: JSONValue) throws(ProxyError) {
        let fields = try value.fields()
        try fields.rejectUnknown(allowed: ["leaseSeconds", "direction"])
        guard let lease = try fields.number("leaseSeconds", in: 0.001...ToxicInput.longestLease) else {
            throw ProxyError.missing("leaseSeconds")
        }
        leaseSeconds = lease
        direction = try fields.choice("direction", Stream.allCases.map(\.rawValue)).flatMap { Stream(rawValue: $0) }
    }
}
