/// What the users of server-sent event streams saw, all together.
package struct StreamReport: Sendable, Equatable {
    /// Subscriptions, however many connections each took.
    package internal(set) var streams: UInt64 = 0
    package internal(set) var events: UInt64 = 0
    /// Connections made after a break.
    package internal(set) var reconnects: UInt64 = 0
    /// Of ``reconnects``, those that asked for the events after the last one received.
    package internal(set) var resumes: UInt64 = 0
    /// Of ``resumes``, those that were answered by everything anew, because what was missed was gone.
    package internal(set) var restarts: UInt64 = 0
    /// Changes of a seat between two versions received, which were never told.
    package internal(set) var missed: UInt64 = 0
    /// Events and versions that did not rise.
    package internal(set) var outOfOrder: UInt64 = 0
    /// Updates that came before the moment of their change: by so much at least the two clocks differ.
    ///
    /// `sse_delivery_time` takes Redis' clock and this machine's for the same, which they are on one machine.
    package internal(set) var ahead: UInt64 = 0
    /// The most that an update was ahead, in ms.
    package internal(set) var aheadMilliseconds: UInt64 = 0

    mutating func merge(_ other: StreamReport) {
        streams += other.streams
        events += other.events
        reconnects += other.reconnects
        resumes += other.resumes
        restarts += other.restarts
        missed += other.missed
        outOfOrder += other.outOfOrder
        ahead += other.ahead
        aheadMilliseconds = max(aheadMilliseconds, other.aheadMilliseconds)
    }

    /// Adds what one stream came to.
    mutating func add(_ progress: StreamProgress) {
        restarts += progress.restarts
        missed += progress.missed
        outOfOrder += progress.outOfOrder
    }
}
