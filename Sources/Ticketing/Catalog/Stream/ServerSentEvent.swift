import NIOCore

/// The framing of server-sent events (WHATWG HTML, section 9.2.6).
enum ServerSentEvent {
    /// An event whose data has no line breaks.
    static func frame(event: String, id: String, data: ByteBuffer) -> ByteBuffer {
        var frame = ByteBufferAllocator().buffer(capacity: data.readableBytes + 96)
        frame.writeString("event: \(event)\nid: \(id)\ndata: ")
        frame.writeImmutableBuffer(data)
        frame.writeString("\n\n")
        return frame
    }

    /// A line that readers pass over.
    static func comment(_ text: String) -> ByteBuffer { ByteBuffer(string: ": \(text)\n\n") }
}
