/// Says what an epoll event or a timer is about, in the 64 bits that epoll carries for us.
///
/// `generation` tells a slot's present tenant from the one that an event still in hand was meant for.
struct Token: Equatable {
    enum Kind: UInt64 {
        /// Descriptors.
        case mailbox, listener, client, upstream
        /// Timers.
        case upstreamAlarm, downstreamAlarm, dialDeadline, listenerResumes, leaseEnds
    }

    let raw: UInt64

    init(raw: UInt64) {
        self.raw = raw
    }

    init(_ kind: Kind, index: Int, generation: UInt32 = 0) {
        raw = UInt64(generation) << 32 | UInt64(index) << 4 | kind.rawValue
    }

    var kind: Kind? { Kind(rawValue: raw & 0xF) }
    /// At most 2²⁸ − 1.
    var index: Int { Int(raw >> 4 & 0xFFF_FFFF) }
    var generation: UInt32 { UInt32(raw >> 32) }
}
