import Foundation
import Linearizability

/// Measures the checker on the two shapes that a storm leaves, many seats in health and one seat that everybody wanted, and on a text to
/// which fifty write at once.
@main
struct CheckerBench {
    static func main() {
        healthy(operations: 1_000_000, seats: 1_000, reductions: .all, "with versions")
        healthy(operations: 1_000_000, seats: 1_000, reductions: [.observations, .symmetry], "by search alone")
        for winners in 1...2 { hot(losers: 100_000, winners: winners) }
        crowd(operations: 100_000)
        print("peak memory: \(peakMegabytes()) MB")
    }

    /// A run in which every seat is held, lost to losers, and released, over and over.
    private static func healthy(operations: Int, seats: Int, reductions: Reductions, _ name: String) {
        var parts: [[Call<SeatModel.Operation>]] = []
        parts.reserveCapacity(seats)
        for _ in 0..<seats { parts.append(seat(operations: operations / seats)) }
        let check = Check(SeatModel(), reductions: reductions)
        let began = ContinuousClock.now
        let results = check.parts(
            parts,
            budget: Budget(),
            workers: ProcessInfo.processInfo.activeProcessorCount
        )
        let took = ContinuousClock.now - began
        let good = results.count { $0.verdict == .linearizable }
        print(
            "healthy, \(name): \(operations) operations, \(good) of \(seats) seats linearizable, \(milliseconds(took)) ms"
        )
    }

    private static func seat(operations: Int) -> [Call<SeatModel.Operation>] {
        var seat = SeatTimeline(epsilon: 50)
        var (time, version, count) = (Int64(0), Int64(0), 0)
        while count < operations {
            let token = Int32(count + 1)
            version += 1
            seat.add(
                .init(.hold, token: token),
                invoke: time,
                return: time + 12,
                ttl: 60_000,
                version: version,
                source: count
            )
            for loser in 0..<8 {
                let refused = SeatModel.Operation(.hold, .conflict, token: token + Int32(loser) + 1)
                let invoke = time + Int64(loser)
                seat.add(refused, invoke: invoke, return: invoke + 20, source: count + loser + 1)
            }
            version += 1
            seat.add(
                .init(.release, token: token),
                invoke: time + 30,
                return: time + 35,
                version: version,
                source: count + 9
            )
            count += 10
            time += 34
        }
        return seat.calls
    }

    private static func hot(losers: Int, winners: Int) {
        var seat = SeatTimeline(epsilon: 10)
        for loser in 0..<losers {
            let refused = SeatModel.Operation(.hold, .conflict, token: Int32(100 + loser))
            seat.add(refused, invoke: Int64(loser % 50), return: 5_000, source: loser)
        }
        for winner in 0..<winners {
            let granted = SeatModel.Operation(.hold, token: Int32(1 + winner))
            seat.add(granted, invoke: 20, return: 5_000, ttl: 600_000, source: losers + winner)
        }
        let began = ContinuousClock.now
        let result = Check(SeatModel()).part(seat.calls, budget: Budget())
        let took = ContinuousClock.now - began
        print("hot seat: \(losers) losers, \(winners) winners: \(result.verdict.rawValue), \(milliseconds(took)) ms")
    }

    /// Fifty at once put, append to and get the same text, round after round.
    private static func crowd(operations: Int) {
        typealias Operation = KeyValueModel.Operation
        var text = ""
        let calls = (0..<operations).map { place in
            let start = Int64(place / 50 * 10)
            var operation = Operation(.get, key: "k", value: text)
            if place % 10 < 6 {
                operation = Operation(place % 10 == 0 ? .put : .append, key: "k", value: "x \(place) y")
                text = (operation.action == .put ? "" : text) + operation.value
            }
            return Call(operation, invoke: start + Int64(place % 5), return: start + 9, source: place)
        }
        let began = ContinuousClock.now
        let result = Check(KeyValueModel()).whole(calls, budget: Budget(), workers: 1)
        let took = ContinuousClock.now - began
        let verdict = result.verdict.rawValue
        print("a text written by 50 at once: \(operations) operations, \(verdict), \(milliseconds(took)) ms")
    }

    private static func milliseconds(_ duration: Duration) -> Int64 {
        duration.components.seconds * 1000 + duration.components.attoseconds / 1_000_000_000_000_000
    }

    private static func peakMegabytes() -> Int {
        let status = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
        let line = status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
        return (line?.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0) / 1024
    }
}
