import Scenario

/// A header whose value is rendered for each request.
struct VariableHeader: Sendable {
    let name: String
    let template: Template
    /// Whether the history is to have its value.
    let isIdempotencyKey: Bool

    init(_ header: HeaderTemplate) {
        name = header.name
        template = header.value
        isIdempotencyKey = header.name.lowercased() == "idempotency-key"
    }
}
