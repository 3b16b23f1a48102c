import Contract
import NIOCore
import ServiceKit

/// The state of all seats of an event at one position of its log, ready to be sent.
struct SeatMap: Sendable {
    /// Changes whenever anything in ``body`` does.
    let tag: String
    /// The last entry of the log that ``body`` includes.
    let position: StreamPosition
    /// `SeatMapBody` as JSON.
    let body: ByteBuffer

    /// The event that begins a stream with it.
    let initFrame: ByteBuffer

    /// Writes the body by hand: a storm begins with everybody reading it, and an encoder takes twenty times as long.
    init(
        tag: String,
        position: StreamPosition,
        layout: EventLayout,
        states: [String: (status: SeatStatus, version: Int64)]
    ) {
        self.tag = tag
        self.position = position
        var body = ByteBufferAllocator().buffer(capacity: 64 + layout.seats.count * 96)
        body.writeString("{\"rows\":\(layout.rows),\"cols\":\(layout.columns),\"seats\":[")
        for (index, seat) in layout.seats.enumerated() {
            let state = states[seat.id] ?? (.available, SeatVersion.base(epoch: layout.epoch))
            body.writeString(index == 0 ? "{\"id\":" : ",{\"id\":")
            body.writeJSON(seat.id)
            body.writeString(",\"r\":\(seat.row),\"c\":\(seat.column),\"price\":\(seat.price),\"status\":\"")
            body.writeString(state.status.rawValue)
            body.writeString("\",\"version\":\(state.version)}")
        }
        body.writeString("]}")
        self.body = body
        initFrame = ServerSentEvent.frame(event: "INIT", id: position.description, data: body)
    }
}
