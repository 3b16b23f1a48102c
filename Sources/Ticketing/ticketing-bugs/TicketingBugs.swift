import ArgumentParser
import Foundation
import Order
import SeededBugs
import ServiceKit
import TicketingCommands

/// The same commands as `ticketing`, with the bug that TICKETING_BUG names; no release contains this executable.
@main
enum TicketingBugs {
    static func main() async {
        do {
            let bug = try SeededBug.read(environment: ProcessInfo.processInfo.environment)
            await TicketingVariations.$current.withValue(bug.variations) {
                await OrderVariations.$current.withValue(bug.orderVariations) { await TicketingCommand.main() }
            }
        } catch {
            FileHandle.standardError.write(Data("ticketing-bugs: \(error)\n".utf8))
            exit(64)
        }
    }
}
