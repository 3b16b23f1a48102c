/// Makes names that Prometheus accepts.
enum PrometheusName {
    /// Letters, digits, `_` and `:`; anything else becomes `_`.
    static func legal(_ name: String) -> String { Self.legal(name, colons: true) }

    /// A label's name: no colons, no leading `__`, and not `le`, which histograms use.
    static func label(_ name: String) -> String {
        let legal = Self.legal(name, colons: false)
        return legal == "le" || legal.hasPrefix("__") ? "exported_\(legal.drop { $0 == "_" })" : legal
    }

    /// Ends in `_total`.
    static func counter(_ name: String) -> String { Self.suffixed(Self.legal(name), "_total") }

    /// Ends in `_seconds`.
    static func timer(_ name: String) -> String { Self.suffixed(Self.legal(name), "_seconds") }

    private static func suffixed(_ name: String, _ suffix: String) -> String {
        name.hasSuffix(suffix) ? name : name + suffix
    }

    private static func legal(_ name: String, colons: Bool) -> String {
        let bytes = name.utf8.map { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"):
                byte
            case UInt8(ascii: ":") where colons: byte
            default: UInt8(ascii: "_")
            }
        }
        let needsPrefix = bytes.first.map { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) } ?? true
        return (needsPrefix ? "_" : "") + String(decoding: bytes, as: UTF8.self)
    }
}
