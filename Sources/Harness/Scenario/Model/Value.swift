/// What an expression evaluates to, a capture takes from a response, and a slot of a virtual user holds.
///
/// Operations on values are total: what makes no sense (dividing by zero, the third element of two, ordering a text
/// against a number) is ``none`` or `false`, never a trap.
package enum Value: Sendable, Hashable {
    /// Nothing: a slot not yet set, a capture that found nothing, an operation without a result. Renders as no text, as
    /// JSON `null`.
    case none
    case boolean(Bool)
    case integer(Int64)
    case number(Double)
    case text(String)
    case list([Value])

    /// As a condition: nothing, `false`, 0, an empty text and an empty list are false, all else is true.
    package var isTrue: Bool {
        switch self {
        case .none: false
        case .boolean(let value): value
        case .integer(let value): value != 0
        case .number(let value): value != 0 && !value.isNaN
        case .text(let value): !value.isEmpty
        case .list(let values): !values.isEmpty
        }
    }

    /// As an integer, where it is a whole number.
    package var integer: Int64? {
        switch self {
        case .integer(let value): value
        case .number(let value): Int64(exactly: value)
        default: nil
        }
    }

    /// As a floating-point number, where it is a number.
    package var double: Double? {
        switch self {
        case .integer(let value): Double(value)
        case .number(let value): value
        default: nil
        }
    }

    /// As `${…}` renders it in a URL, a header or a text.
    package var rendered: String {
        switch self {
        case .none: ""
        case .boolean(let value): value ? "true" : "false"
        case .integer(let value): String(value)
        case .number(let value): Int64(exactly: value).map { String($0) } ?? String(value)
        case .text(let value): value
        case .list: json
        }
    }

    /// As JSON text.
    package var json: String {
        var bytes: [UInt8] = []
        JSONText.append(self, to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }
}
