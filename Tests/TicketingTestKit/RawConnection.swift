import NIOCore
import NIOPosix

/// A TCP connection on which a test says what it likes, at its own pace.
package enum RawConnection {
    /// Connects to a port of this machine, and closes at the end of `body`.
    package static func with<T: Sendable>(
        port: Int,
        _ body: (inout Conversation) async throws -> T
    ) async throws -> T {
        let channel = try await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .connect(host: "127.0.0.1", port: port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel)
                }
            }
        return try await channel.executeThenClose { inbound, outbound in
            var conversation = Conversation(inbound: inbound.makeAsyncIterator(), outbound: outbound)
            return try await body(&conversation)
        }
    }

    /// What is said and heard.
    package struct Conversation {
        var inbound: NIOAsyncChannelInboundStream<ByteBuffer>.AsyncIterator
        let outbound: NIOAsyncChannelOutboundWriter<ByteBuffer>

        package func say(_ text: String) async throws { try await outbound.write(ByteBuffer(string: text)) }

        /// Everything until the other side ends the connection.
        package mutating func hearAll() async throws -> String {
            var text = ""
            while let bytes = try await inbound.next() { text += String(buffer: bytes) }
            return text
        }

        /// Everything until `end` has been heard, or the connection ends.
        package mutating func hear(until end: String) async throws -> String {
            var text = ""
            while !text.contains(end), let bytes = try await inbound.next() { text += String(buffer: bytes) }
            return text
        }
    }
}
