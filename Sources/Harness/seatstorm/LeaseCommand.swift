import ArgumentParser
import Environment

/// Holds the lease of a fault that a command undoes; started by the harness itself, never by a person.
struct LeaseCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "lease",
        abstract: "Run a command after a time, or when standard input ends.",
        shouldDisplay: false
    )

    @Option(help: "How long.")
    var seconds: Double

    @Option(help: "The shell command.")
    var undo: String

    func run() throws { throw ExitCode(CommandLease.hold(seconds: seconds, undo: undo)) }
}
