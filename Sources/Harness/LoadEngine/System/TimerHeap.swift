/// Deadlines by number, at most one for each: an indexed binary heap, so that moving or removing one takes log(n) and
/// nothing stale stays behind (a user's request timeout is set and removed thousands of times a second).
struct TimerHeap {
    private var heap: [Int] = []
    private var deadlines: [UInt64] = []
    private var places: [Int] = []

    /// The earliest deadline.
    var earliest: UInt64? {
        heap.first.map { deadlines[$0] }
    }

    /// Removes and returns the number with the earliest deadline, if that is not after `now`.
    mutating func popDue(_ now: UInt64) -> (number: Int, deadline: UInt64)? {
        guard let number = heap.first, deadlines[number] <= now else { return nil }
        let deadline = deadlines[number]
        cancel(number)
        return (number, deadline)
    }

    mutating func set(_ number: Int, at deadline: UInt64) {
        while places.count <= number {
            places.append(-1)
            deadlines.append(0)
        }
        deadlines[number] = deadline
        if places[number] < 0 {
            places[number] = heap.count
            heap.append(number)
        }
        siftUp(places[number])
        siftDown(places[number])
    }

    mutating func cancel(_ number: Int) {
        guard number < places.count, places[number] >= 0 else { return }
        let place = places[number]
        places[number] = -1
        let last = heap.removeLast()
        guard last != number else { return }
        heap[place] = last
        places[last] = place
        siftUp(place)
        siftDown(places[last])
    }

    private mutating func siftUp(_ start: Int) {
        var place = start
        let number = heap[place]
        while place > 0 {
            let parent = (place - 1) / 2
            guard deadlines[number] < deadlines[heap[parent]] else { break }
            heap[place] = heap[parent]
            places[heap[place]] = place
            place = parent
        }
        heap[place] = number
        places[number] = place
    }

    private mutating func siftDown(_ start: Int) {
        var place = start
        let number = heap[place]
        while true {
            var child = 2 * place + 1
            guard child < heap.count else { break }
            if child + 1 < heap.count, deadlines[heap[child + 1]] < deadlines[heap[child]] { child += 1 }
            guard deadlines[heap[child]] < deadlines[number] else { break }
            heap[place] = heap[child]
            places[heap[place]] = place
            place = child
        }
        heap[place] = number
        places[number] = place
    }
}
