/// Connections whose requests have ended, in order.
struct FinishedQueue {
    private var numbers: [Int] = []
    private var head = 0

    var isEmpty: Bool { numbers.isEmpty }

    mutating func append(_ number: Int) { numbers.append(number) }

    /// A connection that is closed is not handed over: its number may be somebody else's by then.
    mutating func remove(_ number: Int) {
        guard !isEmpty else { return }
        numbers.removeSubrange(..<head)
        head = 0
        numbers.removeAll { $0 == number }
    }

    mutating func take() -> Int? {
        guard head < numbers.count else { return nil }
        head += 1
        let number = numbers[head - 1]
        if head == numbers.count {
            numbers.removeAll(keepingCapacity: true)
            head = 0
        }
        return number
    }
}
