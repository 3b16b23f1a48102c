import Testing

@testable import FaultInjection

@Suite("The delay line")
struct DelayLineTests {
    @Test("what goes in comes out once, in order, and never before its time")
    func model() {
        for seed in UInt64(0)..<200 {
            var random = SplitMix64(seed: seed)
            var line = DelayLine(capacity: 8_192)
            defer { line.release() }
            // The model: each byte with its due time.
            var expected: [(byte: UInt8, due: UInt64)] = []
            var now: UInt64 = 0
            for _ in 0..<400 {
                now += UInt64.random(in: 0...3, using: &random)
                switch random.next() % 8 {
                case 0..<4:
                    let length = min(line.room, Int.random(in: 1...3_000, using: &random))
                    let due = max(now + UInt64.random(in: 0...10, using: &random), line.lastDue ?? 0)
                    let bytes = (0..<length).map { _ in UInt8(truncatingIfNeeded: random.next()) }
                    bytes.withUnsafeBytes { if let base = $0.baseAddress { line.append(base, length, due: due) } }
                    expected += bytes.map { ($0, due) }
                case 4..<7:
                    guard let ready = line.ready(at: now) else {
                        #expect((expected.first?.due ?? .max) > now, "seed \(seed)")
                        continue
                    }
                    let taken = Int.random(in: 1...ready.length, using: &random)
                    let bytes = Array(UnsafeRawBufferPointer(start: ready.bytes, count: taken))
                    #expect(bytes == expected.prefix(taken).map(\.byte), "seed \(seed)")
                    #expect(expected.prefix(taken).allSatisfy { $0.due <= now }, "seed \(seed)")
                    line.remove(taken)
                    expected.removeFirst(taken)
                default:
                    let latest = now + UInt64.random(in: 0...5, using: &random)
                    line.clamp(to: { _ in latest })
                    expected = expected.map { ($0.byte, min($0.due, latest)) }
                }
                #expect(line.count == expected.count, "seed \(seed)")
                #expect(line.firstDue == expected.first?.due, "seed \(seed)")
                #expect(line.count <= 8_192)
            }
        }
    }

    @Test("alarms ring in the order of their times")
    func timers() {
        var random = SplitMix64(seed: 3)
        var heap = TimerHeap()
        var dues: [UInt64] = []
        for index in 0..<1_000 {
            let due = UInt64.random(in: 0...500, using: &random)
            dues.append(due)
            heap.insert(due: due, Token(.client, index: index))
        }
        #expect(heap.popDue(at: 0)?.due ?? 0 == 0)
        var rung: [UInt64] = []
        while let entry = heap.popDue(at: 500) {
            rung.append(entry.due)
        }
        #expect(zip(rung, rung.dropFirst()).allSatisfy { $0 <= $1 })
        #expect(rung.count >= 999)
        #expect(heap.earliest == nil)
    }
}
