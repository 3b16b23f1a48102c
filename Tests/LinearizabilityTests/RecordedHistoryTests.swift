import Foundation
import Linearizability
import Testing

/// SEATSTORM_HISTORIES names the folder of recorded histories; else ../shared/histories beside the repository is taken, if it is there.
enum Recorded {
    static let folder: String? = {
        if let named = ProcessInfo.processInfo.environment["SEATSTORM_HISTORIES"] { return named }
        let beside = FileManager.default.currentDirectoryPath + "/../shared/histories"
        return FileManager.default.fileExists(atPath: beside) ? beside : nil
    }()

    static func read(_ name: String) throws -> String {
        try String(contentsOfFile: (folder ?? "") + "/" + name, encoding: .utf8)
    }
}

@Suite("Recorded histories")
struct RecordedHistoryTests {
    @Test(
        "every recorded history gets its known verdict",
        .enabled(if: Recorded.folder != nil, "set SEATSTORM_HISTORIES to a folder with verdicts.csv to run this")
    )
    func known() throws {
        var count = 0
        for line in try Recorded.read("verdicts.csv").split(whereSeparator: \.isNewline).dropFirst() {
            let fields = line.split(separator: ",").map(String.init)
            let text = try Recorded.read(fields[0])
            let budget = Budget()
            let result =
                fields[1] == "register"
                ? Check(RegisterModel()).whole(try RegisterModel.calls(text), budget: budget, workers: 2)
                : Check(KeyValueModel()).whole(try KeyValueModel.calls(text), budget: budget, workers: 2)
            #expect(result.verdict.rawValue == fields[2], "\(fields[0])")
            count += 1
        }
        for seat in try SeatLeaseCase.read(try Recorded.read("seat-lease.jsonl")) {
            let result = Check(SeatModel(.tokens)).whole(seat.calls, budget: Budget(), workers: 1)
            #expect(result.verdict == seat.expected, "\(seat.name)")
            count += 1
        }
        #expect(count > 0)
    }

    @Test(
        "a register's history is read whatever its events look like",
        arguments: [
            ("0 :invoke :write 1\n0 :ok :write 1\n1 :invoke :read nil\n1 :ok :read 1\n", Linearizability.linearizable),
            (
                "INFO  jepsen.util - 0\t:invoke\t:write\t1\r\nINFO  jepsen.util - 0\t:ok\t:write\t1\r\n\r\n",
                .linearizable
            ),
            ("0 :invoke :read nil\n0 :ok :read nil\n", .linearizable),
            ("0 :invoke :read nil\n0 :ok :read 4\n", .notLinearizable),
            // A write that timed out may happen at any later time, or never.
            ("0 :invoke :write 1\n0 :info :write :timed-out\n1 :invoke :read nil\n1 :ok :read nil\n", .linearizable),
            (
                """
                0 :invoke :write 1
                0 :info :write :timed-out
                1 :invoke :read nil
                1 :ok :read nil
                1 :invoke :read nil
                1 :ok :read 1
                """, .linearizable
            ),
            // An operation without an end is one whose outcome is unknown.
            ("0 :invoke :write 1\n1 :invoke :read nil\n1 :ok :read 1\n", .linearizable),
            // What failed did not happen.
            ("0 :invoke :write 1\n0 :fail :write 1\n1 :invoke :read nil\n1 :ok :read 1\n", .notLinearizable),
            // A compare-and-set that failed saw another value.
            (
                "0 :invoke :write 1\n0 :ok :write 1\n1 :invoke :cas [1 2]\n1 :fail :cas [1 2]\n", .notLinearizable
            ),
            ("0 :invoke :cas [1 2]\n0 :fail :cas [1 2]\n", .linearizable),
            ("0 :invoke :cas [1, 2]\n0 :fail :cas :timed-out\n", .linearizable),
            (
                "{:process 0, :type :invoke, :f :write, :value 1}\n{:process 0 :type :ok :f :write :value 1}\n",
                .linearizable
            ),
            (":nemesis :info :start nil\n0 :invoke :read nil\n0 :fail :read :timed-out\n", .linearizable),
            (
                """
                {:process "c1" :type :invoke, :f :write, :value 1}
                {:process "c1" :type :ok, :f :write, :value 1}
                {:process :nemesis, :type :info, :f :start, :value nil}
                {:process c2 :type :invoke, :f :read, :value nil}
                {:process c2 :type :ok, :f :read, :value 2}
                """, .notLinearizable
            ),
            (
                """
                16:05:04,013{GMT} INFO  [jepsen worker 0] jepsen.util: 0 :invoke :write 1
                16:05:04,014{GMT} INFO  [jepsen worker 0] jepsen.util: 0 :ok :write 1
                16:05:04,015{GMT} INFO  [jepsen results] jepsen.core: {:ok-count 1, :ok 3
                16:05:04,016{GMT} INFO  [jepsen worker 1] jepsen.util: 1 :invoke :read nil
                16:05:04,017{GMT} INFO  [jepsen worker 1] jepsen.util: 1 :ok :read nil
                """, .notLinearizable
            ),
            (
                """
                #jepsen.history.Op{:index 0, :time 3, :type :invoke, :process 0, :f :write, :value 1}
                INFO jepsen.util - {:type :ok, :process 0, :f :write, :value 1}
                [{:type :invoke, :process 0, :f :read, :value nil} {:type :ok, :process 0, :f :read, :value 2}]
                """, .notLinearizable
            ),
            (
                """
                [16:05:04] INFO jepsen.util - 0 :invoke :write 1
                [16:05:04] INFO jepsen.util - 0 :ok :write 1
                [16:05:04] INFO jepsen.util - {:type :invoke, :process 1, :f :read, :value nil}
                [16:05:05] INFO jepsen.util - {:type :ok, :process 1, :f :read, :value 2}
                """, .notLinearizable
            ),
            // A text is no nil.
            ("{:process 0 :type :invoke :f :read}\n{:process 0 :type :ok :f :read :value \"nil\"}\n", .notLinearizable),
        ]
    )
    func register(text: String, verdict: Linearizability) throws {
        #expect(Check(RegisterModel()).part(try RegisterModel.calls(text), budget: Budget()).verdict == verdict)
    }

