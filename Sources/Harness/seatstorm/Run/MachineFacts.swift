import Foundation
import Glibc

/// What a report says of the machine and the program.
enum MachineFacts {
    /// Names and values for `summary.json`.
    static func read() -> [String: String] {
        var name = utsname()
        uname(&name)
        func text(_ field: some Any) -> String {
            withUnsafeBytes(of: field) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
        }
        return [
            "kernel": "\(text(name.sysname)) \(text(name.release)) \(text(name.machine))",
            "cores": "\(ProcessInfo.processInfo.activeProcessorCount)",
            "memory": "\(ProcessInfo.processInfo.physicalMemory >> 20) MiB",
            "host": text(name.nodename),
        ]
    }

    /// The most memory that this process has had, in bytes: `ru_maxrss` counts in KiB.
    static var peakBytes: UInt64 {
        var usage = rusage()
        getrusage(RUSAGE_SELF.rawValue, &usage)
        return UInt64(max(0, usage.ru_maxrss)) << 10
    }
}
