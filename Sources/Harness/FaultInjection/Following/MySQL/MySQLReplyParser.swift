/// A server's reply to a command: as many packets as the command's shape has.
struct MySQLReplyParser {
    enum Shape: UInt64 {
        /// OK, ERR or EOF.
        case status
        /// Whatever it holds.
        case packet
        /// Any number of result sets and OKs, the last of which says that it is.
        case resultSets
        case prepared
        case rows
    }

    private enum State: Equatable {
        case first
        /// Descriptions of columns still to come.
        case columns(Int)
        case columnsEnd
        case rows
        /// Descriptions of parameters and columns, and their EOFs, still to come.
        case described(Int)
    }

    private static let moreResults: UInt64 = 0x08
    private static let cursorExists: UInt64 = 0x40

    /// Id of the statement that the reply has prepared.
    private(set) var preparedID: UInt32?
    private var state = State.first

    /// Takes the next packet of the reply.
    /// - Returns: whether it was the last.
    mutating func take(
        _ packet: MySQLPacketReader,
        _ shape: Shape,
        _ capabilities: MySQLCapabilities
    ) throws(Unfollowable) -> Bool {
        let isLast = try advance(packet, shape, capabilities)
        if isLast {
            state = .first
        }
        return isLast
    }

    private mutating func advance(
        _ packet: MySQLPacketReader,
        _ shape: Shape,
        _ capabilities: MySQLCapabilities
    ) throws(Unfollowable) -> Bool {
        let kind = packet.payload.first ?? 0
        switch state {
        case .first:
            return try begin(packet, shape, capabilities)
        case .columns(let left):
            guard kind != 0xFF else { return true }
            guard left == 1 else {
                state = .columns(left - 1)
                return false
            }
            state = capabilities.deprecatesEOF ? .rows : .columnsEnd
            return false
        case .columnsEnd:
            guard kind == 0xFE else { return kind == 0xFF }
            state = .rows
            return eofStatus(packet) & Self.cursorExists != 0
        case .rows:
            return endsRows(packet, shape, capabilities)
        case .described(let left):
            state = .described(left - 1)
            return left == 1 || kind == 0xFF
        }
    }

    private mutating func begin(
        _ packet: MySQLPacketReader,
        _ shape: Shape,
        _ capabilities: MySQLCapabilities
    ) throws(Unfollowable) -> Bool {
        preparedID = nil
        let kind = packet.payload.first ?? 0
        guard kind != 0xFF else { return true }
        switch shape {
        case .status, .packet:
            return true
        case .rows:
            state = .rows
            return endsRows(packet, shape, capabilities)
        case .prepared:
            return beginPrepared(packet, capabilities)
        case .resultSets:
            switch kind {
            case 0x00: return okStatus(packet) & Self.moreResults == 0
            case 0xFB: throw Unfollowable("LOAD DATA LOCAL")
            default: break
            }
            var payload = MySQLPayload(packet.payload)
            let columns = Int(min(payload.lengthEncoded(), 65_535))
            let isDescribed = !capabilities.cachesMetadata || payload.integer(1) != 0
            guard columns > 0 else { throw Unfollowable("not MySQL") }
            state = isDescribed ? .columns(columns) : capabilities.deprecatesEOF ? .rows : .columnsEnd
            return false
        }
    }

    private mutating func beginPrepared(_ packet: MySQLPacketReader, _ capabilities: MySQLCapabilities) -> Bool {
        var payload = MySQLPayload(packet.payload, from: 1)
        preparedID = UInt32(truncatingIfNeeded: payload.integer(4))
        let columns = Int(payload.integer(2))
        let parameters = Int(payload.integer(2))
        let ends = capabilities.deprecatesEOF ? 0 : (columns > 0 ? 1 : 0) + (parameters > 0 ? 1 : 0)
        let packets = columns + parameters + ends
        state = .described(packets)
        return packets == 0
    }

    /// A row may begin with 0xFE too, but is then longer than a packet can be.
    private mutating func endsRows(
        _ packet: MySQLPacketReader,
        _ shape: Shape,
        _ capabilities: MySQLCapabilities
    ) -> Bool {
        let kind = packet.payload.first ?? 0
        guard kind != 0xFF else { return true }
        let limit = capabilities.deprecatesEOF ? MySQLPacketReader.fullPacket : 9
        guard kind == 0xFE, packet.length < limit else { return false }
        let status = capabilities.deprecatesEOF && packet.length != 5 ? okStatus(packet) : eofStatus(packet)
        guard shape == .resultSets, status & Self.moreResults != 0 else { return true }
        state = .first
        return false
    }

    private func okStatus(_ packet: MySQLPacketReader) -> UInt64 {
        var payload = MySQLPayload(packet.payload, from: 1)
        _ = payload.lengthEncoded()
        _ = payload.lengthEncoded()
        return payload.integer(2)
    }

    private func eofStatus(_ packet: MySQLPacketReader) -> UInt64 {
        var payload = MySQLPayload(packet.payload, from: 3)
        return payload.integer(2)
    }
}
