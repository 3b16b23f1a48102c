import Scenario

/// A header whose value is rendered for each request.
struct VariableHeader: Sendable {
    /// `Name: `.
    let start: [UInt8]
    let template: Template
    /// Whether the history is to have its value.
    let isIdempotencyKey: Bool

    init(_ header: HeaderTemplate) {
        start = Array("\(header.name): ".utf8)
        template = header.value
        isIdempotencyKey = header.name.lowercased() == "idempotency-key"
    }
}
