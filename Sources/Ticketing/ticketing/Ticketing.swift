import ArgumentParser
import TicketingCommands

/// The executable: in an asynchronous context, where the command's asynchronous `main` is chosen.
@main
enum Ticketing {
    static func main() async {
        await TicketingCommand.main()
    }
}
