import Glibc
import NIOCore
import Synchronization

/// The file of a run's spans: one posted body a line.
final class SpanSpool: Sendable {
    private struct State {
        var descriptor: Int32 = -1
        var refused = 0
        var failure: Int32 = 0
    }
    private let state = Mutex(State())

    /// What is not in the file, a sentence each kind.
    var losses: [String] {
        state.withLock { state in
            var losses: [String] = []
            if state.refused > 0 { losses.append("\(state.refused) exports were not what OTLP/HTTP asks for") }
            if state.failure != 0 {
                losses.append("spans could not be written: \(String(cString: strerror(state.failure)))")
            }
            return losses
        }
    }

    func open(_ path: String) throws {
        let descriptor = Glibc.open(path, O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else {
            throw EnvironmentError("create \(path)", String(cString: strerror(errno)))
        }
        state.withLock { state in
            if state.descriptor >= 0 { Glibc.close(state.descriptor) }
            state = State(descriptor: descriptor)
        }
    }

    func close() {
        state.withLock { state in
            if state.descriptor >= 0 { Glibc.close(state.descriptor) }
            state.descriptor = -1
        }
    }

    /// Counts a request that cannot be kept.
    func refuse() { state.withLock { $0.refused += 1 } }

    /// Appends a body of JSON as a line.
    func append(_ body: ByteBuffer) {
        // A line break may stand between JSON's tokens, and means no more than a space there.
        var line = body.readableBytesView.map {
            $0 == UInt8(ascii: "\n") || $0 == UInt8(ascii: "\r") ? UInt8(ascii: " ") : $0
        }
        line.append(UInt8(ascii: "\n"))
        state.withLock { state in
            guard state.descriptor >= 0 else { return }
            var written = 0
            while written < line.count {
                let count = line.withUnsafeBytes {
                    write(state.descriptor, $0.baseAddress.map { $0 + written }, line.count - written)
                }
                if count < 0, errno == EINTR { continue }
                guard count > 0 else {
                    if state.failure == 0 { state.failure = errno }
                    return
                }
                written += count
            }
        }
    }
}
