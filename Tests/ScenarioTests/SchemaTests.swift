import Foundation
import Testing

@testable import Scenario

@Suite("The JSON Schema of the language", .timeLimit(.minutes(4)))
struct SchemaTests {
    /// Every mapping that has keys of the language, marked.
    private static let documents = [
        """
        §
        name: whole
        events: { e: { § rows: 1, cols: 2, price: 3 } }
        data: { d: { § list: [ { x: 1 } ], pick: random } }
        tags: { run: nightly }
        flows:
          f:
            - a: { § get: /a, query: { q: 1 }, expect: { § status: 2xx }, capture: { x: { § header: h } }, retry: { § times: 1 } }
            - b: { § post: /b, until: status == 200, every: 1s, within: 2s }
            - c: { § stream: /c, for: 1s, expect: { § events: 1 } }
            - d: { § redis: [PING] }
            - group: { § name: g, steps: [ { think: 1s } ] }
            - parallel: { § limit: 2, requests: [ { p1: { get: /p } }, { p2: { get: /p, tags: { t: 1 } } } ] }
            - parallel: [ { p3: { get: /p } } ]
            - rendezvous: { § name: r, users: 2, within: 1s }
            - stop: { § if: status == 1 }
            - repeat: { § times: 2, steps: [ { think: 1s } ] }
        load:
          l1: { § executor: storm, flow: f, users: 1, waves: 1, every: 1s }
          l2: { § executor: constant-vus, flow: f, duration: 1s }
          l3: { § executor: ramping-vus, flow: f, stages: [ { § duration: 1s, target: 2 } ] }
          l4: { § executor: per-vu-iterations, flow: f }
          l5: { § executor: shared-iterations, flow: f }
          l6: { § executor: constant-arrival-rate, flow: f, rate: 5/s, duration: 1s }
          l7: { § executor: poisson-arrival-rate, flow: f, rate: 5, duration: 1s }
          l8: { § executor: ramping-arrival-rate, flow: f, stages: [ { duration: 1s, target: 2 } ] }
        faults:
          - { § at: 1s, for: 100ms, payment: { § delay: 1s, fail: 20% } }
          - { § at: 2s, for: 100ms, redis: { § latency: 5ms } }
          - { at: 3s, for: 100ms, mysql: { § slicer: { § average_size: 64 } } }
          - { at: 4s, for: 100ms, mysql: { § act: { § delay: 1s }, match: { § table: x }, when: { § nth: 3 } } }
          - { at: 5s, for: 100ms, redis: { § act: drop, match: { § key: x } } }
          - { at: 6s, for: 100ms, kafka: { § slow: 5ms } }
          - { at: 7s, for: 100ms, kafka: { act: drop, match: { § topic: x } } }
          - { at: 8s, for: 100ms, payment: { act: drop, match: { § path: x } } }
        chaos: { § seed: 1 }
        steady-state: { § within: 1s }
        slo:
          - http_req_failed: rate < 5%
          - { § that: "http_req_failed: rate < 5%", over: 10s }
        """,
        """
        name: elsewhere
        environment: { § gateway: "http://h", auth: { § secretFile: f }, commands: { § kill: k } }
        flows: { f: [ { a: { get: / } } ] }
        load: { l1: { executor: per-vu-iterations, flow: f } }
        """,
    ]

    /// The document without marks.
    private static func plain(_ document: String) -> String {
        document.replacing("§\n", with: "").replacing("§ ", with: "")
    }

    /// The document once for each mark, with this key there.
    private static func documents(from document: String, adding key: String) -> [String] {
        let parts = document.components(separatedBy: "§")
        return parts.indices.dropFirst().map { place in
            let before = plain(parts[..<place].joined(separator: "§"))
            let after = plain(parts[place...].joined(separator: "§"))
            return before + (after.hasPrefix("\n") ? "\(key): 1" : "\(key): 1,") + after
        }
    }

    @Test("the schema has the keys that the reader knows, at every place, and no others", arguments: documents)
    func keys(document: String) throws {
        #expect(mistakes(Self.plain(document)) == [])
        var known: [String: Set<String>] = [:]
        for (place, text) in Self.documents(from: document, adding: "zzzzzzzz").enumerated() {
            let found = mistakes(text)
            let own = try #require(found.first { $0.contains("`zzzzzzzz`") }, "nothing at place \(place): \(found)")
            let path = String(own.drop { $0 != " " }.dropFirst().prefix { $0 != ":" }.dropLast("zzzzzzzz".count))
            let list = try #require(own.components(separatedBy: "known here: ").last?.components(separatedBy: ", "))
            let properties = Self.properties(at: path)
            #expect(!properties.isEmpty, "the schema has nothing at \(path)")
            let missing = list.filter { !properties.contains($0) }
            // Words that the reader keeps for later.
            let refused = missing.filter { key in
                mistakes(Self.documents(from: document, adding: key)[place]).contains {
                    $0.contains("not available in this version yet")
                }
            }
            #expect(missing == refused, "at \(path)")
            known[Self.general(path), default: []].formUnion(list)
        }
        for (path, keys) in known {
            // A request has one method, and the reader names that one only.
            let methods = keys.isDisjoint(with: RequestReader.methods) ? [] : RequestReader.methods
            let targets = path.hasPrefix("faults[0].LINK") ? LinkFaultSpec.Target.allCases.map(\.rawValue) : [""]
            let properties = targets.flatMap { Self.properties(at: path.replacing("LINK", with: $0)) }
            #expect(Set(properties).subtracting(methods).subtracting(keys) == [], "at \(path)")
        }
    }

