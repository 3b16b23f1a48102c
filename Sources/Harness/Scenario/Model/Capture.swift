/// Takes a value from a response into a slot.
///
/// A capture that finds nothing sets the slot to ``Value/none``; where the response was a success (2xx)
/// and not one of a poll, its request has failed.
package struct Capture: Sendable, Equatable {
    package enum Source: Sendable, Equatable {
        case json(JSONPath)
        /// A header's name, lower-case: the first of them.
        case header(String)
        /// The value of the cookie that the response sets.
        case cookie(String)
        /// The first match in the body, or in the first header of this name (lower-case).
        case regex(TextPattern, header: String?)
    }
    /// The variable's.
    package let name: String
    package let slot: Int
    package let source: Source

    /// Whether it looks into the body.
    package var readsBody: Bool {
        switch source {
        case .json, .regex(_, header: nil): true
        case .header, .cookie, .regex: false
        }
    }
}
