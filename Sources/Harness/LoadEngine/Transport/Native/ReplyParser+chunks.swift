// The framing of a chunked body (RFC 9112, 7.1): sizes, extensions, ends of data and the trailer. Extensions and trailers are skipped.
extension ReplyParser {
    mutating func beginChunk() {
        state = .chunkSize
        remaining = 0
        chunkLine = 0
        hasChunkDigit = false
    }

    mutating func readFraming(_ input: UnsafeBufferPointer<UInt8>, _ position: inout Int) -> TransportError? {
        while position < input.count {
            let byte = input[position]
            position += 1
            let error: TransportError?
            switch state {
            case .chunkSize: error = sizeByte(byte)
            case .chunkExtension: error = extensionByte(byte)
            case .chunkEnd: error = endByte(byte)
            case .trailer: error = trailerByte(byte)
            default:
                position -= 1
                return nil
            }
            if let error { return error }
        }
        return nil
    }

    private mutating func sizeByte(_ byte: UInt8) -> TransportError? {
        if let digit = Self.hexadecimalDigit(byte) {
            chunkLine += 1
            guard chunkLine <= Self.chunkLineLimit, remaining < 1 << 40 else { return .chunk }
            remaining = remaining << 4 | UInt64(digit)
            hasChunkDigit = true
            return nil
        }
        guard hasChunkDigit else { return .chunk }
        switch byte {
        case 0x0A: return endSize()
        case 0x0D, 0x20, 0x09, UInt8(ascii: ";"):
            state = .chunkExtension
            return extensionByte(byte)
        default: return .chunk
        }
    }

    private mutating func extensionByte(_ byte: UInt8) -> TransportError? {
        chunkLine += 1
        guard chunkLine <= Self.chunkLineLimit else { return .chunk }
        return byte == 0x0A ? endSize() : nil
    }

    private mutating func endSize() -> TransportError? {
        isEmptyLine = true
        headBytes = 0
        lines = 0
        state = remaining == 0 ? .trailer : .chunkData
        return nil
    }

    /// A line's end must follow the data.
    private mutating func endByte(_ byte: UInt8) -> TransportError? {
        switch byte {
        case 0x0D where isEmptyLine:
            isEmptyLine = false
            return nil
        case 0x0A:
            beginChunk()
            return nil
        default: return .chunk
        }
    }

    private mutating func trailerByte(_ byte: UInt8) -> TransportError? {
        headBytes += 1
        guard headBytes <= Self.headLimit else { return .headTooLarge }
        switch byte {
        case 0x0A:
            if isEmptyLine { state = .done }
            lines += 1
            isEmptyLine = true
            return lines > Self.lineLimit ? .headTooLarge : nil
        case 0x0D: return nil
        default:
            isEmptyLine = false
            return nil
        }
    }

    private static func hexadecimalDigit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case 0x30...0x39: byte - 0x30
        case 0x41...0x46, 0x61...0x66: (byte | 0x20) - 0x57
        default: nil
        }
    }
}
