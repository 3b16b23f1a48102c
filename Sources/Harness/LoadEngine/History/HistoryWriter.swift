/// Renders one engine thread's part of the history into a buffer, and writes the buffer when it is full and at the end.
struct HistoryWriter {
    private static let capacity = 1 << 20

    private let file: HistoryFile
    private var buffer: [UInt8] = []
    private var next: Int
    private var nextMessage: Int
    private let stride: Int
    /// The first error of writing: the history has a hole, which the judge must know.
    private(set) var failure: Int32 = 0

    /// Writes the part of thread number `thread`; `threads` of them share the numbering of entries.
    init(file: HistoryFile, thread: Int, threads: Int) {
        self.file = file
        next = thread
        nextMessage = thread
        stride = threads
        buffer.reserveCapacity(Self.capacity + (Exchange.bodyLimit << 1))
    }

    mutating func append(_ entry: HistoryEntry) {
        entry.render(number: next, into: &buffer)
        next += stride
        flushIfFull()
    }

    // MARK: Streams

    /// Writes down an event of a stream, once for all who receive it.
    ///
    /// - Returns: its number, by which their lines name it.
    mutating func appendMessage(_ event: ServerSentEvent) -> Int {
        let number = nextMessage
        nextMessage += stride
        StreamLine.message(number, event, into: &buffer)
        flushIfFull()
        return number
    }

    mutating func appendConnection(
        _ stream: UserStream,
        _ user: [UInt8],
        began: UInt64,
        lastEventID: UnsafeBufferPointer<UInt8>?
    ) {
        StreamLine.connection(stream, user, began, lastEventID, into: &buffer)
        flushIfFull()
    }

    mutating func appendArrivals(_ stream: UserStream) {
        StreamLine.arrivals(stream, into: &buffer)
        flushIfFull()
    }

    mutating func appendEnd(_ stream: UserStream, _ ended: UInt64, _ status: Int32, _ error: TransportError?) {
        StreamLine.end(stream, ended, status, error, into: &buffer)
        flushIfFull()
    }

    private mutating func flushIfFull() {
        if buffer.count >= Self.capacity { flush() }
    }

    mutating func flush() {
        guard !buffer.isEmpty else { return }
        let code = buffer.withUnsafeBytes { file.append($0) }
        if failure == 0 { failure = code }
        buffer.removeAll(keepingCapacity: true)
    }
}
