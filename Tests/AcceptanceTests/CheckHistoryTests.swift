import Foundation
import Testing

@Suite("seatstorm check-history")
struct CheckHistoryTests {
    @Test(
        "it prints a line for each history, and the worst of them is the exit code",
        arguments: [
            (["0 :invoke :write 1\n0 :ok :write 1\n"], Int32(0), "linearizable (1 operations"),
            (["0 :invoke :read nil\n0 :ok :read 4\n", "nonsense\n"], 90, "not-linearizable (1 operations"),
            (["0 :invoke :write 1\nnonsense\n"], 91, "line 2: not an event: nonsense"),
            ([], 91, "missing: no such file, or it cannot be read"),
        ]
    )
    func judged(histories: [String], exitCode: Int32, line: String) async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "seatstorm-histories-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        var files: [String] = []
        for (number, history) in histories.enumerated() {
            files.append(folder.appending(path: "\(number).log").path)
            try history.write(toFile: files[number], atomically: true, encoding: .utf8)
        }
        if files.isEmpty { files = [folder.appending(path: "missing").path] }
        let run = try await Seatstorm.run(["check-history", "--model", "register"] + files)
        defer { run.remove() }
        #expect(run.exitCode == exitCode, "\(run.text)")
        #expect(run.text.contains(line), "\(run.text)")
        for file in files { #expect(run.text.contains("\(file): "), "\(run.text)") }
    }
}
