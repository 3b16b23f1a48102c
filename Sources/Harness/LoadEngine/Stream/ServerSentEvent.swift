/// One event of a stream, as it came.
struct ServerSentEvent {
    /// Empty where the server gives none: a `message`.
    var name: [UInt8] = []
    var id: [UInt8] = []
    /// Whether the event has an id of its own.
    var hasID = false
    /// Its lines, with line feeds between them.
    var data: [UInt8] = []
    var hasData = false

    mutating func clear() {
        name.removeAll(keepingCapacity: true)
        id.removeAll(keepingCapacity: true)
        data.removeAll(keepingCapacity: true)
        hasID = false
        hasData = false
    }
}
