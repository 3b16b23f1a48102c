/// Elements at addresses that never change, taken and given back by number: callbacks of C libraries hold pointers into it.
final class Slab<Element> {
    private static var chunkShift: Int { 8 }
    private var chunks: [UnsafeMutablePointer<Element>] = []
    private var free: [Int] = []
    private let make: () -> Element
    /// Elements ever made; every number below it is valid.
    private(set) var count = 0

    init(_ make: @escaping () -> Element) {
        self.make = make
    }

    deinit {
        for chunk in chunks {
            chunk.deinitialize(count: 1 << Self.chunkShift)
            chunk.deallocate()
        }
    }

    subscript(_ number: Int) -> UnsafeMutablePointer<Element> {
        chunks[number >> Self.chunkShift] + (number & ((1 << Self.chunkShift) - 1))
    }

    /// The number of an element that nobody has; it is as its last owner left it.
    func take() -> Int {
        if let number = free.popLast() { return number }
        if count == chunks.count << Self.chunkShift {
            let chunk = UnsafeMutablePointer<Element>.allocate(capacity: 1 << Self.chunkShift)
            for offset in 0..<(1 << Self.chunkShift) { (chunk + offset).initialize(to: make()) }
            chunks.append(chunk)
        }
        count += 1
        return count - 1
    }

    func giveBack(_ number: Int) {
        free.append(number)
    }
}
