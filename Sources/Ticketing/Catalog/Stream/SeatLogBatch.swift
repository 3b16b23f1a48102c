import NIOCore

/// Entries that came together, as all who watch are told of them: framed once, whatever the number of watchers.
struct SeatLogBatch: Sendable {
    /// In order; at least one.
    let entries: [SeatLogEntry]
    /// All frames, one after the other; nothing when one of the entries is a reset.
    private let frames: ByteBuffer?

    init?(_ entries: [SeatLogEntry]) {
        guard !entries.isEmpty else { return nil }
        self.entries = entries
        guard !entries.contains(where: \.isReset) else {
            frames = nil
            return
        }
        var frames = ByteBufferAllocator().buffer(capacity: entries.reduce(0) { $0 + $1.frame.readableBytes })
        for entry in entries { frames.writeImmutableBuffer(entry.frame) }
        self.frames = frames
    }

    /// What one write tells a watcher who has everything up to `position`; nothing when it takes more than that.
    func frames(after position: StreamPosition) -> ByteBuffer? { entries[0].position > position ? frames : nil }
}
