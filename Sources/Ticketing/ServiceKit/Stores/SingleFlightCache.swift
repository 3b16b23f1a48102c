import Synchronization

/// Remembers values that are loaded once; whoever asks while one is being loaded waits for the same answer.
///
/// Without it the first instant of a storm would ask the database a thousand times for the same row.
package final class SingleFlightCache<Value: Sendable>: Sendable {
    private enum Entry: Sendable {
        case known(Value)
        case loading(Task<Value?, any Error>)
    }

    private let capacity: Int
    private let load: @Sendable (String) async throws -> Value?
    private let entries = Mutex<[String: Entry]>([:])

    /// Makes an empty cache.
    ///
    /// - Parameters:
    ///   - capacity: How many values are remembered; when it is full, everything is forgotten.
    ///   - load: The value of a key, or nothing when there is none; that is not remembered.
    package init(capacity: Int, load: @escaping @Sendable (String) async throws -> Value?) {
        self.capacity = capacity
        self.load = load
    }

    /// The value of `key`, loaded if it is not known or `isStale`.
    ///
    /// - Throws: What loading throws.
    package func value(for key: String, unless isStale: (Value) -> Bool = { _ in false }) async throws -> Value? {
        let task: Task<Value?, any Error>
        switch entry(key, isStale) {
        case .known(let value): return value
        case .loading(let running): task = running
        }
        let result = await task.result
        let value = (try? result.get()) ?? nil
        entries.withLock { entries in
            // Only the first to come back settles it, and not if somebody has begun to load anew.
            guard case .loading(let current)? = entries[key], current == task else { return }
            entries[key] = value.map { .known($0) }
        }
        return try result.get()
    }

    private func entry(_ key: String, _ isStale: (Value) -> Bool) -> Entry {
        entries.withLock { entries in
            switch entries[key] {
            case .known(let value)? where !isStale(value): return .known(value)
            case .loading(let task)?: return .loading(task)
            default: break
            }
            if entries.count >= capacity { entries.removeAll() }
            let loading = Entry.loading(Task { [load] in try await load(key) })
            entries[key] = loading
            return loading
        }
    }
}
