/// What is due when: a binary heap.
///
/// Entries are never removed early; whoever is woken checks that the alarm is still meant.
struct TimerHeap {
    struct Entry {
        var due: UInt64
        var token: Token
    }

    private var entries: [Entry] = []

    /// The earliest due time, in nanoseconds of ``monotonicNow()``.
    var earliest: UInt64? { entries.first?.due }

    mutating func insert(due: UInt64, _ token: Token) {
        entries.append(Entry(due: due, token: token))
        var child = entries.count - 1
        while child > 0 {
            let parent = (child - 1) / 2
            guard entries[child].due < entries[parent].due else { break }
            entries.swapAt(child, parent)
            child = parent
        }
    }

    /// The earliest entry, if it is due.
    mutating func popDue(at now: UInt64) -> Entry? {
        guard let first = entries.first, first.due <= now else { return nil }
        let last = entries.removeLast()
        if !entries.isEmpty {
            entries[0] = last
            siftDown()
        }
        return first
    }

    private mutating func siftDown() {
        var parent = 0
        while true {
            var child = 2 * parent + 1
            guard child < entries.count else { return }
            if child + 1 < entries.count, entries[child + 1].due < entries[child].due {
                child += 1
            }
            guard entries[child].due < entries[parent].due else { return }
            entries.swapAt(child, parent)
            parent = child
        }
    }
}
