import ArgumentParser
import Environment

/// Prints a token for the suite of this folder.
struct TokenCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "token",
        abstract: "Print a bearer token for the suite that `suite up` started here.",
        discussion: """
            Example: curl -H "Authorization: Bearer $(seatstorm token --user ann)" …
            """
    )

    @Option(help: "Whose token: its `sub`.")
    var user: String

    @Option(help: "What it may do; a buyer's scopes when left out.")
    var scope = "reservation:write order:write"

    func run() throws {
        print(try StandingSuite.read(in: ".").tokens.token(user: user, scope: scope))
    }
}
