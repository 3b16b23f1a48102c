import ArgumentParser
import Environment

/// The parent of all servers of an embedded suite; started by the harness itself, never by a person.
struct SuperviseCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "supervise",
        abstract: "Hold the servers of a suite and end them with their owner.",
        shouldDisplay: false
    )

    @Option(help: "The private folder.")
    var directory: String

    @Flag(help: "Leave the folder behind.")
    var keep = false

    @Flag(help: "Let the load generator on this machine go first.")
    var standBack = false

    func run() throws {
        throw ExitCode(SupervisorLoop.run(directory: directory, keepsDirectory: keep, standsBack: standBack))
    }
}
