import Glibc
import Synchronization

/// A name for a hold that cannot be guessed: 128 bits of the system's generator in hexadecimal.
enum HoldToken {
    /// Random numbers read ahead, so that not every refused hold pays for a system call.
    private static let pool = Mutex<[UInt64]>([])
    private static let poolSize = 512
    private static let digits = Array("0123456789abcdef".utf8)

    static func make() -> String {
        let halves = pool.withLock { pool in
            if pool.count < 2 { refill(&pool) }
            return (pool.removeLast(), pool.removeLast())
        }
        return String(unsafeUninitializedCapacity: 32) { buffer in
            for index in 0..<16 {
                buffer[index] = digits[Int(halves.0 >> UInt64(index * 4) & 15)]
                buffer[16 + index] = digits[Int(halves.1 >> UInt64(index * 4) & 15)]
            }
            return 32
        }
    }

    private static func refill(_ pool: inout [UInt64]) {
        pool = [UInt64](unsafeUninitializedCapacity: poolSize) { buffer, count in
            guard let start = buffer.baseAddress else { return }
            arc4random_buf(UnsafeMutableRawPointer(start), poolSize * MemoryLayout<UInt64>.stride)
            count = poolSize
        }
    }
}
