import ArgumentParser
import Foundation
import Reporting
import Scenario

/// Reads scenario files and shows every mistake in them.
struct CheckCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Read scenario files and show every mistake in them, with line and column.",
        discussion: """
            Examples:
              seatstorm check scenarios/*.yaml
              seatstorm check --schema > scenario.schema.json   (a JSON Schema, for editors)
            """
    )

    @Flag(help: "Print the JSON Schema (draft 2020-12) of the language instead.")
    var schema = false

    @Argument(help: "Scenario files.")
    var files: [String] = []

    func validate() throws {
        if schema, !files.isEmpty { throw ValidationError("--schema prints the schema, and reads no file") }
        if !schema, files.isEmpty { throw ValidationError("expected a scenario file, or --schema") }
    }

    func run() throws {
        if schema {
            print(ScenarioSchema.text, terminator: "")
            return
        }
        _ = try ScenarioFiles.read(files, overrides: Overrides())
        for file in files { print("\(file): good") }
    }
}

/// Reading scenario files for a command.
enum ScenarioFiles {
    /// Reads all of `files`; on any mistake prints all of all files and ends with 104.
    static func read(_ files: [String], overrides: Overrides) throws -> [Scenario] {
        var scenarios: [Scenario] = []
        var isGood = true
        for file in files {
            do throws(ScenarioErrors) {
                scenarios.append(try Scenario.read(path: file, overrides: overrides))
            } catch {
                Terminal.complain("\(error)")
                isGood = false
            }
        }
        guard isGood else { throw ExitCode(Reporting.ExitCode.invalidScenario.rawValue) }
        return scenarios
    }

    /// Reads a file that an earlier run's `chaos:` has written; on any mistake ends with 104.
    static func readFaults(_ path: String, of scenario: Scenario) throws -> [FaultSpec] {
        guard scenario.chaos != nil else {
            throw ValidationError("--chaos: \(scenario.name) has no `chaos:`, so there is nothing to run again")
        }
        guard let text = try? String(contentsOfFile: path, encoding: .utf8) else {
            throw ValidationError("--chaos: \(path) cannot be read; it is the chaos.yaml of an earlier run's folder")
        }
        do throws(ScenarioErrors) {
            return try FaultsFile.read(yaml: text, file: path, commands: scenario.environment?.commands)
        } catch {
            Terminal.complain("\(error)")
            throw ExitCode(Reporting.ExitCode.invalidScenario.rawValue)
        }
    }
}
