import Foundation

/// Where the executables of this build are, for tests that start them.
///
/// `SEATSTORM_BIN` names the folder; otherwise it is `.build/debug` of the package that this file belongs to.
package enum TestPaths {
    /// The folder of the executables.
    package static var binaries: String {
        if let folder = ProcessInfo.processInfo.environment["SEATSTORM_BIN"] { return folder }
        // Sources/Harness/Environment/TestPaths.swift
        return URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent(".build/debug").path
    }
    package static var seatstorm: String { binaries + "/seatstorm" }
    package static var ticketing: String { binaries + "/ticketing" }

    /// A name for a private folder that does not exist yet.
    package static func privateFolder(_ purpose: String = "test") -> String {
        let random = String(UInt64.random(in: .min ... .max), radix: 36)
        return FileManager.default.temporaryDirectory.path + "/seatstorm-\(purpose)-\(random)"
    }
}
