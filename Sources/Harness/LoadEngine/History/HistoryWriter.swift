/// Renders one engine thread's part of the history into a buffer, and writes the buffer when it is full and at the end.
struct HistoryWriter {
    private static let capacity = 1 << 20

    private let file: HistoryFile
    private var buffer: [UInt8] = []
    private var next: Int
    private let stride: Int
    /// The first error of writing: the history has a hole, which the judge must know.
    private(set) var failure: Int32 = 0

    /// Writes the part of thread number `thread`; `threads` of them share the numbering of entries.
    init(file: HistoryFile, thread: Int, threads: Int) {
        self.file = file
        next = thread
        stride = threads
        buffer.reserveCapacity(Self.capacity + (Exchange.bodyLimit << 1))
    }

    mutating func append(_ entry: HistoryEntry) {
        entry.render(number: next, into: &buffer)
        next += stride
        if buffer.count >= Self.capacity { flush() }
    }

    mutating func flush() {
        guard !buffer.isEmpty else { return }
        let code = buffer.withUnsafeBytes { file.append($0) }
        if failure == 0 { failure = code }
        buffer.removeAll(keepingCapacity: true)
    }
}
