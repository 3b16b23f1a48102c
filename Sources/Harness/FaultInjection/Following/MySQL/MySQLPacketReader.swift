/// Packets of MySQL's protocol: three bytes of length, a sequence number, the payload; a payload of 2²⁴ − 1 bytes goes on in the next one.
///
/// https://dev.mysql.com/doc/dev/mysql-server/latest/page_protocol_basic_packets.html
struct MySQLPacketReader {
    static let fullPacket = 0xFF_FFFF

    /// Bytes kept of a payload.
    var capacity: Int
    private(set) var payload: [UInt8] = []
    /// Of the payload, continuations included, as far as it is known.
    private(set) var length = 0
    /// Sequence number of the payload's first packet.
    private(set) var sequence: UInt8 = 0
    private var headerBytes = 0
    private var header: UInt32 = 0
    private var left = 0
    private var goesOn = false
    private var isContinuation = false
    private var headIsMarked = false

    init(capacity: Int) {
        self.capacity = capacity
    }

    /// Nothing of the next payload has been read.
    var isBetween: Bool { headerBytes == 0 && !isContinuation }
    var isCut: Bool { length > payload.count }

    /// Marks a head once no more is kept of a payload that goes on.
    mutating func read(_ bytes: UnsafeRawBufferPointer, _ offset: inout Int) -> Mark {
        while offset < bytes.count {
            if headerBytes < 4 {
                if headerBytes == 0, !isContinuation {
                    payload.removeAll(keepingCapacity: true)
                    length = 0
                    headIsMarked = false
                }
                header |= UInt32(bytes[offset]) << UInt32(8 * headerBytes)
                headerBytes += 1
                offset += 1
                guard headerBytes == 4 else { continue }
                left = Int(header & 0xFF_FFFF)
                goesOn = left == Self.fullPacket
                if !isContinuation {
                    sequence = UInt8(truncatingIfNeeded: header >> 24)
                }
                length += left
            } else {
                let taken = min(left, bytes.count - offset)
                let room = max(0, capacity - payload.count)
                payload.append(contentsOf: bytes[offset..<(offset + min(taken, room))])
                offset += taken
                left -= taken
            }
            if left == 0 {
                headerBytes = 0
                header = 0
                isContinuation = goesOn
                if !goesOn {
                    return .end
                }
            }
            if !headIsMarked, payload.count >= capacity {
                headIsMarked = true
                return .head
            }
        }
        return .more
    }
}
