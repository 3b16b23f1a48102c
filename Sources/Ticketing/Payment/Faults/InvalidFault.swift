/// A field of `PUT /api/admin/faults` that cannot be used.
package struct InvalidFault: Error, Sendable, Equatable, CustomStringConvertible {
    /// Path of the field in the body, `delay.meanMs`.
    package let field: String
    /// What it must be.
    package let message: String

    package init(_ field: String, _ message: String) {
        self.field = field
        self.message = message
    }

    package var description: String { "\(field): \(message)" }
}
