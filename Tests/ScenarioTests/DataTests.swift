import Foundation
import Testing

@testable import Scenario

/// Scenarios whose files are in a folder of their own.
private struct DataFolder {
    let path: String

    init(_ files: [String: String]) throws {
        path = NSTemporaryDirectory() + "data-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: path + "/data", withIntermediateDirectories: true)
        for (name, text) in files { try text.write(toFile: "\(path)/\(name)", atomically: true, encoding: .utf8) }
    }

    func remove() { try? FileManager.default.removeItem(atPath: path) }

    static func yaml(_ data: String, load: String = "executor: constant-vus, vus: 2, duration: 1s") -> String {
        """
        name: data
        data:
          fans: \(data)
        flows:
          buy:
            - hold: { post: /hold, json: { name: "${fans.name}" } }
        load:
          clicks: { flow: buy, \(load) }

        """
    }

    func read(_ yaml: String) throws -> Scenario {
        try Scenario.read(yaml: yaml, file: path + "/scenario.yaml")
    }

    /// `file:line:column message`, the file without the folder.
    func mistakes(_ yaml: String) -> [String] {
        do {
            _ = try read(yaml)
            return []
        } catch let errors as ScenarioErrors {
            return errors.diagnostics.map {
                "\($0.file.replacing(path + "/", with: "")):\($0.line):\($0.column) "
                    + $0.message.replacing(path + "/", with: "")
            }
        } catch {
            return ["\(error)"]
        }
    }
}

