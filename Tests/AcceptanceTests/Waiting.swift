import Testing

/// Returns as soon as `condition` holds; what it throws counts as no.
///
/// - Throws: ending the test, when it does not in time.
func waitUntil(
    _ what: String,
    within limit: Duration,
    _ condition: () async throws -> Bool
) async throws {
    let deadline = ContinuousClock.now + limit
    while (try? await condition()) != true {
        try #require(ContinuousClock.now < deadline, "not within \(limit): \(what)")
        try await Task.sleep(for: .milliseconds(20))
    }
}
