import Testing

@testable import Reporting

@Suite("Numbers for a person")
struct FormattingTests {
    @Test(
        "durations",
        arguments: [(12.3, "12 s"), (1.25, "1.2 s"), (0.0853, "85.3 ms"), (0.00041, "410 µs"), (0, "0 s")]
    )
    func durations(seconds: Double, text: String) {
        #expect(seconds.seconds == text)
    }

    @Test(
        "thousands",
        arguments: [
            (0, "0"), (999, "999"), (1000, "1,000"), (20_000, "20,000"), (1_234_567, "1,234,567"), (-1234, "-1,234"),
        ]
    )
    func thousands(number: Int, text: String) {
        #expect(number.grouped == text)
    }

    @Test("shares", arguments: [(0.0004, "0.04 %"), (0, "0 %"), (0.61, "61 %")])
    func shares(share: Double, text: String) {
        #expect(share.percent == text)
    }
}
