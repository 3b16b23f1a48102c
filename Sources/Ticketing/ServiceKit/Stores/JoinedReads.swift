import Synchronization

/// Reads that many want at once, done once for all of them.
///
/// Each caller gets the result of a read that began after it asked, so it sees whatever was written before: those who come while a read
/// is under way share the next one. However many they are, a key has one read at a time.
package final class JoinedReads<Key: Hashable & Sendable, Value: Sendable>: Sendable {
    private typealias Waiter = CheckedContinuation<Result<Value, any Error>, Never>

    /// Who waits for the next read, by key; a key is there as long as a read is under way.
    private let waiting = Mutex<[Key: [Waiter]]>([:])

    /// Makes a place where nobody waits.
    package init() {}

    /// The result of a read of `key` that begins after this call.
    ///
    /// The reads of all who wait are taken to be the same one. It is not cancelled when a caller is: others wait for it.
    ///
    /// - Throws: What `read` throws.
    package func value(_ key: Key, _ read: @escaping @Sendable () async throws -> Value) async throws -> Value {
        let result = await withCheckedContinuation { (waiter: Waiter) in
            let isFirst = waiting.withLock { waiting in
                guard waiting[key] == nil else {
                    waiting[key]?.append(waiter)
                    return false
                }
                waiting[key] = [waiter]
                return true
            }
            if isFirst { Task { await work(key, read) } }
        }
        return try result.get()
    }

    private func work(_ key: Key, _ read: @Sendable () async throws -> Value) async {
        while true {
            let served = waiting.withLock { waiting -> [Waiter] in
                let served = waiting[key] ?? []
                waiting[key] = served.isEmpty ? nil : []
                return served
            }
            guard !served.isEmpty else { return }
            let result: Result<Value, any Error>
            do {
                result = .success(try await read())
            } catch {
                result = .failure(error)
            }
            for waiter in served { waiter.resume(returning: result) }
        }
    }
}
