import Synchronization

/// New trace and span ids: unique, cheap and never zero; they name things and protect nothing.
///
/// SplitMix64 (Steele, Lea and Flood, 2014) over one counter for all threads, begun at a random place in each process. The system's generator would
/// cost a system call for each id.
enum TraceIDs {
    private static let counter = Atomic<UInt64>(UInt64.random(in: 0 ... .max))

    static func next() -> UInt64 {
        while true {
            var bits = counter.wrappingAdd(0x9E37_79B9_7F4A_7C15, ordering: .relaxed).newValue
            bits = (bits ^ (bits >> 30)) &* 0xBF58_476D_1CE4_E5B9
            bits = (bits ^ (bits >> 27)) &* 0x94D0_49BB_1331_11EB
            bits ^= bits >> 31
            if bits != 0 { return bits }
        }
    }
}
