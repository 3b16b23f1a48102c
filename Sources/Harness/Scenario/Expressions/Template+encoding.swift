extension Template.Encoding {
    private static let hexadecimal = Array("0123456789ABCDEF".utf8)

    func append(_ value: Value, to bytes: inout [UInt8]) {
        switch self {
        case .plain: bytes.append(contentsOf: value.rendered.utf8)
        case .percent: Self.appendPercentEncoded(value.rendered, to: &bytes)
        case .jsonString: JSONText.appendEscaped(value.rendered, to: &bytes)
        case .jsonValue: JSONText.append(value, to: &bytes)
        }
    }

    static func appendPercentEncoded(_ text: String, to bytes: inout [UInt8]) {
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
                UInt8(ascii: "~"):
                bytes.append(byte)
            default:
                bytes.append(UInt8(ascii: "%"))
                bytes.append(hexadecimal[Int(byte >> 4)])
                bytes.append(hexadecimal[Int(byte & 15)])
            }
        }
    }
}
