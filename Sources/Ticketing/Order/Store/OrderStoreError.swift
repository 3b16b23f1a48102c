/// What cannot happen while the schema is the suite's.
package enum OrderStoreError: Error, CustomStringConvertible {
    /// A status that this build does not know.
    case unknownStatus(String)

    package var description: String {
        switch self {
        case .unknownStatus(let text):
            "reading an order: its status \"\(text)\" is unknown to this build; was it written by a newer one?"
        }
    }
}
