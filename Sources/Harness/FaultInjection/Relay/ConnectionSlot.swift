/// One proxied connection.
///
/// Slots live in a slab and are used through pointers: no exclusivity checks in the loop.
struct ConnectionSlot {
    enum Phase {
        /// The upstream's name is being looked up, or the connect is under way.
        case dialling
        case open
    }

    let generation: UInt32
    let proxy: RelayProxy
    /// The how-manieth connection of its proxy: with the seed, it determines every draw.
    let number: UInt64
    /// Reads along, if the proxy's protocol is known.
    let conversation: Conversation?
    var phase = Phase.dialling
    let client: Int32
    /// -1 until there is a socket.
    var upstream: Int32 = -1
    /// What epoll watches for, 0 when the descriptor is not registered.
    var clientInterest: UInt32 = 0
    var upstreamInterest: UInt32 = 0

    /// Where the bytes of a direction come from.
    func source(_ stream: Stream) -> Int32 { stream == .upstream ? client : upstream }
    /// Where they go.
    func sink(_ stream: Stream) -> Int32 { stream == .upstream ? upstream : client }
}
