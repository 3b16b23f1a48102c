/// Looks headers up in the lines of a reply's head.
enum ReplyHead {
    /// The value of the first header with this name (given in lower case), without the blanks around it.
    ///
    /// `condition` says which values count.
    static func value(
        of name: String,
        in head: UnsafeBufferPointer<UInt8>,
        where condition: (UnsafeBufferPointer<UInt8>) -> Bool = { _ in true }
    ) -> UnsafeBufferPointer<UInt8>? {
        var start = 0
        while start < head.count {
            var end = start
            while end < head.count, head[end] != 0x0A { end += 1 }
            if let value = match(name, head, start, end), condition(value) { return value }
            start = end + 1
        }
        return nil
    }

    /// The value of a cookie that the reply sets (RFC 6265, 4.1.1), without quotes around it.
    static func cookie(_ name: String, in head: UnsafeBufferPointer<UInt8>) -> UnsafeBufferPointer<UInt8>? {
        let start = name.utf8.count + 1
        guard
            let line = value(
                of: "set-cookie",
                in: head,
                where: { $0.count >= start && $0.starts(with: "\(name)=".utf8) }
            )
        else { return nil }
        let end = line.firstIndex(of: UInt8(ascii: ";")) ?? line.count
        let value = line[start..<end]
        let isQuoted = value.count >= 2 && value.first == UInt8(ascii: "\"") && value.last == UInt8(ascii: "\"")
        return UnsafeBufferPointer(rebasing: isQuoted ? value.dropFirst().dropLast() : value)
    }

    private static func match(
        _ name: String,
        _ head: UnsafeBufferPointer<UInt8>,
        _ start: Int,
        _ end: Int
    ) -> UnsafeBufferPointer<UInt8>? {
        var position = start
        for wanted in name.utf8 {
            guard position < end else { return nil }
            let byte = head[position]
            let lower = (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) ? byte | 0x20 : byte
            guard lower == wanted else { return nil }
            position += 1
        }
        guard position < end, head[position] == UInt8(ascii: ":") else { return nil }
        position += 1
        var last = end
        while position < last, isBlank(head[position]) { position += 1 }
        while last > position, isBlank(head[last - 1]) { last -= 1 }
        return UnsafeBufferPointer(rebasing: head[position..<last])
    }

    private static func isBlank(_ byte: UInt8) -> Bool {
        byte == 0x20 || byte == 0x09 || byte == 0x0D
    }
}
