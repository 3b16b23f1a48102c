/// Decides the history of one text without a search, where what was got says which call wrote each piece.
///
/// That is so when no two values that were put or appended are equal and none begins another: then a text that was got is one sequence of
/// calls and no other. Calls that follow each other in it have no other change between them, so that they form blocks, each with the gets of its
/// texts; the beginning, when the text is empty, is the first call of the first block. A change that nobody saw is a block of its own, at any
/// place after it began where it may never have happened. A linearization is an order of whole blocks, and there is one exactly when
///
/// - every block is in order within itself, and
/// - no two blocks must each come before the other: a call of each returned before a call of the other began.
///
/// Two are enough: in a longer circle the block whose first return is the earliest of all must also come before its own predecessor.
/// These are the zones of Gibbons and Korach ("Testing Shared Memories", 1997), with appends.
/// The time is that of sorting and of reading what was got.
struct TextOrder {
    /// A get, or something that was put or appended.
    private typealias Item = Call<KeyValueModel.Operation>

    /// Calls that are next to each other in every order.
    private struct Block {
        var latestInvoke = Int64.min
        var earliestReturn = Int64.max
    }

    private let changes: [Item]
    private let values: [[UInt8]]
    private let gets: [Item]
    /// For each change the one just before it, where a text says so; the place past the last change stands for the beginning.
    private var previous: [Int?]
    /// For each change, and for the beginning, the one just after it, where a text says so.
    private var following: [Int?]
    /// For each change, and for the beginning, the gets of the text that it left.
    private var readers: [[Item]]

    /// The history of one text; nil where the values do not say who wrote what.
    init?(_ calls: [Call<KeyValueModel.Operation>]) {
        let written = calls.filter { $0.operation.action != .get }
            .map { (call: $0, value: Array($0.operation.value.utf8)) }
            .sorted { $0.value.lexicographicallyPrecedes($1.value) }
        changes = written.map(\.call)
        values = written.map(\.value)
        gets = calls.filter { $0.operation.action == .get && !$0.isOptional }
        let isPrefixFree = zip(values, values.dropFirst()).allSatisfy { !$1.starts(with: $0) }
        guard isPrefixFree, values.first?.isEmpty != true else { return nil }
        previous = Array(repeating: nil, count: changes.count + 1)
        following = previous
        readers = Array(repeating: [], count: changes.count + 1)
    }

    /// Whether there is a linearization.
    mutating func isLinearizable() -> Bool {
        for get in gets {
            guard let last = follow(Array(get.operation.value.utf8)) else { return false }
            readers[last].append(get)
        }
        var blocks: [Block] = []
        for head in 0...changes.count where previous[head] == nil {
            guard let block = block(from: head) else { return false }
            blocks.append(block)
        }
        return Self.canBeOrdered(blocks)
    }

    /// The change that left `text`; nil where no order of the changes does, or not one that the other texts allow.
    private mutating func follow(_ text: [UInt8]) -> Int? {
        var last = changes.count
        var rest = text[...]
        while !rest.isEmpty {
            guard let change = beginning(rest) else { return nil }
            let isPut = changes[change].operation.action == .put
            let isFirst = rest.count == text.count
            rest = rest.dropFirst(values[change].count)
            if isPut {
                guard isFirst else { return nil }
            } else {
                guard previous[change] ?? last == last, following[last] ?? change == change else { return nil }
                previous[change] = last
                following[last] = change
            }
            last = change
        }
        return last
    }

    /// The change whose value `text` begins with: since none begins another, only the greatest that is not greater than `text` can.
    private func beginning(_ text: ArraySlice<UInt8>) -> Int? {
        var (low, high) = (0, values.count)
        while low < high {
            let middle = (low + high) / 2
            if text.lexicographicallyPrecedes(values[middle]) { high = middle } else { low = middle + 1 }
        }
        return low > 0 && text.starts(with: values[low - 1]) ? low - 1 : nil
    }

    /// The block that begins with `head`; nil where something in it returned before something earlier in it began.
    private func block(from head: Int) -> Block? {
        var block = Block()
        var place: Int? = head
        while let change = place {
            let item = change < changes.count ? changes[change] : nil
            for group in [item.map { [$0] } ?? [], readers[change]] {
                let begun = block.latestInvoke
                for call in group {
                    guard call.return >= begun else { return nil }
                    block.latestInvoke = max(block.latestInvoke, call.invoke)
                    block.earliestReturn = min(block.earliestReturn, call.return)
                }
            }
            // Nothing comes before the beginning.
            if change == changes.count { block.earliestReturn = .min }
            place = following[change]
        }
        return block
    }

    /// Whether no two must each come before the other.
    private static func canBeOrdered(_ blocks: [Block]) -> Bool {
        // From its first return to its last begin a block has that time for itself.
        let taken = blocks.filter { $0.earliestReturn < $0.latestInvoke }
            .sorted { $0.earliestReturn < $1.earliestReturn }
        for (earlier, later) in zip(taken, taken.dropFirst()) where later.earliestReturn < earlier.latestInvoke {
            return false
        }
        // The others can be at any moment from their last begin to their first return, and need only one.
        for block in blocks where block.latestInvoke <= block.earliestReturn {
            var (low, high) = (0, taken.count)
            while low < high {
                let middle = (low + high) / 2
                if taken[middle].earliestReturn < block.latestInvoke { low = middle + 1 } else { high = middle }
            }
            if low > 0, block.earliestReturn < taken[low - 1].latestInvoke { return false }
        }
        return true
    }
}
