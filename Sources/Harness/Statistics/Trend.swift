import Histogram

/// A distribution of times in µs: three significant digits from 1 µs to 1 h.
///
/// Zeros are counted apart and the histogram (94 KB) is made with the first sample above zero, because most series of a
/// kept-alive connection (blocked, connecting, handshaking) never see one.
package struct Trend: Sendable {
    /// One hour: times above it are counted in ``above`` and their exact maximum is kept.
    package static let highest: UInt64 = 3_600_000_000

    package private(set) var zeros: UInt64 = 0
    package private(set) var above: UInt64 = 0
    /// The greatest sample, exact, in µs.
    package private(set) var maximum: UInt64 = 0
    /// The least sample, exact, in µs.
    package private(set) var minimum: UInt64 = .max
    /// The exact sum in µs: the mean does not suffer from the histogram's rounding.
    package private(set) var sum: UInt64 = 0
    /// One, or none yet.
    ///
    /// An array, because recording into an optional histogram costs more than twice as much: the compiler asks its type's witnesses
    /// each time whether it is there.
    private var histograms: [Histogram<UInt32>] = []

    package init() {}

    package var count: UInt64 {
        zeros + above + (histograms.first?.totalCount ?? 0)
    }

    package mutating func record(microseconds: UInt64) {
        sum &+= microseconds
        if microseconds > maximum { maximum = microseconds }
        if microseconds < minimum { minimum = microseconds }
        guard microseconds > 0 else {
            zeros += 1
            return
        }
        guard microseconds <= Self.highest else {
            above += 1
            return
        }
        if histograms.isEmpty { histograms.append(Self.emptyHistogram()) }
        histograms[0].record(microseconds)
    }

    package mutating func merge(_ other: Trend) {
        zeros += other.zeros
        above += other.above
        maximum = max(maximum, other.maximum)
        minimum = min(minimum, other.minimum)
        sum &+= other.sum
        guard let theirs = other.histograms.first else { return }
        guard !histograms.isEmpty else {
            histograms = other.histograms
            return
        }
        histograms[0].add(theirs)
    }

    /// The mean in µs, nil without samples.
    package var mean: Double? {
        count == 0 ? nil : Double(sum) / Double(count)
    }

    /// The value in µs that `percent` (0…100) of the samples do not exceed (nearest rank), nil without samples.
    package func percentile(_ percent: Double) -> UInt64? {
        let total = count
        guard total > 0 else { return nil }
        let share = min(max(percent, 0), 100) / 100
        let exact = share * Double(total)
        // 0.95 × 20 is 19.000000000000004 in binary: without the tolerance the rank would be the next one.
        let rank = max(1, UInt64((exact - exact.ulp * 4).rounded(.up)))
        guard rank > zeros else { return 0 }
        let inHistogram = histograms.first?.totalCount ?? 0
        guard rank < total, rank - zeros <= inHistogram else { return maximum }
        // Half a rank below, so that the histogram's own rounding up lands on this rank.
        let within = (Double(rank - zeros) - 0.5) / Double(inHistogram) * 100
        return histograms.first?.valueAtPercentile(within)
    }

    /// The distribution as (value in µs, samples) pairs in rising order, for plots.
    package var distribution: [(value: UInt64, count: UInt64)] {
        var pairs: [(value: UInt64, count: UInt64)] = zeros > 0 ? [(UInt64(0), zeros)] : []
        if let histogram = histograms.first {
            for step in histogram.recordedValues() { pairs.append((step.value, UInt64(step.count))) }
        }
        if above > 0 { pairs.append((maximum, above)) }
        return pairs
    }

    private static func emptyHistogram() -> Histogram<UInt32> {
        Histogram(
            lowestDiscernibleValue: 1,
            highestTrackableValue: highest,
            numberOfSignificantValueDigits: .three
        )
    }
}
