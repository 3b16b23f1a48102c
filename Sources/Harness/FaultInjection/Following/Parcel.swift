/// Bytes that a conversation hands on, in order.
struct Parcel {
    enum Content {
        /// A part of the chunk that is being fed.
        case chunk(Range<Int>)
        /// Bytes that were kept from an earlier chunk, or made here.
        case own([UInt8])

        var count: Int {
            switch self {
            case .chunk(let range): range.count
            case .own(let bytes): bytes.count
            }
        }
    }

    let stream: Stream
    let content: Content
    /// Nil: at once, in one piece.
    var pieces: [Piece]?
}
