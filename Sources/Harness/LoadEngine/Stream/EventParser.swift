import Glibc

/// Cuts a server-sent event stream into its events (HTML Living Standard, 9.2.6), wherever the network has cut it.
///
/// What it keeps is bounded: of a longer line, or of longer data, the rest is dropped.
struct EventParser {
    /// The most of a line, and of an event's data, that is kept.
    static let limit = Exchange.bodyLimit

    /// The event being read; valid for ``receive`` while that is called.
    private(set) var event = ServerSentEvent()
    /// What to ask for after a break: the id of the last event, whether it had data or not.
    private(set) var lastEventID: [UInt8] = []
    /// How long the server wants a client to wait before it connects again, in ms; nil where it does not say.
    private(set) var retryMilliseconds: UInt64?
    private var line: [UInt8] = []
    private var previousWasCarriageReturn = false

    /// Reads the next piece of the stream and calls `receive` for each event that it completes.
    mutating func consume(_ bytes: UnsafeBufferPointer<UInt8>, _ receive: (ServerSentEvent) -> Void) {
        var start = 0
        // The first line feed from `start` on.
        var lineFeed = -1
        while true {
            if lineFeed < start { lineFeed = Self.position(of: 0x0A, in: bytes, start, bytes.count) }
            let end = Self.position(of: 0x0D, in: bytes, start, lineFeed)
            if end > start { previousWasCarriageReturn = false }
            guard end < bytes.count else { break }
            let isCarriageReturn = bytes[end] == 0x0D
            if isCarriageReturn || !previousWasCarriageReturn {
                endLine(UnsafeBufferPointer(rebasing: bytes[start..<end]), receive)
            }
            previousWasCarriageReturn = isCarriageReturn
            start = end + 1
        }
        keep(UnsafeBufferPointer(rebasing: bytes[start...]))
    }

    /// Where `byte` first is in `start..<end`; `end` where it is not.
    private static func position(
        of byte: UInt8,
        in bytes: UnsafeBufferPointer<UInt8>,
        _ start: Int,
        _ end: Int
    ) -> Int {
        guard start < end, let base = bytes.baseAddress, let found = memchr(base + start, Int32(byte), end - start)
        else { return end }
        return UnsafeRawPointer(found) - UnsafeRawPointer(base)
    }

    /// Forgets what a broken connection has left unfinished; ``lastEventID`` stays.
    mutating func restart() {
        event.clear()
        line.removeAll(keepingCapacity: true)
        previousWasCarriageReturn = false
    }

    private mutating func keep(_ bytes: UnsafeBufferPointer<UInt8>) {
        line.append(contentsOf: bytes.prefix(Self.limit - line.count))
    }

    private mutating func endLine(_ rest: UnsafeBufferPointer<UInt8>, _ receive: (ServerSentEvent) -> Void) {
        guard !line.isEmpty else {
            readLine(rest, receive)
            return
        }
        keep(rest)
        let whole = line
        whole.withUnsafeBufferPointer { readLine($0, receive) }
        line.removeAll(keepingCapacity: true)
    }

    private mutating func readLine(_ line: UnsafeBufferPointer<UInt8>, _ receive: (ServerSentEvent) -> Void) {
        guard !line.isEmpty else {
            dispatch(receive)
            return
        }
        let colon = line.firstIndex(of: UInt8(ascii: ":")) ?? line.count
        var start = min(colon + 1, line.count)
        if start < line.count, line[start] == 0x20 { start += 1 }
        read(
            UnsafeBufferPointer(rebasing: line[..<colon]),
            UnsafeBufferPointer(rebasing: line[start...])
        )
    }

    private mutating func read(_ field: UnsafeBufferPointer<UInt8>, _ value: UnsafeBufferPointer<UInt8>) {
        if field.elementsEqual("data".utf8) {
            if event.hasData, event.data.count < Self.limit { event.data.append(0x0A) }
            event.hasData = true
            event.data.append(contentsOf: value.prefix(Self.limit - event.data.count))
        } else if field.elementsEqual("id".utf8) {
            guard !value.contains(0) else { return }
            event.hasID = true
            event.id.removeAll(keepingCapacity: true)
            event.id.append(contentsOf: value)
        } else if field.elementsEqual("event".utf8) {
            event.name.removeAll(keepingCapacity: true)
            event.name.append(contentsOf: value)
        } else if field.elementsEqual("retry".utf8), let milliseconds = DecimalDigits.read(value) {
            retryMilliseconds = milliseconds
        }
    }

    private mutating func dispatch(_ receive: (ServerSentEvent) -> Void) {
        if event.hasID { lastEventID = event.id }
        if event.hasData { receive(event) }
        event.clear()
    }
}
