import Foundation

/// Where a running broker can be reached: what it prints, and what its port file says.
package struct BrokerPlaces: Codable, Sendable, Equatable {
    /// For Kafka clients.
    package var bootstrapServers: String
    /// The URL of the control server.
    package var control: String

    /// Writes the port file, whole or not at all, and then prints both lines, without a buffer that a pipe would hold back.
    func announce(portFile: String?) throws {
        if let portFile {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.withoutEscapingSlashes, .sortedKeys]
            do {
                try encoder.encode(self).write(to: URL(fileURLWithPath: portFile), options: .atomic)
            } catch {
                throw BrokerPortFileError(path: portFile, cause: "\(error)")
            }
        }
        let lines = "bootstrap.servers=\(self.bootstrapServers)\ncontrol=\(self.control)\n"
        try FileHandle.standardOutput.write(contentsOf: Data(lines.utf8))
    }
}

/// The port file could not be written.
struct BrokerPortFileError: Error, CustomStringConvertible {
    let path: String
    let cause: String

    var description: String { "cannot write the port file \(self.path): \(self.cause)" }
}
