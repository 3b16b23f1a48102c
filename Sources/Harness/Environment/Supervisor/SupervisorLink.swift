import CLinux
import Foundation
import Glibc
import Synchronization

/// The owner's end of the socket to its supervisor, and what has been heard over it.
///
/// One thread of its own reads. When the link is closed, or its process ends in any way, the supervisor reads the end
/// of its input and takes everything down.
final class SupervisorLink: Sendable {
    private struct State {
        var nextID = 1
        var pending: [Int: CheckedContinuation<SupervisorMessage, any Error>] = [:]
        var processes: [String: SupervisedProcess] = [:]
        var exits: [String: ProcessExit] = [:]
        var unexpected: [ProcessExit] = []
        var hasEnded = false
        var isOrderly = false
    }

    let pid: Int32
    private let socket: Int32
    private let directory: String
    private let keepsDirectory: Bool
    /// Whether the supervisor is our child, whose end is ours to collect; else we only speak to somebody else's.
    private let isOwner: Bool
    private let state = Mutex(State())

    init(pid: Int32, socket: Int32, directory: String, keepsDirectory: Bool, isOwner: Bool = true) {
        self.pid = pid
        self.socket = socket
        self.directory = directory
        self.keepsDirectory = keepsDirectory
        self.isOwner = isOwner
    }

    func beginReading() {
        let thread = Thread { [self] in readToEnd() }
        thread.name = "supervisor-link"
        thread.start()
    }

    /// Wakes the reading thread with an end of input; the supervisor sees the same.
    ///
    /// Under the lock, since once the link has ended its descriptor's number may be somebody else's.
    func hangUp() {
        state.withLock { state in
            if !state.hasEnded { _ = shutdown(socket, Int32(SHUT_RDWR)) }
        }
    }

    /// Whether the supervisor is gone.
    var hasEnded: Bool { state.withLock { $0.hasEnded } }
    var processes: [SupervisedProcess] { state.withLock { $0.processes.values.sorted { $0.name < $1.name } } }
    var unexpectedExits: [ProcessExit] { state.withLock { $0.unexpected } }
    func process(_ name: String) -> SupervisedProcess? { state.withLock { $0.processes[name] } }
    func exit(of name: String) -> ProcessExit? { state.withLock { $0.exits[name] } }

    /// Says that the supervisor's coming end is wanted.
    func expectEnd() { state.withLock { $0.isOrderly = true } }

    /// Sends a command and waits for its answer.
    func ask(_ request: SupervisorRequest, doing action: String) async throws -> SupervisorMessage {
        let message = try await withCheckedThrowingContinuation { continuation in
            var request = request
            let id: Int? = state.withLock { state in
                guard !state.hasEnded else { return nil }
                request.id = state.nextID
                state.nextID += 1
                state.pending[request.id] = continuation
                // Written under the lock, so that lines never mix.
                write(request)
                return request.id
            }
            if id == nil { continuation.resume(throwing: Self.ended(action)) }
        }
        if let failure = message.failure { throw EnvironmentError(action, failure) }
        return message
    }

    private static func ended(_ action: String) -> EnvironmentError {
        EnvironmentError(action, "the supervisor has ended", advice: "start a new environment")
    }

    private func write(_ request: SupervisorRequest) {
        guard var line = try? JSONEncoder().encode(request) else { return }
        line.append(UInt8(ascii: "\n"))
        line.withUnsafeBytes { bytes in
            var sent = 0
            while sent < bytes.count {
                let count = send(
                    socket,
                    bytes.baseAddress?.advanced(by: sent),
                    bytes.count - sent,
                    Int32(MSG_NOSIGNAL)
                )
                // A supervisor that is gone is noticed by the reader, which fails what is pending.
                if count < 0, errno != EINTR { return }
                sent += max(0, count)
            }
        }
    }

    private func readToEnd() {
        var input: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = read(socket, &buffer, buffer.count)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { break }
            input.append(contentsOf: buffer[..<count])
            while let end = input.firstIndex(of: UInt8(ascii: "\n")) {
                if let message = try? JSONDecoder().decode(SupervisorMessage.self, from: Data(input[..<end])) {
                    take(message)
                }
                input.removeSubrange(...end)
            }
        }
        hangUp()
        if isOwner {
            var status: Int32 = 0
            while waitpid(pid, &status, 0) == -1, errno == EINTR {}
            sweepUp()
        }
        let pending = state.withLock { state in
            state.hasEnded = true
            close(socket)
            defer { state.pending = [:] }
            return state.pending.values.map { $0 }
        }
        for continuation in pending { continuation.resume(throwing: Self.ended("wait for the supervisor's answer")) }
    }

    private func take(_ message: SupervisorMessage) {
        let waiting: CheckedContinuation<SupervisorMessage, any Error>? = state.withLock { state in
            if let exit = message.exit {
                if state.processes[exit.name]?.pid ?? exit.pid == exit.pid { state.exits[exit.name] = exit }
                if !exit.isExpected { state.unexpected.append(exit) }
            }
            if let process = message.process {
                if state.processes[process.name]?.pid != process.pid, state.exits[process.name]?.pid != process.pid {
                    state.exits[process.name] = nil
                }
                state.processes[process.name] = process
            }
            guard let id = message.id else { return nil }
            return state.pending.removeValue(forKey: id)
        }
        waiting?.resume(returning: message)
    }

    /// A supervisor that was itself killed could not do its work: what it recorded is ended here.
    private func sweepUp() {
        guard !state.withLock({ $0.isOrderly }), let groups = try? ProcessGroup.read(directory: directory) else {
            return
        }
        for group in groups where ProcessGroup.startTime(of: group.id) == group.startTime { kill(-group.id, SIGKILL) }
        if !keepsDirectory { try? FileManager.default.removeItem(atPath: directory) }
    }
}
