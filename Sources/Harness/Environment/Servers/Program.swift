import Foundation
import Glibc

/// Finds installed programs.
enum Program {
    /// The absolute path of `name`, from `PATH` and the folders of system daemons.
    static func find(_ name: String, package: String) throws -> String {
        let path = ProcessInfo.processInfo.environment["PATH"] ?? ""
        let folders =
            path.split(separator: ":").map(String.init) + ["/usr/local/sbin", "/usr/sbin", "/sbin", "/usr/bin"]
        for folder in folders where access("\(folder)/\(name)", X_OK) == 0 { return "\(folder)/\(name)" }
        throw EnvironmentError("find \(name)", "it is not installed", advice: "run: apt-get install \(package)")
    }

    /// Makes `<directory>/<name>` with mode 0700 and returns its path.
    static func folder(_ name: String, in directory: String) throws -> String {
        let path = "\(directory)/\(name)"
        try FileManager.default.createDirectory(
            atPath: path,
            withIntermediateDirectories: true,
            attributes: [.posixPermissions: 0o700]
        )
        return path
    }

    /// Writes a file that only its owner may read.
    static func writePrivate(_ text: String, to path: String) throws {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw EnvironmentError("write \(path)", String(cString: strerror(errno))) }
        let file = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
        fchmod(descriptor, 0o600)
        try file.write(contentsOf: Data(text.utf8))
    }
}
