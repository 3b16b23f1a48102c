import Foundation
import Glibc

/// The process that listens on a port.
package struct PortHolder: Sendable, Equatable, CustomStringConvertible {
    package let pid: Int32
    /// Its command line.
    package let command: String

    package var description: String { "pid \(pid) (\(command))" }

    /// Finds it through /proc; nil when nobody listens, or only root may know who.
    package static func find(_ port: Int) -> PortHolder? {
        let inodes = Set(["/proc/net/tcp", "/proc/net/tcp6"].flatMap { listeners($0, port) })
        guard !inodes.isEmpty else { return nil }
        let files = FileManager.default
        for pid in ((try? files.contentsOfDirectory(atPath: "/proc")) ?? []).compactMap({ Int32($0) }) {
            for descriptor in (try? files.contentsOfDirectory(atPath: "/proc/\(pid)/fd")) ?? [] {
                guard let target = try? files.destinationOfSymbolicLink(atPath: "/proc/\(pid)/fd/\(descriptor)"),
                    target.hasPrefix("socket:["), inodes.contains(String(target.dropFirst(8).dropLast()))
                else { continue }
                let line = (try? Data(contentsOf: URL(fileURLWithPath: "/proc/\(pid)/cmdline"))) ?? Data()
                let words = line.split(separator: 0).map { String(decoding: $0, as: UTF8.self) }
                return PortHolder(pid: pid, command: words.prefix(8).joined(separator: " "))
            }
        }
        return nil
    }

    /// The inodes of the sockets that listen on `port`.
    ///
    /// Columns: number, local address, remote address, state, …,
    /// inode in the tenth; state 0A is LISTEN, the port is hexadecimal.
    private static func listeners(_ table: String, _ port: Int) -> [String] {
        let hexadecimal = String(port, radix: 16, uppercase: true)
        let suffix = ":" + String(repeating: "0", count: 4 - hexadecimal.count) + hexadecimal
        let text = (try? String(contentsOfFile: table, encoding: .utf8)) ?? ""
        return text.split(separator: "\n").dropFirst().compactMap { line in
            let columns = line.split(separator: " ")
            guard columns.count > 9, columns[1].hasSuffix(suffix), columns[3] == "0A" else { return nil }
            return String(columns[9])
        }
    }
}
