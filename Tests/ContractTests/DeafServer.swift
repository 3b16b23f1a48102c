import NIOCore
import NIOPosix

/// A server that takes connections and never says a word.
enum DeafServer {
    /// Listens for as long as `body` takes.
    static func with<T>(_ body: (_ port: Int) async throws -> T) async throws -> T {
        let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.backlog, value: 256)
            .childChannelOption(.autoRead, value: false)
            .bind(host: "127.0.0.1", port: 0).get()
        let outcome: Result<T, any Error>
        do {
            outcome = .success(try await body(channel.localAddress?.port ?? 0))
        } catch {
            outcome = .failure(error)
        }
        try await channel.close()
        return try outcome.get()
    }
}
