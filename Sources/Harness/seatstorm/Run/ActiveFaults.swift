import Synchronization

/// The names of the faults in force, for the display.
final class ActiveFaults: Sendable {
    private let names = Mutex<[String]>([])

    func set(_ names: [String]) { self.names.withLock { $0 = names } }

    @Sendable func get() -> [String] { names.withLock(\.self) }
}
