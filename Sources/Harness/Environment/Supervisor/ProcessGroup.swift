import Foundation
import Glibc

/// A process group that a supervisor started, as `groups.json` records it.
package struct ProcessGroup: Sendable, Codable, Equatable {
    package let name: String
    /// The id of the group and of the process that leads it.
    package let id: Int32
    /// Clock ticks since boot at which the leader began; tells it from a later process with the same id.
    package let startTime: UInt64

    /// Whether any process of the group exists, one that has ended and was not collected included.
    package var isAlive: Bool { kill(-id, 0) == 0 || errno == EPERM }

    /// The name of the record in a supervisor's folder.
    package static let fileName = "groups.json"

    /// Reads the record of the supervisor that owns `directory`.
    package static func read(directory: String) throws -> [ProcessGroup] {
        let data = try Data(contentsOf: URL(fileURLWithPath: directory + "/" + fileName))
        return try JSONDecoder().decode([ProcessGroup].self, from: data)
    }

    static func write(_ groups: [ProcessGroup], directory: String) throws {
        let data = try JSONEncoder().encode(groups)
        try data.write(to: URL(fileURLWithPath: directory + "/" + fileName), options: .atomic)
    }

    /// Field 22 of `/proc/<pid>/stat`, or nil when there is no such process.
    static func startTime(of pid: Int32) -> UInt64? {
        guard let fields = ProcessState.fields(of: pid) else { return nil }
        return fields.count > 19 ? UInt64(fields[19]) : nil
    }
}
