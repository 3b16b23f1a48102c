/// One fact about a span, named by OpenTelemetry's semantic conventions where they have a name for it.
package struct SpanAttribute: Sendable, Equatable {
    /// What OTLP calls an `AnyValue`, as far as it is used here.
    package enum Value: Sendable, Equatable {
        case string(String)
        case int(Int64)
        case bool(Bool)
    }

    package let key: String
    package let value: Value

    /// Names a text.
    package init(_ key: String, _ value: String) {
        self.key = key
        self.value = .string(value)
    }

    /// Names a whole number.
    package init(_ key: String, _ value: Int64) {
        self.key = key
        self.value = .int(value)
    }

    /// Names a truth.
    package init(_ key: String, _ value: Bool) {
        self.key = key
        self.value = .bool(value)
    }
}
