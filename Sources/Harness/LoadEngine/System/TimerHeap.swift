/// Deadlines by number, at most one for each.
///
/// A user's request timeout is set and removed thousands of times a second and hardly ever comes, so neither costs more than a store:
/// a binary heap has an entry for each number at or before its deadline, and only an entry that has come due is moved to where it
/// belongs, or taken out. There is never more than one entry for a number.
struct TimerHeap {
    private struct Entry {
        var deadline: UInt64
        var number: Int
    }

    private struct Timer {
        /// `.max` while it has none.
        var deadline = UInt64.max
        /// Of its entry in the heap; -1 where there is none.
        var place = -1
    }

    private var heap: [Entry] = []
    private var timers: [Timer] = []

    /// No deadline is before this; nil where there is none at all.
    var earliest: UInt64? { heap.first?.deadline }

    /// Removes and returns the number with the earliest deadline, if that is not after `now`.
    mutating func popDue(_ now: UInt64) -> (number: Int, deadline: UInt64)? {
        while let first = heap.first, first.deadline <= now {
            let deadline = timers[first.number].deadline
            if deadline > first.deadline, deadline < .max {
                siftDown(Entry(deadline: deadline, number: first.number))
                continue
            }
            removeFirst()
            if deadline == .max { continue }
            timers[first.number].deadline = .max
            return (first.number, deadline)
        }
        return nil
    }

    mutating func set(_ number: Int, at deadline: UInt64) {
        while timers.count <= number { timers.append(Timer()) }
        timers[number].deadline = deadline
        let place = timers[number].place
        if place < 0 {
            heap.append(Entry(deadline: deadline, number: number))
            siftUp(heap.count - 1)
        } else if deadline < heap[place].deadline {
            heap[place].deadline = deadline
            siftUp(place)
        }
    }

    mutating func cancel(_ number: Int) {
        guard number < timers.count else { return }
        timers[number].deadline = .max
    }

    private mutating func removeFirst() {
        timers[heap[0].number].place = -1
        let last = heap.removeLast()
        if !heap.isEmpty { siftDown(last) }
    }

    private mutating func siftUp(_ start: Int) {
        var place = start
        let entry = heap[place]
        while place > 0 {
            let parent = (place - 1) / 2
            guard entry.deadline < heap[parent].deadline else { break }
            put(heap[parent], at: place)
            place = parent
        }
        put(entry, at: place)
    }

    /// Puts the entry where it belongs, from the root down.
    private mutating func siftDown(_ entry: Entry) {
        var place = 0
        while true {
            var child = 2 * place + 1
            guard child < heap.count else { break }
            if child + 1 < heap.count, heap[child + 1].deadline < heap[child].deadline { child += 1 }
            guard heap[child].deadline < entry.deadline else { break }
            put(heap[child], at: place)
            place = child
        }
        put(entry, at: place)
    }

    private mutating func put(_ entry: Entry, at place: Int) {
        heap[place] = entry
        timers[entry.number].place = place
    }
}
