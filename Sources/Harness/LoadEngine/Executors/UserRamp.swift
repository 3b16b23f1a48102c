import Scenario

/// How many users a `ramping-vus` wants at a time: user u (from 0) is wanted while the number is above u.
///
/// As in k6, a stage from a to b over d has a + j users from d × j ÷ |b − a| on, in whole numbers.
struct UserRamp: Sendable {
    fileprivate struct Segment: Sendable {
        let start: UInt64
        let length: UInt64
        let from: Int
        let to: Int
    }

    private let segments: [Segment]
    /// ns since the start.
    let end: UInt64

    init(start: Int, stages: [Stage]) {
        var segments: [Segment] = []
        var at: UInt64 = 0
        var users = start
        for stage in stages {
            let length = stage.duration.nanoseconds
            segments.append(Segment(start: at, length: length, from: users, to: stage.target))
            at += length
            users = stage.target
        }
        self.segments = segments
        end = at
    }

    /// The number wanted so many ns after the start; the last target from the end on.
    func count(at time: UInt64) -> Int {
        guard let segment = segments.last(where: { $0.start <= time }) else { return 0 }
        return segment.from + segment.steps(by: time - segment.start) * (segment.to < segment.from ? -1 : 1)
    }

    /// The first moment after `time` at which the number changes; nil when it does no more.
    func nextChange(after time: UInt64) -> UInt64? {
        for segment in segments where segment.start + segment.length > time || segment.start > time {
            if segment.start > time, segment.length == 0, segment.from != segment.to { return segment.start }
            let elapsed = time >= segment.start ? time - segment.start : 0
            let next = segment.steps(by: elapsed) + 1
            let moment = segment.moment(of: next)
            if next <= segment.height, segment.start + moment > time { return segment.start + moment }
        }
        return nil
    }
}

extension UserRamp.Segment {
    fileprivate var height: Int { abs(to - from) }

    /// ns after the segment's start at which so many users have come or gone.
    fileprivate func moment(of steps: Int) -> UInt64 {
        guard height > 0 else { return 0 }
        let product = length.multipliedFullWidth(by: UInt64(steps))
        return UInt64(height).dividingFullWidth(product).quotient
    }

    fileprivate func steps(by elapsed: UInt64) -> Int {
        guard height > 0 else { return 0 }
        guard elapsed < length else { return height }
        // The greatest j with ⌊length × j ÷ height⌋ ≤ elapsed.
        let product = (elapsed + 1).multipliedFullWidth(by: UInt64(height))
        let (quotient, remainder) = length.dividingFullWidth(product)
        return min(Int(remainder > 0 ? quotient : quotient - 1), height)
    }
}
