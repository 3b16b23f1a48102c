import Foundation

extension Double {
    /// A duration in seconds for a person: `1.2 s`, `85.3 ms`, `410 µs`.
    var seconds: String {
        switch abs(self) {
        case 10...: String(format: "%.0f s", self)
        case 1..<10: String(format: "%.1f s", self)
        case 0.001..<1: String(format: "%.1f ms", self * 1000)
        case 0: "0 s"
        default: String(format: "%.0f µs", self * 1_000_000)
        }
    }

    /// A share for a person: `0.04 %`.
    var percent: String { String(format: self < 0.1 && self > 0 ? "%.2f %%" : "%.0f %%", self * 100) }
}

extension BinaryInteger {
    /// With thousands separated: `20,000`.
    var grouped: String {
        let digits = String(magnitude)
        var result = ""
        for (index, digit) in digits.enumerated() {
            if index > 0 && (digits.count - index).isMultiple(of: 3) { result.append(",") }
            result.append(digit)
        }
        return self < 0 ? "-" + result : result
    }
}

extension String {
    /// Filled with spaces up to `width`, on the right or on the left.
    func padded(_ width: Int, left: Bool = false) -> String {
        let space = String(repeating: " ", count: Swift.max(0, width - count))
        return left ? space + self : self + space
    }
}
