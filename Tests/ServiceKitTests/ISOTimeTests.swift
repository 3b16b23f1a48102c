import Foundation
import Testing

@testable import ServiceKit

@Suite("ISO-8601")
struct ISOTimeTests {
    @Test("milliseconds become the same text as Foundation's", arguments: 0..<40)
    func likeFoundation(seed: Int64) {
        // From 1970 to 2400, leap years and century ends included.
        let milliseconds = seed * 339_000_123_457 + seed
        // Whole seconds only: Foundation's fraction goes through a Double and is cut off, not rounded.
        let date = Date(timeIntervalSince1970: Double(milliseconds / 1000))
        let seconds = date.formatted(.iso8601).dropLast()
        let fraction = String(String(1000 + milliseconds % 1000).dropFirst())
        #expect(isoMilliseconds(milliseconds) == "\(seconds).\(fraction)Z", "\(milliseconds)")
    }

    @Test("known moments")
    func known() {
        #expect(isoMilliseconds(0) == "1970-01-01T00:00:00.000Z")
        #expect(isoMilliseconds(951_782_400_001) == "2000-02-29T00:00:00.001Z")
        #expect(isoMilliseconds(-1) == "1969-12-31T23:59:59.999Z")
    }
}
