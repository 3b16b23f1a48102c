import Scenario

/// What a threshold with `over` is judged by: its metric second by second.
///
/// Bounded: when a run outgrows ``maximumSlots``, neighbouring slots are joined and each covers twice as long.
package struct ThresholdWindow: Sendable {
    package static let maximumSlots = 3_600

    package let threshold: Threshold
    private let filter: Tags
    /// How many seconds a slot covers: 1, then 2, then 4 and so on.
    private(set) var slotSeconds = 1
    /// In order of time; seconds without a sample have no slot.
    private var slots: [Slot] = []

    private struct Slot: Sendable {
        let second: Int
        var content = WindowSlot()
    }

    init(_ threshold: Threshold) {
        self.threshold = threshold
        filter = Tags(threshold.tags)
    }

    func watches(_ key: SeriesKey) -> Bool {
        key.metric == threshold.metric && key.tags.matches(filter)
    }

    /// The slot of this second since the start of the run; an earlier second than before counts for the current slot.
    mutating func record(second: Int, _ sample: (inout WindowSlot) -> Void) {
        while second / slotSeconds >= Self.maximumSlots { halveResolution() }
        let start = second / slotSeconds * slotSeconds
        if slots.last.map({ $0.second < start }) ?? true { slots.append(Slot(second: start)) }
        sample(&slots[slots.count - 1].content)
    }

    /// Adds what another thread measured at the same time.
    mutating func merge(_ other: ThresholdWindow) {
        var theirs = other
        while theirs.slotSeconds < slotSeconds { theirs.halveResolution() }
        while slotSeconds < theirs.slotSeconds { halveResolution() }
        var joined = Dictionary(uniqueKeysWithValues: slots.map { ($0.second, $0.content) })
        for slot in theirs.slots { joined[slot.second, default: WindowSlot()].merge(slot.content) }
        slots = joined.map { Slot(second: $0.key, content: $0.value) }.sorted { $0.second < $1.second }
    }

    private mutating func halveResolution() {
        slotSeconds *= 2
        var halved: [Slot] = []
        for slot in slots {
            let start = slot.second / slotSeconds * slotSeconds
            if halved.last?.second == start {
                halved[halved.count - 1].content.append(slot.content)
            } else {
                halved.append(Slot(second: start, content: slot.content))
            }
        }
        slots = halved
    }

    // MARK: Judging

    private var wanted: Int { Int(threshold.over?.components.seconds ?? 1) }

    /// Seconds of a window: what the threshold says, in whole slots, or the whole run if that is shorter.
    private func length(_ seconds: Int) -> Int {
        let whole = (wanted + slotSeconds - 1) / slotSeconds * slotSeconds
        return max(1, min(whole, seconds))
    }

    /// The value of the last window that is whole after so many seconds; nil before there is one, or without samples.
    package func latest(after seconds: Int) -> Double? {
        // The slot under way counts less than a whole one to a counter.
        let end = seconds / slotSeconds * slotSeconds
        guard end >= wanted else { return nil }
        return value(from: end - length(end), to: end)
    }

    /// The value of the window that kept to the threshold the least, of all whole windows of a run of so many seconds.
    package func worst(of seconds: Int) -> Double? {
        // The second under way counts less than a whole one to a counter.
        let end = threshold.metric.kind == .counter ? max(seconds, 1) : max(seconds, (slots.last?.second ?? 0) + 1)
        let length = length(end)
        let values = stride(from: 0, through: end - length, by: slotSeconds).compactMap {
            value(from: $0, to: $0 + length)
        }
        switch threshold.comparison {
        case .less, .lessOrEqual: return values.max()
        case .greater, .greaterOrEqual: return values.min()
        case .equal, .unequal: return values.first { !threshold.holds($0) } ?? values.last
        }
    }

    private func value(from start: Int, to end: Int) -> Double? {
        var whole = WindowSlot()
        var index = firstSlot(from: start)
        while index < slots.count, slots[index].second < end {
            whole.append(slots[index].content)
            index += 1
        }
        return whole.value(of: threshold, seconds: end - start)
    }

    /// Index of the first slot that begins at this second or later.
    private func firstSlot(from second: Int) -> Int {
        var low = 0
        var high = slots.count
        while low < high {
            let middle = (low + high) / 2
            if slots[middle].second < second { low = middle + 1 } else { high = middle }
        }
        return low
    }
}

extension WindowSlot {
    /// In the threshold's unit; nil where there is nothing to aggregate.
    fileprivate func value(of threshold: Threshold, seconds: Int) -> Double? {
        switch threshold.metric.kind {
        // A counter that nothing has raised has been raised by nothing.
        case .counter: return threshold.aggregate == .rate ? Double(sum) / Double(seconds) : Double(sum)
        case .rate:
            guard count > 0 else { return nil }
            return threshold.aggregate == .count ? Double(sum) : Double(sum) / Double(count)
        case .gauge:
            switch threshold.aggregate {
            case .minimum: return gauge.latest == nil ? nil : gauge.minimum
            case .maximum: return gauge.latest == nil ? nil : gauge.maximum
            default: return gauge.latest
            }
        case .trend: return trendValue(of: threshold.aggregate)
        }
    }

    private func trendValue(of aggregate: Threshold.Aggregate) -> Double? {
        guard count > 0 else { return nil }
        switch aggregate {
        case .count: return Double(count)
        case .average: return Double(sum) / Double(count) / 1_000_000
        case .minimum: return Double(minimum) / 1_000_000
        case .maximum: return Double(maximum) / 1_000_000
        default: return aggregate.percent.flatMap { percentile($0) }.map { Double($0) / 1_000_000 }
        }
    }
}
