import Foundation
import Glibc

/// What the kernel says of a process, from `/proc/<pid>/stat` (proc(5)).
enum ProcessState: Equatable {
    /// Stopped by a signal: `T`; or waiting in the kernel with the stop pending, and so never again in its program before it is stopped.
    case stopped
    /// A zombie, or on its way to be none: `Z`, `X`.
    case dead
    /// Anything else.
    case alive

    /// Nil when there is no such process.
    static func of(_ pid: Int32) -> ProcessState? {
        guard let fields = fields(of: pid), let letter = fields.first else { return nil }
        switch letter {
        case "T": return .stopped
        case "D" where willStop(pid): return .stopped
        case "Z", "X": return .dead
        default: return .alive
        }
    }

    /// Whether SIGSTOP is pending: in `vfork(2)` a process waits for its child, uninterruptibly, and the child may be stopped itself.
    private static func willStop(_ pid: Int32) -> Bool {
        guard let status = try? String(contentsOfFile: "/proc/\(pid)/status", encoding: .utf8),
            let line = status.split(separator: "\n").first(where: { $0.hasPrefix("ShdPnd:") }),
            let pending = UInt64(line.dropFirst("ShdPnd:".count).trimmingPrefix(while: \.isWhitespace), radix: 16)
        else { return false }
        return pending & (1 << UInt64(SIGSTOP - 1)) != 0
    }

    /// The living processes of a group.
    static func members(of group: Int32) -> [Int32] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        return names.compactMap { Int32($0) }.filter { getpgid($0) == group && of($0) != .dead }
    }

    /// The fields of `/proc/<pid>/stat` from the third on.
    static func fields(of pid: Int32) -> [Substring]? {
        guard let stat = try? String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8),
            // The second field is the program's name in parentheses and may hold anything, spaces included.
            let end = stat.lastIndex(of: ")")
        else { return nil }
        return stat[stat.index(after: end)...].split(separator: " ")
    }
}
