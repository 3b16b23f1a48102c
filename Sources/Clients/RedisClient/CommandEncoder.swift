/// Writes commands as RESP arrays of bulk strings, on the caller's thread, so that the loop's thread only copies bytes.
struct CommandEncoder {
    /// How long the `run_id` of a server is.
    static let runIDLength = 40

    private(set) var bytes: [UInt8] = []
    /// Where a server's `run_id` has to be filled in.
    private(set) var runIDs: [Int] = []

    init(arguments: Int, reserving capacity: Int = 256) {
        bytes.reserveCapacity(capacity)
        bytes.append(UInt8(ascii: "*"))
        appendDecimal(Int64(arguments))
        appendLineEnd()
    }

    init(_ arguments: [RedisArgument]) {
        self.init(arguments: arguments.count)
        for argument in arguments {
            append(argument)
        }
    }

    static func encode(_ arguments: [RedisArgument]) -> [UInt8] {
        CommandEncoder(arguments).bytes
    }

    mutating func append(_ argument: RedisArgument) {
        switch argument.storage {
        case .text(let text): append(text)
        case .integer(let integer): append(integer)
        case .bytes(let bytes): append(bytes)
        case .runID(let prefix): append(runIDAfter: prefix)
        }
    }

    mutating func append(_ text: String) {
        let utf8 = text.utf8
        appendHeader(length: utf8.count)
        bytes.append(contentsOf: utf8)
        appendLineEnd()
    }

    mutating func append(_ payload: [UInt8]) {
        appendHeader(length: payload.count)
        bytes.append(contentsOf: payload)
        appendLineEnd()
    }

    mutating func append(_ integer: Int64) {
        appendHeader(length: Self.decimalLength(integer))
        appendDecimal(integer)
        appendLineEnd()
    }

    private mutating func append(runIDAfter prefix: String) {
        appendHeader(length: prefix.utf8.count + Self.runIDLength)
        bytes.append(contentsOf: prefix.utf8)
        runIDs.append(bytes.count)
        bytes.append(contentsOf: repeatElement(UInt8(ascii: "0"), count: Self.runIDLength))
        appendLineEnd()
    }

    private mutating func appendHeader(length: Int) {
        bytes.append(UInt8(ascii: "$"))
        appendDecimal(Int64(length))
        appendLineEnd()
    }

    private mutating func appendLineEnd() {
        bytes.append(UInt8(ascii: "\r"))
        bytes.append(UInt8(ascii: "\n"))
    }

    private mutating func appendDecimal(_ integer: Int64) {
        if integer < 0 {
            bytes.append(UInt8(ascii: "-"))
        }
        let start = bytes.count
        var rest = integer.magnitude
        repeat {
            bytes.append(UInt8(ascii: "0") + UInt8(rest % 10))
            rest /= 10
        } while rest > 0
        bytes[start...].reverse()
    }

    private static func decimalLength(_ integer: Int64) -> Int {
        var length = integer < 0 ? 2 : 1
        var rest = integer.magnitude / 10
        while rest > 0 {
            length += 1
            rest /= 10
        }
        return length
    }
}
