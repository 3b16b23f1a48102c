import Synchronization

/// Which values the tags with expressions may have in a run: each different set of them is a series of its own, with histograms, and a tag
/// that holds a user's name would fill the memory.
///
/// The first ``maximum`` sets that are met count, over all threads; later ones become `(other)`, which is counted and shown.
final class TagLimit: Sendable {
    static let maximum = 100
    private let known = Mutex<Set<[String]>>([])

    func admits(_ values: [String]) -> Bool {
        known.withLock { known in
            guard !known.contains(values) else { return true }
            guard known.count < Self.maximum else { return false }
            known.insert(values)
            return true
        }
    }
}

/// The values of tags that vary, as one thread has met them: each different set has a place.
struct TagSets {
    private static let other = "(other)"
    private var sets: [[String]] = [[]]
    private var places: [[String]: Int] = [:]
    private var otherPlaces: [Int: Int] = [:]
    /// Requests whose values were over the limit.
    private(set) var lost: UInt64 = 0

    subscript(_ place: Int) -> [String] { sets[place] }

    mutating func place(_ values: [String], _ limit: TagLimit) -> Int {
        if let place = places[values] { return place }
        guard limit.admits(values) else {
            lost += 1
            return otherPlace(values.count)
        }
        sets.append(values)
        places[values] = sets.count - 1
        return sets.count - 1
    }

    private mutating func otherPlace(_ count: Int) -> Int {
        if let place = otherPlaces[count] { return place }
        sets.append([String](repeating: Self.other, count: count))
        otherPlaces[count] = sets.count - 1
        return sets.count - 1
    }
}
