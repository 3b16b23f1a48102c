import Foundation

/// The folder of one run, `reports/<scenario>-<date>-<time>`, and the link `reports/latest` beside it.
package struct ReportFolder: Sendable {
    /// Its path.
    package let path: String

    /// Makes the folder; a run in the same second gets a number of its own.
    ///
    /// - Throws: when the folder cannot be made.
    package init(under root: String, scenario: String, at date: Date) throws {
        let format = DateFormatter()
        format.locale = Locale(identifier: "en_US_POSIX")
        format.timeZone = TimeZone(identifier: "UTC")
        format.dateFormat = "yyyyMMdd-HHmmss"
        let safe = String(scenario.map { $0.isLetter || $0.isNumber || "-_.".contains($0) ? $0 : "-" })
        let base = "\(root)/\(safe)-\(format.string(from: date))"
        var candidate = base
        var number = 2
        while FileManager.default.fileExists(atPath: candidate) {
            candidate = "\(base)-\(number)"
            number += 1
        }
        try FileManager.default.createDirectory(atPath: candidate, withIntermediateDirectories: true)
        path = candidate
    }

    /// Writes a file of the report.
    package func write(_ data: Data, to name: String) throws {
        try data.write(to: URL(filePath: "\(path)/\(name)"), options: .atomic)
    }

    /// Writes `summary.json` and `summary.txt`, and points `latest` here.
    package func write(_ summary: Summary) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        try write(encoder.encode(summary) + Data("\n".utf8), to: "summary.json")
        try write(Data(ConsoleReport.render(summary, folder: path, colour: false).utf8), to: "summary.txt")
        try link()
    }

    private func link() throws {
        let url = URL(filePath: path)
        let latest = url.deletingLastPathComponent().appending(path: "latest").path
        let temporary = latest + ".\(ProcessInfo.processInfo.processIdentifier)"
        try? FileManager.default.removeItem(atPath: temporary)
        try FileManager.default.createSymbolicLink(atPath: temporary, withDestinationPath: url.lastPathComponent)
        guard rename(temporary, latest) == 0 else {
            throw CocoaError(.fileWriteUnknown, userInfo: [NSFilePathErrorKey: latest])
        }
    }
}
