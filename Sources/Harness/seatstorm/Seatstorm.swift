import ArgumentParser

/// Storms a ticketing suite, breaks things while it does, and proves from the stores whether a seat was sold twice.
@main
struct Seatstorm: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "seatstorm",
        abstract: "Storms a ticketing suite and proves that no seat was sold twice.",
        subcommands: [
            RunCommand.self, CheckCommand.self, SuiteCommand.self, TokenCommand.self, ProxyCommand.self,
            SuperviseCommand.self, LeaseCommand.self, CheckHistoryCommand.self, VerifyCommand.self, ExplainCommand.self,
            BugsCommand.self, CapacityCommand.self,
        ]
    )
}
