import Contract
import Foundation

/// The password of each service's database user, from a file with a line `service=password` for each of them.
package struct ServicePasswords: Sendable, Equatable {
    /// The environment variable that names the file.
    package static let variable = "MYSQL_SERVICE_PASSWORDS_FILE"
    private static let lengths = 16...128

    package let passwords: [ServiceName: String]

    /// Reads the file's text; blank lines and lines that begin with `#` are passed over.
    ///
    /// - Throws: ``ServicePasswordsError`` that names the line, never the password.
    package init(_ text: String) throws(ServicePasswordsError) {
        var passwords: [ServiceName: String] = [:]
        for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            guard !line.allSatisfy(\.isWhitespace), !line.hasPrefix("#") else { continue }
            let parts = line.split(separator: "=", maxSplits: 1)
            guard parts.count == 2, let service = ServiceName(rawValue: String(parts[0])) else {
                let services = ServiceName.allCases.map(\.rawValue).joined(separator: ", ")
                throw ServicePasswordsError(
                    "line \(index + 1) must be service=password, the service one of \(services)"
                )
            }
            // Goes into a statement as it is, because no server takes a parameter there.
            guard Self.lengths.contains(parts[1].utf8.count), parts[1].utf8.allSatisfy(Self.isPlain) else {
                throw ServicePasswordsError(
                    "line \(index + 1): the password must have 16 to 128 letters, digits, hyphens or underscores"
                )
            }
            passwords[service] = String(parts[1])
        }
        self.passwords = passwords
    }

    /// Reads the file at `path`.
    package static func read(_ path: String) throws(ServicePasswordsError) -> ServicePasswords {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw ServicePasswordsError("it cannot be read")
        }
        return try ServicePasswords(String(decoding: data, as: UTF8.self))
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"):
            true
        default: false
        }
    }
}

/// Why a file of passwords cannot be used.
package struct ServicePasswordsError: Error, Sendable, CustomStringConvertible {
    package let description: String

    init(_ description: String) { self.description = "the file of \(ServicePasswords.variable): \(description)" }
}
