import Foundation
import Testing

@testable import Reporting

@Suite("The table of requests")
struct RequestTableTests {
    private func quantiles(_ p99: Double) -> Summary.Quantiles {
        var quantiles = Summary.Quantiles(nil)
        quantiles.p50 = 0.001
        quantiles.p95 = 0.002
        quantiles.p99 = p99
        quantiles.p999 = p99 * 2
        quantiles.max = p99 * 3
        return quantiles
    }

    private func request(response: Double, duration: Double, failures: Int = 0) -> Summary.Request {
        let response = quantiles(response)
        return Summary.Request(
            count: 20_000,
            rate: 3301.2,
            failed: 3,
            p50: response.p50,
            p95: response.p95,
            p99: response.p99,
            p999: response.p999,
            max: response.max,
            duration: quantiles(duration),
            status: ["201": 50, "409": 19_950],
            failures: (1...max(failures, 1)).prefix(failures).map {
                Summary.Failure(reason: "status \(500 + $0)", count: 7, example: "it is late", user: "u", at: 1)
            }
        )
    }

    @Test("what a slow server hides from its own clock stands above it")
    func bothTimes() {
        let lines = RequestTable(requests: ["hold": request(response: 2, duration: 0.02)]).lines
        #expect(lines.count == 3)
        #expect(lines[0].hasPrefix("request "))
        #expect(lines[1].hasPrefix("hold "))
        #expect(
            lines[1].contains("response     1.0 ms    2.0 ms     2.0 s     4.0 s     6.0 s   201 × 50, 409 × 19,950")
        )
        #expect(lines[2].contains("duration     1.0 ms    2.0 ms   20.0 ms   40.0 ms   60.0 ms"))
        // The columns stand below their names.
        let column = lines[0].range(of: "p99")?.upperBound.utf16Offset(in: lines[0])
        #expect(lines[1].range(of: "2.0 s")?.upperBound.utf16Offset(in: lines[1]) == column)
    }

    @Test("how requests failed stands below them, at most three ways of it")
    func failures() {
        let lines = RequestTable(requests: ["hold": request(response: 1, duration: 1, failures: 5)]).lines
        #expect(lines.count == 7)
        #expect(lines[3] == "    ✗ status 501 × 7: it is late")
        #expect(lines[6] == "    and 2 more: see summary.json")
    }
}
