import CLinux
import Glibc
import Synchronization

/// Turns signals into bytes of a pipe, so that one `poll` waits for commands and signals alike.
enum SignalPipe {
    private static let writeEnd = Atomic<Int32>(-1)

    /// Catches `signals` for the rest of the process' life; returns the descriptor to read their numbers from.
    static func open(catching signals: [Int32]) throws -> Int32 {
        var ends: [Int32] = [-1, -1]
        let kind = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue) | Int32(SOCK_NONBLOCK.rawValue)
        guard socketpair(AF_UNIX, kind, 0, &ends) == 0 else {
            throw EnvironmentError("open the supervisor's signal pipe", String(cString: strerror(errno)))
        }
        writeEnd.store(ends[1], ordering: .sequentiallyConsistent)
        for number in signals {
            signal(number) { number in
                // A full pipe loses nothing: whoever reads it looks at everything anyway.
                let saved = errno
                var byte = UInt8(truncatingIfNeeded: number)
                _ = write(SignalPipe.writeEnd.load(ordering: .relaxed), &byte, 1)
                errno = saved
            }
        }
        return ends[0]
    }

    /// Takes what has arrived, without waiting.
    static func drain(_ descriptor: Int32) -> Set<Int32> {
        var buffer = [UInt8](repeating: 0, count: 256)
        var seen: Set<Int32> = []
        while true {
            let count = read(descriptor, &buffer, buffer.count)
            guard count > 0 else { return seen }
            seen.formUnion(buffer[..<count].map { Int32($0) })
        }
    }
}
