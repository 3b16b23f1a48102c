/// What became of one wave of a storm.
package struct WaveResult: Sendable {
    package let load: String
    /// From 0.
    package let wave: Int
    package let users: Int
    /// Users let go.
    package internal(set) var released = 0
    /// Users whose first request ended, with a reply or with a transport error.
    package internal(set) var completed = 0
    /// Of ``completed``, those with an HTTP reply.
    package internal(set) var answered = 0
    /// Users cut off by the end of the grace or of the run.
    package internal(set) var interrupted = 0
    /// Users whose connection could not be made or warmed before the release.
    package internal(set) var unprepared = 0
    /// When the wave was due, ns of CLOCK_MONOTONIC.
    package internal(set) var dueNs: UInt64 = 0
    /// When it was released, ns of CLOCK_MONOTONIC; 0 if it never was.
    package internal(set) var releasedNs: UInt64 = 0
    /// When its first request was handed to the kernel, ns of CLOCK_MONOTONIC.
    package internal(set) var firstByteNs = UInt64.max
    /// When its last request was handed to the kernel, ns of CLOCK_MONOTONIC.
    package internal(set) var lastByteNs: UInt64 = 0
    /// When the last reply to a first request had come, ns of CLOCK_MONOTONIC.
    package internal(set) var lastReplyNs: UInt64 = 0

    init(load: String, wave: Int, users: Int) {
        self.load = load
        self.wave = wave
        self.users = users
    }

    /// First to last request handed to the kernel.
    package var spreadSeconds: Double {
        lastByteNs > firstByteNs ? Double(lastByteNs - firstByteNs) / 1e9 : 0
    }

    /// From the release to the last reply to a first request.
    package var clickSeconds: Double {
        lastReplyNs > releasedNs ? Double(lastReplyNs - releasedNs) / 1e9 : 0
    }

    /// How late the wave was released, because its users were not prepared in time.
    package var latenessSeconds: Double {
        releasedNs > dueNs ? Double(releasedNs - dueNs) / 1e9 : 0
    }

    /// Whether every user of the wave was released and his first request ended.
    package var completedAll: Bool {
        released == users && completed == users
    }

    /// Adds another thread's part of the same wave.
    mutating func merge(_ other: WaveResult) {
        released += other.released
        completed += other.completed
        answered += other.answered
        interrupted += other.interrupted
        unprepared += other.unprepared
        dueNs = max(dueNs, other.dueNs)
        // The threads release on their own wake-ups: the first counts.
        let both = [releasedNs, other.releasedNs].filter { $0 > 0 }
        releasedNs = both.min() ?? 0
        firstByteNs = min(firstByteNs, other.firstByteNs)
        lastByteNs = max(lastByteNs, other.lastByteNs)
        lastReplyNs = max(lastReplyNs, other.lastReplyNs)
    }
}
