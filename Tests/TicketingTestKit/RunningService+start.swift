import ServiceKit

extension RunningService {
    /// Starts what `make` makes; it runs until the process ends.
    package static func start(
        _ make: @escaping @Sendable (@escaping @Sendable (Int) async -> Void) throws -> ServiceApplication
    ) async throws -> RunningService {
        let (started, continuation) = AsyncStream.makeStream(of: RunningService.self)
        let running = Task {
            defer { continuation.finish() }
            try await with(make) { service in
                continuation.yield(service)
                try await Task.sleep(for: .seconds(86_400))
            }
        }
        for await service in started { return service }
        try await running.value
        throw RunningServiceError(description: "the service ended before it listened")
    }
}