@Suite("Feeders")
struct DataTests {
    @Test("a csv file is read with quotes, line breaks in them, and either line end")
    func csv() throws {
        let folder = try DataFolder([
            "data/fans.csv": "\u{FEFF}name,city\r\nada,\"Paris, \"\"FR\"\"\"\r\n\r\n\"multi\nline\",é\n"
        ])
        defer { folder.remove() }
        let feeder = try #require(try folder.read(DataFolder.yaml("{ file: data/fans.csv }")).data.first)
        #expect(feeder.columns == ["name", "city"])
        #expect(
            feeder.rows == [
                [.text("ada"), .text("Paris, \"FR\"")], [.text("multi\nline"), .text("é")],
            ]
        )
        #expect(feeder.pick == .sequential)
    }

    @Test("jsonl and lists keep the types of their values")
    func typed() throws {
        let folder = try DataFolder(["fans.jsonl": "{\"name\": \"ada\", \"age\": 36, \"tags\": [1, true]}\n"])
        defer { folder.remove() }
        let lines = try #require(try folder.read(DataFolder.yaml("{ file: fans.jsonl }")).data.first)
        #expect(lines.rows == [[.text("ada"), .integer(36), .list([.integer(1), .boolean(true)])]])
        let list = "{ list: [ { name: ada, age: 36 }, { age: '7', name: bob } ], pick: random }"
        let inline = try #require(try folder.read(DataFolder.yaml(list)).data.first)
        #expect(inline.rows == [[.text("ada"), .integer(36)], [.text("bob"), .text("7")]])
    }

    @Test(
        "what is wrong with a file is told with its own line and column, all of it at once",
        arguments: [
            (
                "name,city\nada\nbob,x\ncy,y,z",
                [
                    "data/fans.csv:2:1 1 fields, and there are 2 columns (name, city)",
                    "data/fans.csv:4:6 3 fields, and there are 2 columns (name, city)",
                ]
            ),
            ("name,name\na,b", ["data/fans.csv:1:6 column `name` is there twice"]),
            (
                "name,two words\na,b",
                ["data/fans.csv:1:6 column `two words`: a column is named with letters, digits and _, at most 64"]
            ),
            ("name\n\"ada", ["data/fans.csv:2:1 this quote is not closed"]),
            (
                "name,x\n\"ada\"b,1",
                ["data/fans.csv:2:6 expected a comma or the end of the line after the closing quote"]
            ),
            ("", ["data/fans.csv:1:1 the file is empty; its first line names the columns"]),
            ("name\n", ["scenario.yaml:3:17 data/fans.csv has no rows"]),
        ]
    )
    func mistakes(csv: String, expected: [String]) throws {
        let folder = try DataFolder(["data/fans.csv": csv])
        defer { folder.remove() }
        #expect(folder.mistakes(DataFolder.yaml("{ file: data/fans.csv }")) == expected)
    }

    @Test(
        "what is wrong with a line of JSON is told at its place",
        arguments: [
            ("{\"name\": \"ada\"}\n{\"name\": }", "fans.jsonl:2:10 not a JSON object on one line"),
            (
                "{\"name\": \"ada\"}\n{\"nam\": \"x\"}",
                "fans.jsonl:2:1 the first row has no `nam`; did you mean `name`?"
            ),
            ("{\"name\": \"a\", \"x\": 1}\n{\"name\": \"b\"}", "fans.jsonl:2:1 `x` is missing"),
            ("{\"name\": \"ada\"} 1", "fans.jsonl:1:17 not a JSON object on one line"),
        ]
    )
    func jsonMistakes(text: String, expected: String) throws {
        let folder = try DataFolder(["fans.jsonl": text])
        defer { folder.remove() }
        #expect(folder.mistakes(DataFolder.yaml("{ file: fans.jsonl }")) == [expected])
    }

    @Test("a missing file, column and pick are named in the scenario, all at once")
    func missing() throws {
        let folder = try DataFolder(["fans.csv": "nam\nada"])
        defer { folder.remove() }
        #expect(
            folder.mistakes(DataFolder.yaml("{ file: nothing.csv, pick: uniqe }")) == [
                "scenario.yaml:3:17 there is no file nothing.csv, or it may not be read; names are relative to the scenario's folder",
                "scenario.yaml:3:36 expected sequential, random or unique, found \"uniqe\"; did you mean `unique`?",
            ]
        )
        #expect(
            folder.mistakes(DataFolder.yaml("{ file: fans.csv }")) == [
                "scenario.yaml:6:50 fans has no column `name`; did you mean `nam`?; it has nam"
            ]
        )
        #expect(
            folder.mistakes(DataFolder.yaml("{ file: fans.txt }")) == [
                "scenario.yaml:3:17 expected a .csv, .jsonl or .ndjson file, found \"fans.txt\""
            ]
        )
    }

    @Test("a variable cannot have a feeder's name")
    func names() throws {
        let yaml = DataFolder.yaml("{ list: [ { name: ada } ] }")
            .replacing("- hold:", with: "- set: { fans: 1 }\n    - hold:")
        #expect(mistakes(of: yaml) == ["6:14 `fans` is a feeder of `data:`; a variable needs another name"])
    }

    private func mistakes(of yaml: String) -> [String] {
        do {
            _ = try Scenario.read(yaml: yaml)
            return []
        } catch {
            return error.diagnostics.map { "\($0.line):\($0.column) \($0.message)" }
        }
    }

    @Test("unique rows that do not go round are refused before the run, with who needs how many")
    func unique() throws {
        let feeder = "{ list: [ { name: a }, { name: b }, { name: c } ], pick: unique }"
        #expect(mistakes(of: DataFolder.yaml(feeder)) == [])
        #expect(
            mistakes(of: DataFolder.yaml(feeder, load: "executor: storm, users: 2, waves: 2, every: 1s")) == [
                "3:3 4 users need a row each, and there are 3 rows (load clicks has 4); add rows, or pick: sequential"
            ]
        )
        #expect(
            mistakes(
                of: DataFolder.yaml(feeder) + "  more: { flow: buy, executor: per-vu-iterations, vus: 2 }\n"
            ) == [
                "3:3 4 users need a row each, and there are 3 rows (load clicks has 2, load more has 2); add rows, or pick: sequential"
            ]
        )
    }

    private func iteration(
        _ user: Int,
        _ index: Int,
        load: Int = 0,
        wave: Int = 0,
        isShared: Bool = false
    )
        -> DataFeeder.Iteration
    {
        DataFeeder.Iteration(
            seed: 1,
            load: load,
            users: 3,
            wave: wave,
            user: user,
            index: index,
            isShared: isShared
        )
    }

    private func feeder(_ pick: String, _ rows: Int) throws -> DataFeeder {
        let list = (0..<rows).map { "{ name: r\($0) }" }.joined(separator: ", ")
        let yaml =
            DataFolder.yaml("{ list: [ \(list) ], pick: \(pick) }")
            + "  more: { flow: buy, executor: storm, users: 3, waves: 2, every: 1s }\n"
        return try #require(try Scenario.read(yaml: yaml).data.first)
    }

    @Test("sequential goes through all rows: by user and iteration, by wave, or by arrival")
    func sequential() throws {
        let feeder = try feeder("sequential", 5)
        #expect((0..<3).map { feeder.row(of: iteration($0, 0)) } == [0, 1, 2])
        #expect((0..<3).map { feeder.row(of: iteration($0, 1)) } == [3, 4, 0])
        #expect((0..<3).map { feeder.row(of: iteration($0, 0, wave: 1)) } == [3, 4, 0])
        #expect((0..<7).map { feeder.row(of: iteration(2, $0, isShared: true)) } == [0, 1, 2, 3, 4, 0, 1])
    }

    @Test("unique gives a user his row in all his iterations, and nobody else's in the whole run")
    func uniqueRows() throws {
        let feeder = try feeder("unique", 8)
        let first = (0..<2).map { feeder.row(of: iteration($0, 7)) }
        let second = [0, 1].flatMap { wave in (0..<3).map { feeder.row(of: iteration($0, 0, load: 1, wave: wave)) } }
        #expect(Set(first + second).count == 8)
        #expect(first == (0..<2).map { feeder.row(of: iteration($0, 0)) })
    }

    @Test("random reaches every row, and the same one for the same iteration")
    func random() throws {
        let feeder = try feeder("random", 4)
        let rows = (0..<100).map { feeder.row(of: iteration($0 % 3, $0)) }
        #expect(Set(rows) == [0, 1, 2, 3])
        #expect(rows == (0..<100).map { feeder.row(of: iteration($0 % 3, $0)) })
        let arrivals = (0..<20).map { feeder.row(of: iteration($0, 5, isShared: true)) }
        #expect(Set(arrivals).count == 1)
    }
}