    @Test("of a history without an operation nothing is said", arguments: ["", "\n", ":nemesis :info :start nil\n"])
    func nothing(text: String) {
        #expect { _ = try RegisterModel.calls(text) } throws: { "\($0)".contains("no operation") }
        #expect { _ = try SeatLeaseCase.read(" \n") } throws: { "\($0)".contains("no case") }
    }

    @Test(
        "a line that is no event is refused by its number",
        arguments: [
            "0 :ok :read 1", "hello", "0 :invoke :cas 5\n0 :ok :cas 5", "0 :invoke :swap 1\n0 :ok :swap 1",
            "{:process 0, :type :invoke, :f :read", "{:process 0, :type :begin, :f :read}",
            "c1 :invoke :read nil", "INFO jepsen.util - c1 :invoke :read nil", "{:valid? true}",
        ]
    )
    func broken(text: String) {
        let error = #expect(throws: HistoryFormatError.self) { _ = try RegisterModel.calls(text) }
        #expect(error?.description.contains("line 1") == true)
    }

    @Test("a map's keys are judged each for itself, and a text may hold any character")
    func keyValue() throws {
        let text = #"""
            {:process 0, :type :invoke, :f :append, :key "0", :value "x \"y\" {"}
            {:process 1, :type :invoke, :f :get, :key "1", :value nil}
            {:process 1, :type :ok, :f :get, :key "1", :value ""}
            {:process 0, :type :ok, :f :append, :key "0", :value "x \"y\" {"}
            {:process 1, :type :invoke, :f :get, :key "0", :value nil}
            {:process 1, :type :ok, :f :get, :key "0", :value "x \"y\" {"}
            """#
        let good = try KeyValueModel.calls(text)
        #expect(KeyValueModel().partition(good).count == 2)
        #expect(Check(KeyValueModel()).whole(good, budget: Budget(), workers: 2).verdict == .linearizable)
        let bad = try KeyValueModel.calls(
            text + "\n{:process 2 :type :invoke :f :get :key \"0\"}\n"
                + "{:process 2 :type :ok :f :get :key \"0\" :value \"\"}\n"
        )
        #expect(Check(KeyValueModel()).whole(bad, budget: Budget(), workers: 2).verdict == .notLinearizable)
    }

    @Test(
        "a map's values are texts, whatever they say",
        arguments: [("x", "nil", "xnil", true), ("", "nil", "", false)]
    )
    func texts(first: String, then: String, got: String, isLegal: Bool) throws {
        var text = ""
        for (function, given) in [("append", first), ("append", then), ("get", got)] {
            text += "{:process 0, :type :invoke, :f :\(function), :key \"k\", :value \"\(given)\"}\n"
            text += "{:process 0, :type :ok, :f :\(function), :key \"k\", :value \"\(given)\"}\n"
        }
        let verdict = Check(KeyValueModel()).whole(try KeyValueModel.calls(text), budget: Budget(), workers: 2).verdict
        #expect(verdict == (isLegal ? .linearizable : .notLinearizable))
    }

    @Test("a lock that two have at once, and a fence that goes back, are found")
    func locks() throws {
        let two = "0 :invoke :acquire nil\n0 :ok :acquire nil\n1 :invoke :acquire nil\n1 :ok :acquire nil\n"
        #expect(Check(MutexModel()).part(try MutexModel.calls(two), budget: Budget()).verdict == .notLinearizable)
        let fences = """
            0 :invoke :acquire nil
            0 :ok :acquire 7
            0 :invoke :release 7
            0 :ok :release 7
            1 :invoke :acquire nil
            1 :ok :acquire 5
            """
        let back = try FencedMutexModel.calls(fences)
        #expect(Check(FencedMutexModel()).part(back, budget: Budget()).verdict == .notLinearizable)
        let onward = try FencedMutexModel.calls(fences.replacing("acquire 5", with: "acquire 8"))
        #expect(Check(FencedMutexModel()).part(onward, budget: Budget()).verdict == .linearizable)
    }
}
