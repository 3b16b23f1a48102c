import Glibc
import Scenario

/// When arrivals are due: a function of their index, so that nothing drifts, however long a run is.
struct ArrivalSchedule: Sendable {
    private enum Form: Sendable {
        /// n in `unit` ns.
        case constant(rate: UInt64, unit: UInt64)
        case ramping([Segment])
    }

    /// A stretch over which the rate changes in a straight line.
    fileprivate struct Segment: Sendable {
        /// ns since the start.
        let start: Double
        let length: Double
        /// Arrivals a ns, at its start.
        let rate: Double
        /// Change of the rate, a ns.
        let slope: Double
        /// Arrivals due before it begins, and by its end.
        let before: Double
        let after: Double
    }

    private let form: Form
    /// ns; nothing is due then or later.
    let end: UInt64

    /// The schedule of a constant or ramping rate; a Poisson process has none, see ``PoissonArrivals``.
    init(_ executor: ArrivalRateExecutor) {
        end = executor.duration.nanoseconds
        let unit = executor.timeUnit.nanoseconds
        switch executor.arrivals {
        case .constant(let rate), .poisson(let rate): form = .constant(rate: UInt64(rate), unit: unit)
        case .ramping(let start, let stages): form = .ramping(Self.segments(start, stages, unit: Double(unit)))
        }
    }

    private static func segments(_ startRate: Int, _ stages: [Stage], unit: Double) -> [Segment] {
        var segments: [Segment] = []
        var start = 0.0
        var due = 0.0
        var rate = Double(startRate) / unit
        for stage in stages {
            let length = Double(stage.duration.nanoseconds)
            let target = Double(stage.target) / unit
            defer { rate = target }
            guard length > 0 else { continue }
            let area = (rate + target) / 2 * length
            segments.append(
                Segment(
                    start: start,
                    length: length,
                    rate: rate,
                    slope: (target - rate) / length,
                    before: due,
                    after: due + area
                )
            )
            start += length
            due += area
        }
        return segments
    }

    /// When arrival `index` (from 0) is due, in ns since the start; nil when the schedule is over before.
    ///
    /// At a constant rate the first is due at once, and index × unit ÷ rate is divided in whole numbers. On a ramp, as in k6,
    /// arrival i is due when the rate's integral reaches i + 1.
    func due(_ index: UInt64) -> UInt64? {
        switch form {
        case .constant(let rate, let unit):
            let product = index.multipliedFullWidth(by: unit)
            guard product.high < rate else { return nil }
            let due = rate.dividingFullWidth(product).quotient
            return due < end ? due : nil
        case .ramping(let segments):
            let wanted = Double(index + 1)
            guard let segment = segments.first(where: { $0.after >= wanted }) else { return nil }
            let due = UInt64(segment.start + segment.time(of: wanted - segment.before))
            // An arrival at the very end of the last stage is due, as in k6.
            return due <= end ? due : nil
        }
    }
}

extension ArrivalSchedule.Segment {
    /// Solves rate × t + slope × t² ÷ 2 = area, in the form that does not cancel.
    fileprivate func time(of area: Double) -> Double {
        let root = max(0, rate * rate + 2 * slope * area).squareRoot()
        guard rate + root > 0 else { return 0 }
        return min(2 * area / (rate + root), length)
    }
}

/// The due times of a Poisson process: exponential gaps, drawn from the seed.
struct PoissonArrivals: Sendable {
    private var random: SplitMix64
    /// ns.
    private let mean: Double
    private let end: Double
    private var at = 0.0

    init(rate: Int, unit: UInt64, end: UInt64, random: SplitMix64) {
        mean = Double(unit) / Double(rate)
        self.end = Double(end)
        self.random = random
    }

    /// The next due time, in ns since the start; nil when the time is over.
    mutating func next() -> UInt64? {
        // Of 1 − u, which is never 0.
        at -= mean * log(1 - Double(random.next() >> 11) * 0x1p-53)
        return at < end ? UInt64(at) : nil
    }
}

/// One thread's part of the arrivals: index i belongs to thread i mod n, so the parts together are the schedule.
struct ArrivalCursor: Sendable {
    private let schedule: ArrivalSchedule
    private var poisson: PoissonArrivals?
    private let stride: UInt64
    /// The next arrival of this thread.
    private(set) var index: UInt64
    /// When it is due, ns since the start; nil when there are no more.
    private(set) var due: UInt64?

    init(_ executor: ArrivalRateExecutor, thread: Int, threads: Int, random: SplitMix64) {
        schedule = ArrivalSchedule(executor)
        index = UInt64(thread)
        stride = UInt64(threads)
        if case .poisson(let rate) = executor.arrivals {
            var process = PoissonArrivals(
                rate: rate,
                unit: executor.timeUnit.nanoseconds,
                end: schedule.end,
                random: random
            )
            for _ in 0..<thread { _ = process.next() }
            due = process.next()
            poisson = process
        } else {
            due = schedule.due(index)
        }
    }

    mutating func advance() {
        index += stride
        guard poisson != nil else {
            due = schedule.due(index)
            return
        }
        for _ in 1..<stride { _ = poisson?.next() }
        due = poisson?.next()
    }
}
