/// A fixed number of connection slots, each with its two links, and a free list.
///
/// Memory is reserved at once and touched when first used.
final class Slab {
    private let capacity: Int
    private let slots: UnsafeMutablePointer<ConnectionSlot>
    private let links: UnsafeMutablePointer<Link>
    private var occupied: [Bool] = []
    private var generations: [UInt32] = []
    private var free: [Int] = []
    private(set) var count = 0

    init(capacity: Int) {
        self.capacity = capacity
        slots = .allocate(capacity: capacity)
        links = .allocate(capacity: 2 * capacity)
    }

    deinit {
        for index in occupied.indices where occupied[index] {
            vacate(index)
        }
        slots.deallocate()
        links.deallocate()
    }

    /// A free place, or nil when all are taken.
    ///
    /// `make` gets the generation of the new tenant.
    func insert(_ make: (UInt32) -> (slot: ConnectionSlot, up: Link, down: Link)) -> Int? {
        let index: Int
        if let reused = free.popLast() {
            index = reused
        } else if occupied.count < capacity {
            index = occupied.count
            occupied.append(false)
            generations.append(0)
        } else {
            return nil
        }
        generations[index] &+= 1
        let tenant = make(generations[index])
        slots.advanced(by: index).initialize(to: tenant.slot)
        link(index, .upstream).initialize(to: tenant.up)
        link(index, .downstream).initialize(to: tenant.down)
        occupied[index] = true
        count += 1
        return index
    }

    /// The tenant of that generation, or nil if it has moved out.
    func slot(_ index: Int, generation: UInt32) -> UnsafeMutablePointer<ConnectionSlot>? {
        guard index < occupied.count, occupied[index], generations[index] == generation else { return nil }
        return slots.advanced(by: index)
    }

    /// The present tenant of a place that is known to be taken.
    func slot(_ index: Int) -> UnsafeMutablePointer<ConnectionSlot> {
        slots.advanced(by: index)
    }

    func link(_ index: Int, _ stream: Stream) -> UnsafeMutablePointer<Link> {
        links.advanced(by: 2 * index + (stream == .upstream ? 0 : 1))
    }

    func remove(_ index: Int) {
        vacate(index)
        occupied[index] = false
        free.append(index)
        count -= 1
    }

    /// Every tenant.
    ///
    /// The body may remove the one it is given.
    func forEach(_ body: (Int, UnsafeMutablePointer<ConnectionSlot>) -> Void) {
        for index in 0..<occupied.count where occupied[index] {
            body(index, slots.advanced(by: index))
        }
    }

    private func vacate(_ index: Int) {
        for stream in Stream.allCases {
            link(index, stream).pointee.line.release()
            link(index, stream).deinitialize(count: 1)
        }
        slots.advanced(by: index).deinitialize(count: 1)
    }
}
