import Statistics
import Testing

@Suite("Timeline")
struct TimelineTests {
    @Test("each second has its requests, its failures and its latency")
    func seconds() throws {
        var timeline = Timeline()
        for value in 1...100 { timeline.record(second: 0, microseconds: UInt64(value * 1_000), failed: value > 90) }
        timeline.record(second: 2, microseconds: 5, failed: false)
        #expect(timeline.slots.map(\.second) == [0, 2])
        #expect(timeline.slots.map(\.count) == [100, 1])
        #expect(timeline.slots.map(\.failed) == [10, 0])
        let median = try #require(timeline.slots[0].percentile(50))
        #expect((50_000...53_200).contains(median))
    }

    @Test("memory is bounded: a long run has wider slots and loses no request")
    func bounded() {
        var timeline = Timeline()
        for second in 0..<10_000 { timeline.record(second: second, microseconds: 7, failed: false) }
        #expect(timeline.slotSeconds == 4)
        #expect(timeline.slots.count == 2_500)
        #expect(timeline.slots.allSatisfy { $0.count == 4 })
    }

    @Test("timelines of different widths merge into the wider")
    func mergingWidths() {
        var long = Timeline()
        for second in 0..<4_000 { long.record(second: second, microseconds: 7, failed: false) }
        var short = Timeline()
        short.record(second: 1, microseconds: 9, failed: true)
        short.record(second: 5, microseconds: 9, failed: true)
        short.merge(long)
        #expect(short.slotSeconds == 2)
        #expect(short.slots.reduce(0) { $0 + $1.count } == 4_002)
        #expect(short.slots.filter { $0.failed > 0 }.map(\.second) == [0, 4])
        short.record(second: 3_999, microseconds: 1, failed: false)
        #expect(short.slots.last?.count == 3)
    }

    @Test("a bucket of the coarse histogram holds its own upper edge", arguments: 0..<CoarseHistogram.bucketCount)
    func edges(bucket: Int) {
        let edge = CoarseHistogram.upperEdge(of: bucket)
        #expect(CoarseHistogram.bucket(of: edge) == bucket)
        if bucket + 1 < CoarseHistogram.bucketCount {
            #expect(CoarseHistogram.bucket(of: edge + 1) == bucket + 1)
        }
    }
}
