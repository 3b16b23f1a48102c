import Foundation
import Testing

@testable import Verification

@Suite("Evidence of a run that was recorded is read again")
struct EvidenceFileTests {
    @Test("what an earlier version left out is an error that names it, and no value is made up for it")
    func earlierVersion() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try EvidenceFile.save(cleanRun(), in: folder.path)
        let read = try await EvidenceFile.read(from: folder.path)
        #expect(read.kafka.content?.messages == cleanRun().kafka.content?.messages)

        let file = folder.appending(path: EvidenceFile.name)
        let whole = try String(contentsOf: file, encoding: .utf8)
        try whole.replacing("\"isYoung\":", with: "\"other\":").write(to: file, atomically: true, encoding: .utf8)
        let error = await #expect(throws: EvidenceError.self) { try await EvidenceFile.read(from: folder.path) }
        let text = error.map { "\($0)" } ?? ""
        #expect(text.contains("another version of seatstorm recorded this run"))
        #expect(text.contains("'isYoung' in 'mysql'"), "\(text)")
    }

    @Test("a file that is something else is said to be no evidence")
    func somethingElse() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try Data("{}".utf8).write(to: folder.appending(path: EvidenceFile.name))
        let error = await #expect(throws: EvidenceError.self) { try await EvidenceFile.read(from: folder.path) }
        #expect(error.map { "\($0)".contains("not the evidence of a run") } == true)
    }
}
