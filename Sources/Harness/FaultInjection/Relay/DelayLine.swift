/// The bytes of one direction that are not yet delivered, each chunk with the time before which it must not be.
///
/// Whoever fills it minds ``room``, which `capacity` bytes and ``maximumChunks`` bound; the memory grows on demand and is given back when it is large and unused.
/// Lives in a slab slot: ``release()`` must be called before the slot is reused.
struct DelayLine {
    private struct Chunk {
        var due: UInt64
        var length: Int
        var isSealed: Bool
    }

    static let maximumChunks = 16_384
    private static let smallest = 4_096

    private let capacity: Int
    private var storage: UnsafeMutableRawPointer?
    private var allocated = 0
    private var head = 0
    private(set) var count = 0
    private var chunks: [Chunk] = []
    private var firstChunk = 0

    /// - Parameter capacity: bytes; a power of two of at least 4,096.
    init(capacity: Int) {
        self.capacity = capacity
    }

    var isEmpty: Bool { count == 0 }
    var room: Int { chunks.count - firstChunk >= Self.maximumChunks ? 0 : max(0, capacity - count) }
    var isHalfEmpty: Bool { count <= capacity / 2 && chunks.count - firstChunk <= Self.maximumChunks / 2 }
    /// When the first chunk may go.
    var firstDue: UInt64? { firstChunk < chunks.count ? chunks[firstChunk].due : nil }
    /// When the last chunk may go: what follows may not go earlier, or it would overtake.
    var lastDue: UInt64? { firstChunk < chunks.count ? chunks[chunks.count - 1].due : nil }

    /// Takes `length` bytes; sealed ones are handed out apart from all others.
    ///
    /// They need not fit into ``room``: what a fault adds to the stream comes on top, and reading waits until it is gone.
    mutating func append(_ bytes: UnsafeRawPointer, _ length: Int, due: UInt64, sealed: Bool = false) {
        guard length > 0 else { return }
        grow(toHold: count + length)
        guard let storage else { return }
        let tail = (head + count) & (allocated - 1)
        let first = min(length, allocated - tail)
        storage.advanced(by: tail).copyMemory(from: bytes, byteCount: first)
        storage.copyMemory(from: bytes.advanced(by: first), byteCount: length - first)
        count += length
        // Chunks that leave together are one chunk, so that a stalled peer's line stays short.
        if let last = lastDue, last >= due, !sealed, !chunks[chunks.count - 1].isSealed {
            chunks[chunks.count - 1].length += length
        } else {
            chunks.append(Chunk(due: max(due, lastDue ?? 0), length: length, isSealed: sealed))
        }
    }

    /// How many of the oldest bytes are due and lie in one piece, and where.
    func ready(at now: UInt64) -> (bytes: UnsafeRawPointer, length: Int)? {
        guard let storage, count > 0 else { return nil }
        let contiguous = min(count, allocated - head)
        var length = 0
        var index = firstChunk
        while index < chunks.count, chunks[index].due <= now, length < contiguous {
            guard length == 0 || !chunks[index].isSealed else { break }
            length += chunks[index].length
            guard !chunks[index].isSealed else { break }
            index += 1
        }
        guard length > 0 else { return nil }
        return (UnsafeRawPointer(storage.advanced(by: head)), min(length, contiguous))
    }

    /// Forgets the oldest `length` bytes.
    mutating func remove(_ length: Int) {
        count -= length
        head = (head + length) & (allocated - 1)
        var left = length
        while left > 0, firstChunk < chunks.count {
            let taken = min(left, chunks[firstChunk].length)
            chunks[firstChunk].length -= taken
            left -= taken
            if chunks[firstChunk].length == 0 {
                firstChunk += 1
            }
        }
        if firstChunk == chunks.count {
            chunks.removeAll(keepingCapacity: chunks.capacity <= 64)
            firstChunk = 0
            head = 0
            if allocated > 16 * Self.smallest {
                release()
            }
        } else if firstChunk > 256, firstChunk > chunks.count / 2 {
            chunks.removeFirst(firstChunk)
            firstChunk = 0
        }
    }

    /// Brings everything forward that is due later than `latest` of the bytes up to it: what a removed or shortened toxic leaves
    /// behind.
    mutating func clamp(to latest: (_ offset: Int) -> UInt64) {
        var offset = 0
        for index in firstChunk..<chunks.count {
            offset += chunks[index].length
            chunks[index].due = min(chunks[index].due, latest(offset))
        }
    }

    /// Drops all bytes and gives the memory back.
    mutating func release() {
        storage?.deallocate()
        storage = nil
        allocated = 0
        head = 0
        count = 0
        chunks = []
        firstChunk = 0
    }

    private mutating func grow(toHold bytes: Int) {
        guard bytes > allocated else { return }
        var size = max(allocated, Self.smallest)
        while size < bytes {
            size *= 2
        }
        let larger = UnsafeMutableRawPointer.allocate(byteCount: size, alignment: 16)
        if let storage {
            let first = min(count, allocated - head)
            larger.copyMemory(from: storage.advanced(by: head), byteCount: first)
            larger.advanced(by: first).copyMemory(from: storage, byteCount: count - first)
            storage.deallocate()
        }
        storage = larger
        allocated = size
        head = 0
    }
}
