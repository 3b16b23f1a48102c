import Foundation
import Testing
import Verification

/// What was recorded of a real run is corrupted, one way at a time.
@Suite("Each corruption of a recorded run trips exactly the invariants that it must", .serialized)
struct RecordedRunTests {
    @Test("a smoke run, from its folder")
    func smoke() async throws {
        let run = try await Seatstorm.run(["run", "--no-color", Seatstorm.scenario("smoke")])
        defer { run.remove() }
        #expect(run.exitCode == 0, "\(run.text)")
        let folder = run.folder.appending(path: "reports/latest").resolvingSymlinksInPath().path
        let clean = try await EvidenceFile.read(from: folder)
        let results = Verification.judge(clean)
        try #require(results.allSatisfy { $0.verdict == .holds }, "\(results)")
        // All messages were delivered again, or the run proves less than it could.
        #expect(clean.replay?.content?.messages == clean.mysql.content?.outbox.count)
        let (sale, other) = try #require(RunCorruption.sales(in: clean))
        for corruption in RunCorruption.all {
            var evidence = clean
            try corruption.apply(&evidence, sale, other)
            let violated = Set(Verification.judge(evidence).filter { $0.verdict == .violated }.map(\.id))
            #expect(violated == corruption.violated, "\(corruption.name)")
        }
        let tripped = RunCorruption.all.reduce(into: Set()) { $0.formUnion($1.violated) }
        #expect(Set(results.map(\.id)).subtracting(tripped) == [])
    }
}
