/// Growing bytes at an address that stays while they are not appended to: what libcurl is given pointers to.
///
/// Reused for request after request, so that the hot path does not allocate. Owned by a slab's element; ``free()`` by the owner.
struct RawBytes {
    private(set) var base: UnsafeMutablePointer<UInt8>?
    private(set) var count = 0
    private var capacity = 0

    var bytes: UnsafeBufferPointer<UInt8> {
        UnsafeBufferPointer(start: base, count: count)
    }

    mutating func clear() {
        count = 0
    }

    mutating func append(_ source: UnsafeRawPointer, _ length: Int) {
        reserve(length)
        guard length > 0, let base else { return }
        UnsafeMutableRawPointer(base + count).copyMemory(from: source, byteCount: length)
        count += length
    }

    mutating func append(_ bytes: [UInt8]) {
        bytes.withUnsafeBytes { source in
            guard let start = source.baseAddress else { return }
            append(start, source.count)
        }
    }

    mutating func append(_ bytes: UnsafeBufferPointer<UInt8>) {
        if let start = bytes.baseAddress { append(start, bytes.count) }
    }

    mutating func append(_ byte: UInt8) {
        reserve(1)
        base?[count] = byte
        count += 1
    }

    /// Gives memory back when a large body has made the buffer grow.
    mutating func trim(to limit: Int) {
        if capacity > limit { free() }
    }

    mutating func free() {
        base?.deallocate()
        base = nil
        count = 0
        capacity = 0
    }

    private mutating func reserve(_ more: Int) {
        guard count + more > capacity else { return }
        let wanted = max(256, max(capacity * 2, count + more))
        let grown = UnsafeMutablePointer<UInt8>.allocate(capacity: wanted)
        if let base {
            grown.update(from: base, count: count)
            base.deallocate()
        }
        base = grown
        capacity = wanted
    }
}
