/// A first-in, first-out queue of commands: a ring that grows and never shrinks below what it once held.
struct CommandQueue {
    private var ring: [Command?] = Array(repeating: nil, count: 64)
    private var head = 0
    private(set) var count = 0

    var isEmpty: Bool {
        count == 0
    }

    mutating func append(_ command: Command) {
        if count == ring.count {
            grow()
        }
        // The size is a power of two, so a mask does the wrapping.
        ring[(head + count) & (ring.count - 1)] = command
        count += 1
    }

    mutating func popFirst() -> Command? {
        guard count > 0 else { return nil }
        let first = ring[head].take()
        head = (head + 1) & (ring.count - 1)
        count -= 1
        return first
    }

    /// Takes the commands out that satisfy `condition`, keeping the order of the others.
    mutating func removeAll(where condition: (Command) -> Bool) -> [Command] {
        var removed: [Command] = []
        for _ in 0..<count {
            guard let command = popFirst() else { break }
            if condition(command) {
                removed.append(command)
            } else {
                append(command)
            }
        }
        return removed
    }

    func forEach(_ body: (Command) -> Void) {
        for offset in 0..<count {
            if let command = ring[(head + offset) & (ring.count - 1)] {
                body(command)
            }
        }
    }

    private mutating func grow() {
        var larger: [Command?] = []
        larger.reserveCapacity(ring.count * 2)
        larger.append(contentsOf: ring[head...])
        larger.append(contentsOf: ring[..<head])
        larger.append(contentsOf: repeatElement(nil, count: ring.count))
        ring = larger
        head = 0
    }
}
