import Dispatch
import Glibc
import Synchronization

/// SIGINT and SIGTERM as something to wait for: the first ends the run in order, a second one ends the process at once.
final class Interruption: Sendable {
    private struct State {
        var name: String?
        var actions: [@Sendable (String) -> Void] = []
    }
    private let state = Mutex(State())
    private let isQuiet: Bool
    /// Kept alive, and not touched again after `init`: that is why it may be shared.
    private nonisolated(unsafe) let sources: [any DispatchSourceSignal]

    /// - Parameter isQuiet: says nothing on standard error.
    init(isQuiet: Bool = false) {
        self.isQuiet = isQuiet
        let queue = DispatchQueue(label: "seatstorm.signals")
        sources = [SIGINT, SIGTERM].map { DispatchSource.makeSignalSource(signal: $0, queue: queue) }
        for (source, (number, name)) in zip(sources, [(SIGINT, "SIGINT"), (SIGTERM, "SIGTERM")]) {
            // The default action would end the process before its source is told.
            signal(number, SIG_IGN)
            source.setEventHandler { [weak self] in self?.happen(name) }
            source.resume()
        }
    }

    /// Whether a signal came.
    var hasHappened: Bool { signalName != nil }

    /// The signal's name.
    var signalName: String? { state.withLock(\.name) }

    /// Calls `action` when a signal comes, or at once if one has come.
    func onInterruption(_ action: @escaping @Sendable (String) -> Void) {
        let happened = state.withLock { state -> String? in
            if state.name == nil { state.actions.append(action) }
            return state.name
        }
        if let happened { action(happened) }
    }

    private func happen(_ name: String) {
        let actions = state.withLock { state -> [@Sendable (String) -> Void]? in
            guard state.name == nil else { return nil }
            state.name = name
            return state.actions
        }
        guard let actions else {
            Terminal.complain("\n\(name) again: ending at once; the supervisor takes the suite down")
            _exit(Int32(105))
        }
        if !isQuiet { Terminal.complain("\n\(name): stopping in order; once more to end at once") }
        for action in actions { action(name) }
    }
}