    /// Names and numbers left out, so that what is of one kind is together.
    private static func general(_ path: String) -> String {
        path.replacing(#/flows\.f\[\d\]\.[abcd]\./#, with: "flows.f[0].a.").replacing(#/load\.l\d\./#, with: "load.l1.")
            .replacing(#/faults\[\d\]/#, with: "faults[0]")
            .replacing(#/^faults\[0\]\.(redis|mysql|kafka|payment)\./#, with: "faults[0].LINK.")
    }

    /// The keys that the schema allows in the mapping at this path, in any of its forms.
    private static func properties(at path: String) -> Set<String> {
        var schemas = [ScenarioSchema.scenario]
        for part in path.replacing("[", with: ".[").split(separator: ".") {
            schemas = schemas.flatMap(resolved).flatMap { schema -> [JSONSchema] in
                switch schema {
                case .list(let element, _) where part.hasPrefix("["): [element]
                case .object(let keys): keys.filter { $0.name == part }.map(\.schema)
                case .map(let value) where !part.hasPrefix("["): [value]
                case .named(let value, let words) where !words.contains(String(part)): [value]
                default: []
                }
            }
        }
        return Set(
            schemas.flatMap(resolved).flatMap { schema -> [String] in
                if case .object(let keys) = schema { keys.map(\.name) } else { [] }
            }
        )
    }

    private static func resolved(_ schema: JSONSchema) -> [JSONSchema] {
        switch schema {
        case .either(let options): options.flatMap(resolved)
        case .reference(let name):
            ScenarioSchema.definitions.filter { $0.name == name }.flatMap { resolved($0.schema) }
        default: [schema]
        }
    }

    @Test(
        "every scenario of the project keeps to it, and a misspelt key does not, by the reference validator of Python"
    )
    func scenarios() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "schema-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let installed = try run(
            "python3 -m pip install --quiet --disable-pip-version-check --target \(folder.path)/lib jsonschema==4.26.0 PyYAML==6.0.3"
        )
        try #require(installed.status == 0, "pip could not install jsonschema: \(installed.output)")
        let schema = folder.appending(path: "schema.json")
        try Data(ScenarioSchema.text.utf8).write(to: schema)
        let plain = try Self.documents.enumerated().map { number, document in
            try Self.write(Self.plain(document), "good-\(number).yaml", folder)
        }
        let good = try Self.files() + plain
        let misspelt = ["nmae", "latncey"]
        let bad = try misspelt.flatMap { key in
            try Self.documents.flatMap { Self.documents(from: $0, adding: key) }.enumerated().map { place, text in
                try Self.write(text, "bad-\(key)-\(place).yaml", folder)
            }
        }
        let script = try Self.write(Self.validator, "validate.py", folder)
        let validated = try run(
            "env PYTHONPATH=\(folder.path)/lib python3 \(script) \(schema.path) \((good + bad).joined(separator: " "))"
        )
        let verdicts = validated.output.split(separator: "\n").map(String.init)
        try #require(verdicts.count == good.count + bad.count, "\(validated.output)")
        for (file, verdict) in zip(good, verdicts) { #expect(verdict == "good", "\(file): \(verdict)") }
        for (file, verdict) in zip(bad, verdicts.dropFirst(good.count)) { #expect(verdict != "good", "\(file)") }
    }

    private static let validator = """
        import json, sys, yaml, jsonschema
        class Loader(yaml.SafeLoader): pass
        # YAML 1.2: `on` and dates are texts.
        Loader.yaml_implicit_resolvers = {
            first: [r for r in rules if r[0] not in ("tag:yaml.org,2002:bool", "tag:yaml.org,2002:timestamp")]
            for first, rules in yaml.SafeLoader.yaml_implicit_resolvers.items()}
        import re
        Loader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile("^(true|false)$"), list("tf"))
        schema = json.load(open(sys.argv[1]))
        jsonschema.Draft202012Validator.check_schema(schema)
        validator = jsonschema.Draft202012Validator(schema)
        for file in sys.argv[2:]:
            error = next(validator.iter_errors(yaml.load(open(file), Loader)), None)
            print("good" if error is None else f"{list(error.path)}: {error.message}"[:300].replace(chr(10), " "))
        """

    private static func write(_ text: String, _ name: String, _ folder: URL) throws -> String {
        let file = folder.appending(path: name)
        try Data(text.utf8).write(to: file)
        return file.path
    }

    /// All scenarios of the project and of the acceptance tests, but for the one with mistakes.
    private static func files() throws -> [String] {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let files = try ["scenarios", "Tests/AcceptanceTests/Scenarios"].flatMap { folder in
            try FileManager.default.subpathsOfDirectory(atPath: root.appending(path: folder).path)
                .filter { $0.hasSuffix(".yaml") && !$0.hasSuffix("mistakes.yaml") }
                .map { root.appending(path: "\(folder)/\($0)").path }
        }
        try #require(files.count > 10)
        return files
    }

    private func run(_ command: String) throws -> (status: Int32, output: String) {
        let process = Process()
        process.executableURL = URL(filePath: "/bin/sh")
        process.arguments = ["-c", "exec timeout 120 \(command)"]
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardError = pipe
        try process.run()
        let output = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return (process.terminationStatus, String(decoding: output, as: UTF8.self))
    }
}
