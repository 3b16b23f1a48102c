import Contract
import NIOCore
import RedisClient
import ServiceKit

/// One change of the seats' log, as a watcher is told of it.
struct SeatLogEntry: Sendable {
    let position: StreamPosition
    /// Whether everything has changed: the watcher needs the whole map again.
    let isReset: Bool
    /// The event of the stream that tells of it; empty for a reset.
    let frame: ByteBuffer

    /// Reads an entry as XRANGE and XREAD give it; nothing when it is not one of ours.
    init?(_ value: RedisValue) {
        guard let parts = value.array, parts.count == 2, let position = parts[0].string.flatMap(StreamPosition.init),
            let fields = parts[1].array
        else { return nil }
        var seat: String?
        var status: String?
        var version: Int64?
        var operation: String?
        for index in stride(from: 0, to: fields.count - 1, by: 2) {
            switch fields[index].string {
            case SeatLogField.seat: seat = fields[index + 1].string
            case SeatLogField.to: status = fields[index + 1].string
            case SeatLogField.version: version = fields[index + 1].integer
            case SeatLogField.operation: operation = fields[index + 1].string
            default: break
            }
        }
        self.position = position
        isReset = operation.flatMap(SeatLogOpening.init) != nil
        guard !isReset else {
            frame = ByteBuffer()
            return
        }
        guard let seat, let status, let version else { return nil }
        var data = ByteBufferAllocator().buffer(capacity: 96)
        data.writeString("{\"seatId\":")
        data.writeJSON(seat)
        data.writeString(",\"status\":")
        data.writeJSON(status)
        data.writeString(",\"version\":\(version)}")
        frame = ServerSentEvent.frame(event: "SEAT_UPDATE", id: position.description, data: data)
    }
}
