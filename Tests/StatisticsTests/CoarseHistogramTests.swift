import Statistics
import Testing

@Suite("The coarse histogram")
struct CoarseHistogramTests {
    @Test("a bucket holds its own upper edge, and not what is beyond it", arguments: 0..<CoarseHistogram.bucketCount)
    func edges(bucket: Int) {
        let edge = CoarseHistogram.upperEdge(of: bucket)
        #expect(CoarseHistogram.bucket(of: edge) == bucket)
        if bucket + 1 < CoarseHistogram.bucketCount {
            #expect(CoarseHistogram.bucket(of: edge + 1) == bucket + 1)
        }
    }
}
