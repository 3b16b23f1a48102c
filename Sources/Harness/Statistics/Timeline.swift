/// Requests over time: for each second how many ended, how many failed, and a coarse distribution of response times.
///
/// Only the second being filled is dense; earlier ones keep their non-empty buckets. When a run outgrows
/// ``maximumSlots``, neighbouring slots are joined and each covers twice as long, so memory has a bound.
package struct Timeline: Sendable {
    package static let maximumSlots = 3_600

    /// How many seconds a slot covers: 1, then 2, then 4 and so on.
    package private(set) var slotSeconds = 1
    private var closed: [TimelineSlot] = []
    private var openIndex = -1
    private var open = CoarseHistogram()
    private var openFailed: UInt64 = 0

    package init() {}

    /// Records a request that ended in this second since the start of the run.
    ///
    /// An earlier second than before counts for the current slot.
    package mutating func record(second: Int, microseconds: UInt64, failed: Bool) {
        let index = second / slotSeconds
        if index > openIndex {
            closeOpenSlot()
            openIndex = index
            while openIndex >= Self.maximumSlots { halveResolution() }
        }
        open.record(microseconds: microseconds)
        if failed { openFailed += 1 }
    }

    /// In order of time; seconds without a reply have no slot.
    package var slots: [TimelineSlot] {
        guard let current = openSlot else { return closed }
        guard let last = closed.last, last.second == current.second else { return closed + [current] }
        return closed.dropLast() + [Self.join(last, current)]
    }

    package mutating func merge(_ other: Timeline) {
        var theirs = other
        while theirs.slotSeconds < slotSeconds { theirs.halveResolution() }
        while slotSeconds < theirs.slotSeconds { halveResolution() }
        var joined: [Int: TimelineSlot] = [:]
        for slot in slots + theirs.slots {
            joined[slot.second] = joined[slot.second].map { Self.join($0, slot) } ?? slot
        }
        closed = joined.values.sorted { $0.second < $1.second }
        open = CoarseHistogram()
        openFailed = 0
        openIndex = closed.last.map { $0.second / slotSeconds } ?? -1
    }

    private var openSlot: TimelineSlot? {
        guard open.total > 0 else { return nil }
        let latency = open.counts.indices.filter { open.counts[$0] > 0 }
            .map { TimelineBucket(index: UInt16($0), count: open.counts[$0]) }
        return TimelineSlot(
            second: openIndex * slotSeconds,
            count: open.total,
            failed: openFailed,
            latency: latency
        )
    }

    private mutating func closeOpenSlot() {
        guard let slot = openSlot else { return }
        if let last = closed.last, last.second == slot.second {
            closed[closed.count - 1] = Self.join(last, slot)
        } else {
            closed.append(slot)
        }
        open = CoarseHistogram()
        openFailed = 0
    }

    private mutating func halveResolution() {
        closeOpenSlot()
        slotSeconds *= 2
        var halved: [TimelineSlot] = []
        for slot in closed {
            let moved = TimelineSlot(
                second: slot.second / slotSeconds * slotSeconds,
                count: slot.count,
                failed: slot.failed,
                latency: slot.latency
            )
            if let last = halved.last, last.second == moved.second {
                halved[halved.count - 1] = Self.join(last, moved)
            } else {
                halved.append(moved)
            }
        }
        closed = halved
        openIndex = openIndex < 0 ? -1 : openIndex / 2
    }

    private static func join(_ left: TimelineSlot, _ right: TimelineSlot) -> TimelineSlot {
        var dense = left.dense
        dense.merge(right.dense)
        let latency = dense.counts.indices.filter { dense.counts[$0] > 0 }
            .map { TimelineBucket(index: UInt16($0), count: dense.counts[$0]) }
        return TimelineSlot(
            second: min(left.second, right.second),
            count: left.count + right.count,
            failed: left.failed + right.failed,
            latency: latency
        )
    }
}
