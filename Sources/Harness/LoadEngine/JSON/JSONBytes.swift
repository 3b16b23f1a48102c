/// Writes JSON (RFC 8259) from bytes.
package enum JSONBytes {
    private static let hexadecimal = Array("0123456789abcdef".utf8)

    /// A string with its quotes.
    ///
    /// What is not UTF-8 becomes U+FFFD, so that the result is JSON whatever a server sent.
    package static func appendString(_ text: UnsafeBufferPointer<UInt8>, to out: inout [UInt8]) {
        if text.contains(where: { $0 >= 0x80 }) {
            var repaired = String(decoding: text, as: UTF8.self)
            out.append(UInt8(ascii: "\""))
            repaired.withUTF8 { appendEscaped($0, to: &out) }
        } else {
            out.append(UInt8(ascii: "\""))
            appendEscaped(text, to: &out)
        }
        out.append(UInt8(ascii: "\""))
    }

    package static func appendString(_ text: String, to out: inout [UInt8]) {
        var text = text
        text.withUTF8 { appendString($0, to: &out) }
    }

    package static func append(_ number: UInt64, to out: inout [UInt8]) {
        var rest = number
        let start = out.count
        repeat {
            out.append(UInt8(ascii: "0") + UInt8(rest % 10))
            rest /= 10
        } while rest > 0
        out[start...].reverse()
    }

    private static func appendEscaped(_ text: UnsafeBufferPointer<UInt8>, to out: inout [UInt8]) {
        var clean = 0
        for index in text.indices {
            let byte = text[index]
            guard byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") else { continue }
            out.append(contentsOf: text[clean..<index])
            clean = index + 1
            appendEscape(byte, to: &out)
        }
        out.append(contentsOf: text[clean...])
    }

    private static func appendEscape(_ byte: UInt8, to out: inout [UInt8]) {
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"):
            out.append(UInt8(ascii: "\\"))
            out.append(byte)
        case 0x0A: out.append(contentsOf: "\\n".utf8)
        case 0x0D: out.append(contentsOf: "\\r".utf8)
        case 0x09: out.append(contentsOf: "\\t".utf8)
        default:
            out.append(contentsOf: "\\u00".utf8)
            out.append(hexadecimal[Int(byte >> 4)])
            out.append(hexadecimal[Int(byte & 15)])
        }
    }
}
