/// Messages of Kafka's protocol: four bytes of length, big-endian, and so many bytes.
struct KafkaFrameReader {
    /// Kafka's own limit of a request, `socket.request.max.bytes`.
    private static let longest = 100 * 1_024 * 1_024

    /// Bytes kept of a message.
    let capacity: Int
    private(set) var payload: [UInt8] = []
    private(set) var length = 0
    private var headerBytes = 0
    private var left = 0
    private var headIsMarked = false

    init(capacity: Int) {
        self.capacity = capacity
    }

    /// Nothing of the next message has been read.
    var isBetween: Bool { headerBytes == 0 }

    /// Marks a head once no more is kept of a message that goes on.
    mutating func read(_ bytes: UnsafeRawBufferPointer, _ offset: inout Int) throws(Unfollowable) -> Mark {
        while offset < bytes.count {
            if headerBytes < 4 {
                if headerBytes == 0 {
                    guard bytes[offset] != Unfollowable.tlsHandshake else { throw Unfollowable.tls }
                    payload.removeAll(keepingCapacity: true)
                    length = 0
                    headIsMarked = false
                }
                length = length << 8 | Int(bytes[offset])
                headerBytes += 1
                offset += 1
                guard headerBytes == 4 else { continue }
                guard (4...Self.longest).contains(length) else { throw Unfollowable("not Kafka") }
                left = length
                continue
            }
            let taken = min(left, bytes.count - offset)
            let room = capacity - payload.count
            payload.append(contentsOf: bytes[offset..<(offset + min(taken, room))])
            offset += taken
            left -= taken
            if left == 0 {
                headerBytes = 0
                return .end
            }
            if !headIsMarked, payload.count >= capacity {
                headIsMarked = true
                return .head
            }
        }
        return .more
    }
}
