import Glibc

/// Why the relay itself could not do something.
package struct RelayError: Error, Sendable, CustomStringConvertible {
    package let description: String

    init(_ description: String) {
        self.description = description
    }

    /// With the reason that `errno` gives.
    static func system(_ doing: String) -> RelayError {
        RelayError("\(doing): \(String(cString: strerror(errno)))")
    }

    static let closed = RelayError("asking the relay: it has been shut down; start another")
}
