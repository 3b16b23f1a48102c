import Glibc

/// A system or library call that the engine cannot do without has failed.
package struct SystemFailure: Error, CustomStringConvertible {
    package let description: String

    init(_ action: String, errno code: Int32) {
        description = "\(action): \(String(cString: strerror(code)))"
    }

    init(_ description: String) {
        self.description = description
    }
}
