import Scenario

/// Response byte streams for the fuzzer: by seed lawful, truncated, changed, or hostile from the start.
struct ReplyStream {
    private var random: SplitMix64

    init(seed: UInt64) {
        random = SplitMix64(seed: seed, load: 0, wave: 0, user: 0, iteration: 0)
    }

    mutating func number(_ range: ClosedRange<Int>) -> Int {
        Int.random(in: range, using: &random)
    }

    private mutating func one<T>(_ choices: [T]) -> T {
        choices[number(0...(choices.count - 1))]
    }

    mutating func next() -> [UInt8] {
        var bytes = lawful()
        switch number(0...9) {
        case 0...3: break
        case 4...5: bytes.removeLast(number(0...bytes.count))
        case 6...8:
            for _ in 0..<number(1...4) where !bytes.isEmpty { change(&bytes) }
        default: bytes = hostile()
        }
        return bytes
    }

    /// Where to cut a stream, in rising order.
    mutating func cuts(of count: Int) -> [Int] {
        guard count > 1 else { return [] }
        if number(0...7) == 0 { return Array(1..<count) }
        return (0..<number(1...6)).map { _ in number(1...(count - 1)) }.sorted()
    }

    private mutating func change(_ bytes: inout [UInt8]) {
        let place = number(0...(bytes.count - 1))
        switch number(0...3) {
        case 0: bytes[place] = UInt8(number(0...255))
        case 1: bytes.remove(at: place)
        case 2: bytes.insert(one([0, 0x0A, 0x0D, 0x20, 0x3A, 0x3B, 0x66, 0x39]), at: place)
        default: bytes.insert(contentsOf: bytes[place...].prefix(number(1...40)), at: place)
        }
    }

    private mutating func lawful() -> [UInt8] {
        let end = one(["\r\n", "\r\n", "\r\n", "\n"])
        var text = ""
        if number(0...9) == 0 { text += "HTTP/1.1 10\(one([0, 2, 3])) Wait\(end)Link: </a>\(end)\(end)" }
        let status = one([200, 200, 201, 204, 304, 404, 409, 503])
        text += "HTTP/1.\(number(0...1)) \(status) Reason\(end)"
        for _ in 0..<number(0...6) {
            text += "X-\(number(0...99)): \(String(repeating: "v", count: number(0...60)))\(end)"
        }
        if number(0...3) == 0 {
            text += "Connection: \(one(["close", "keep-alive", "Keep-Alive , x", "x,CLOSE"]))\(end)"
        }
        let body = String(repeating: one(["b", "\n", "0", "data: 1\n\n"]), count: number(0...120))
        switch number(0...4) {
        case 0...1: text += "content-LENGTH: \(body.utf8.count)\(end)\(end)\(body)"
        case 2...3: text += "Transfer-Encoding: \(one(["chunked", "gzip, Chunked"]))\(end)\(end)\(chunked(body, end))"
        default: text += "\(end)\(body)"
        }
        return Array(text.utf8)
    }

    private mutating func chunked(_ body: String, _ end: String) -> String {
        var text = ""
        var left = Substring(body)
        while !left.isEmpty {
            let piece = left.prefix(number(1...50))
            left = left.dropFirst(piece.count)
            text += "\(String(piece.utf8.count, radix: 16))\(one(["", ";a=b", " ;c=\"d\""]))\(end)\(piece)\(end)"
        }
        return text + "0\(end)\(number(0...3) == 0 ? "Digest: x\(end)" : "")\(end)"
    }

    private mutating func hostile() -> [UInt8] {
        switch number(0...6) {
        case 0: (0..<number(0...200)).map { _ in UInt8(number(0...255)) }
        case 1: Array("HTTP/1.1 200 OK\r\n".utf8) + [UInt8](repeating: 0x61, count: number(65_000...66_000))
        case 2: Array(("HTTP/1.1 200 OK\r\n" + String(repeating: "A: b\r\n", count: number(250...260)) + "\r\n").utf8)
        case 3:
            Array(
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n\(String(repeating: "f", count: number(8...40)))\r\n"
                    .utf8
            )
        case 4:
            Array("HTTP/1.1 200 OK\r\nContent-Length: \(String(repeating: "9", count: number(5...40)))\r\n\r\nx".utf8)
        case 5: Array("HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Length: \(number(2...4))\r\n\r\nabc".utf8)
        default: Array(String(repeating: "HTTP/1.1 100 Continue\r\n\r\n", count: number(100...300)).utf8)
        }
    }
}
