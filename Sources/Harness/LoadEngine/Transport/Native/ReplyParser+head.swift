import Glibc

// The head: a status line and header lines, and what they say about the body.
extension ReplyParser {
    /// Moves whole lines into the exchange's head until it ends, or what there is of one.
    mutating func readHead(
        _ input: UnsafeBufferPointer<UInt8>,
        _ position: inout Int,
        _ exchange: UnsafeMutablePointer<Exchange>
    ) -> TransportError? {
        guard let base = input.baseAddress else { return nil }
        while position < input.count, state == .statusLine || state == .headers {
            let start = base + position
            let left = input.count - position
            let newline = memchr(start, 0x0A, left)
            let length = newline.map { UnsafeRawPointer($0) - UnsafeRawPointer(start) + 1 } ?? left
            // One byte more than fits is enough to see that the head is too long.
            exchange.pointee.replyHead.append(start, min(length, Self.headLimit + 1 - headBytes))
            headBytes += length
            position += length
            if state == .statusLine, !beginsAsHTTP(exchange) { return .protocol }
            if headBytes > Self.headLimit { return .headTooLarge }
            if newline != nil, let error = endLine(exchange) { return error }
        }
        return nil
    }

    /// Whether the status line, as far as it has come, can be one.
    private func beginsAsHTTP(_ exchange: UnsafeMutablePointer<Exchange>) -> Bool {
        let line = exchange.pointee.replyHead.bytes
        let wanted: StaticString = "HTTP/1."
        for index in 0..<min(line.count - lineStart, wanted.utf8CodeUnitCount)
        where line[lineStart + index] != wanted.utf8Start[index] { return false }
        return true
    }

    private mutating func endLine(_ exchange: UnsafeMutablePointer<Exchange>) -> TransportError? {
        let head = exchange.pointee.replyHead.bytes
        var end = head.count - 1
        if end > lineStart, head[end - 1] == 0x0D { end -= 1 }
        let line = UnsafeBufferPointer(rebasing: head[lineStart..<end])
        lineStart = head.count
        lines += 1
        if lines > Self.lineLimit { return .headTooLarge }
        if state == .statusLine {
            state = .headers
            return readStatus(line)
        }
        guard let first = line.first else { return endHead(exchange) }
        if let start = line.baseAddress, memchr(start, 0, line.count) != nil { return .protocol }
        switch first | 0x20 {
        case UInt8(ascii: "c"):
            if let value = Self.value(line, "content-length") { return readLength(value) }
            if let value = Self.value(line, "connection") { readConnection(value) }
        case UInt8(ascii: "t"):
            if let value = Self.value(line, "transfer-encoding") { isChunked = Self.endsInChunked(value) }
        default: break
        }
        return nil
    }

    /// `HTTP/1.1 201 Created`: the version's minor digit decides whether connections are kept unless something else is said.
    private mutating func readStatus(_ line: UnsafeBufferPointer<UInt8>) -> TransportError? {
        guard line.count >= 12, line[8] == 0x20, line.count == 12 || line[12] == 0x20 || line[12] == 0x09,
            let minor = Self.digit(line[7])
        else { return .protocol }
        guard let hundreds = Self.digit(line[9]), let tens = Self.digit(line[10]), let ones = Self.digit(line[11]),
            hundreds > 0
        else { return .protocol }
        status = Int32(hundreds * 100 + tens * 10 + ones)
        keepsAlive = minor > 0
        isChunked = false
        contentLength = -1
        return nil
    }

    private mutating func readLength(_ value: UnsafeBufferPointer<UInt8>) -> TransportError? {
        guard !value.isEmpty, value.count <= 18 else { return .wrongLength }
        var length: Int64 = 0
        for byte in value {
            guard let digit = Self.digit(byte) else { return .wrongLength }
            length = length * 10 + Int64(digit)
        }
        guard contentLength < 0 || contentLength == length else { return .wrongLength }
        contentLength = length
        return nil
    }

    private mutating func readConnection(_ value: UnsafeBufferPointer<UInt8>) {
        if Self.contains(value, "close") {
            keepsAlive = false
        } else if Self.contains(value, "keep-alive") {
            keepsAlive = true
        }
    }

    /// RFC 9112, 6.3: what the body is.
    private mutating func endHead(_ exchange: UnsafeMutablePointer<Exchange>) -> TransportError? {
        // Nobody asked to switch protocols.
        if status == 101 { return .protocol }
        if status < 200 {
            exchange.pointee.replyHead.clear()
            lineStart = 0
            state = .statusLine
            return nil
        }
        exchange.pointee.status = status
        headBytes = 0
        lines = 0
        if isHead || status == 204 || status == 304 {
            state = .done
        } else if isChunked {
            // A length beside chunks may be somebody's attempt to smuggle: the chunks count, and the connection ends.
            if contentLength >= 0 { keepsAlive = false }
            beginChunk()
        } else if contentLength >= 0 {
            if !exchange.pointee.isStream, UInt64(contentLength) > Exchange.bodyMaximum { return .bodyTooLarge }
            remaining = UInt64(contentLength)
            state = contentLength == 0 ? .done : .body
        } else {
            keepsAlive = false
            state = .bodyUntilClose
        }
        return nil
    }

    // MARK: Reading values

    static func digit(_ byte: UInt8) -> Int? {
        let value = Int(byte) - 0x30
        return value >= 0 && value <= 9 ? value : nil
    }

    /// The value of a header line with this name (lower case), without the blanks around it.
    private static func value(_ line: UnsafeBufferPointer<UInt8>, _ name: StaticString) -> UnsafeBufferPointer<UInt8>? {
        let length = name.utf8CodeUnitCount
        guard line.count > length, line[length] == UInt8(ascii: ":") else { return nil }
        for index in 0..<length where lower(line[index]) != name.utf8Start[index] { return nil }
        var start = length + 1
        var end = line.count
        while start < end, line[start] == 0x20 || line[start] == 0x09 { start += 1 }
        while end > start, line[end - 1] == 0x20 || line[end - 1] == 0x09 { end -= 1 }
        return UnsafeBufferPointer(rebasing: line[start..<end])
    }

    private static func lower(_ byte: UInt8) -> UInt8 {
        byte >= 0x41 && byte <= 0x5A ? byte | 0x20 : byte
    }

    /// Whether a comma-separated list has this word (lower case) in it.
    private static func contains(_ list: UnsafeBufferPointer<UInt8>, _ word: StaticString) -> Bool {
        var start = 0
        while start < list.count {
            var end = start
            while end < list.count, list[end] != UInt8(ascii: ",") { end += 1 }
            if matches(list, start, end, word) { return true }
            start = end + 1
        }
        return false
    }

    private static func endsInChunked(_ list: UnsafeBufferPointer<UInt8>) -> Bool {
        var start = list.count
        while start > 0, list[start - 1] != UInt8(ascii: ",") { start -= 1 }
        return matches(list, start, list.count, "chunked")
    }

    private static func matches(
        _ text: UnsafeBufferPointer<UInt8>,
        _ from: Int,
        _ to: Int,
        _ word: StaticString
    ) -> Bool {
        var start = from
        var end = to
        while start < end, text[start] == 0x20 || text[start] == 0x09 { start += 1 }
        while end > start, text[end - 1] == 0x20 || text[end - 1] == 0x09 { end -= 1 }
        guard end - start == word.utf8CodeUnitCount else { return false }
        for index in 0..<(end - start) where lower(text[start + index]) != word.utf8Start[index] { return false }
        return true
    }
}
