/// The lines of the history that tell what users of a seats' stream received; `StreamEntry` of the verification documents them.
enum StreamLine {
    static func message(_ number: Int, _ event: ServerSentEvent, into out: inout [UInt8]) {
        out.append(contentsOf: "{\"sse\":".utf8)
        JSONBytes.append(UInt64(number), to: &out)
        out.append(contentsOf: ",\"event\":".utf8)
        event.name.withUnsafeBufferPointer { JSONBytes.appendString($0, to: &out) }
        out.append(contentsOf: ",\"id\":".utf8)
        if event.hasID {
            event.id.withUnsafeBufferPointer { JSONBytes.appendString($0, to: &out) }
        } else {
            out.append(contentsOf: "null".utf8)
        }
        out.append(contentsOf: ",\"data\":".utf8)
        event.data.withUnsafeBufferPointer { JSONBytes.appendString($0, to: &out) }
        out.append(contentsOf: "}\n".utf8)
    }

    static func connection(
        _ stream: UserStream,
        _ user: [UInt8],
        _ began: UInt64,
        _ lastEventID: UnsafeBufferPointer<UInt8>?,
        into out: inout [UInt8]
    ) {
        begin(stream, into: &out)
        out.append(contentsOf: ",\"user\":".utf8)
        user.withUnsafeBufferPointer { JSONBytes.appendString($0, to: &out) }
        out.append(contentsOf: ",\"path\":".utf8)
        stream.feed.path.withUnsafeBufferPointer { JSONBytes.appendString($0, to: &out) }
        out.append(contentsOf: ",\"began\":".utf8)
        JSONBytes.append(began, to: &out)
        out.append(contentsOf: ",\"lastEventID\":".utf8)
        if let lastEventID {
            JSONBytes.appendString(lastEventID, to: &out)
        } else {
            out.append(contentsOf: "null".utf8)
        }
        out.append(contentsOf: "}\n".utf8)
    }

    static func arrivals(_ stream: UserStream, into out: inout [UInt8]) {
        begin(stream, into: &out)
        out.append(contentsOf: ",\"received\":".utf8)
        var separator = UInt8(ascii: "[")
        for arrival in stream.arrivals {
            out.append(separator)
            separator = UInt8(ascii: ",")
            JSONBytes.append(UInt64(arrival.message), to: &out)
            out.append(separator)
            JSONBytes.append(arrival.at, to: &out)
        }
        out.append(contentsOf: "]}\n".utf8)
    }

    static func end(
        _ stream: UserStream,
        _ ended: UInt64,
        _ status: Int32,
        _ error: TransportError?,
        into out: inout [UInt8]
    ) {
        begin(stream, into: &out)
        out.append(contentsOf: ",\"ended\":".utf8)
        JSONBytes.append(ended, to: &out)
        out.append(contentsOf: ",\"status\":".utf8)
        JSONBytes.append(UInt64(max(0, status)), to: &out)
        out.append(contentsOf: ",\"error\":".utf8)
        out.append(contentsOf: error.map { "\"\($0.name)\"}\n" }?.utf8 ?? "null}\n".utf8)
    }

    private static func begin(_ stream: UserStream, into out: inout [UInt8]) {
        out.append(contentsOf: "{\"stream\":".utf8)
        JSONBytes.append(UInt64(stream.number), to: &out)
        out.append(contentsOf: ",\"connection\":".utf8)
        JSONBytes.append(UInt64(max(0, stream.connection)), to: &out)
    }
}
