import Contract
import HTTPTypes
import Hummingbird
import NIOCore
import RedisClient
import ServiceKit
import ServiceLifecycle

/// `GET /api/events/{id}/seats/stream`.
struct SeatStreamRoute: Sendable {
    let hub: FeedHub
    let maps: SeatMapReader
    let redis: RedisClient

    @Sendable
    func stream(_ request: Request, _ context: ServiceContext) async throws -> Response {
        let event = try context.pathParameter("eventId")
        // Asked before the first byte, so that what is not there is a 404 and not an empty stream.
        _ = try await maps.map(of: event)
        let resumeAfter = HTTPField.Name("Last-Event-ID").flatMap { request.headers[$0] }.flatMap(StreamPosition.init)
        return Response(
            status: .ok,
            headers: [.contentType: "text/event-stream", .cacheControl: "no-cache"],
            body: ResponseBody { writer in
                // The server waits for this writer when it stops, so both ends of the stream's life must reach it.
                try await hub.withSubscription(to: event) { subscription in
                    try await withGracefulShutdownHandler {
                        try await request.body.consumeWithInboundCloseHandler { _ in
                            try await follow(event, after: resumeAfter, subscription, &writer)
                        } onInboundClosed: {
                            subscription.continuation.finish()
                        }
                    } onGracefulShutdown: {
                        subscription.close()
                    }
                }
                try await writer.finish(nil)
            }
        )
    }

    private func follow(
        _ event: String,
        after resumeAfter: StreamPosition?,
        _ subscription: FeedSubscription,
        _ writer: inout any ResponseBodyWriter
    ) async throws {
        var position: StreamPosition
        if let resumeAfter, let resumed = try await resume(event, after: resumeAfter, &writer) {
            position = resumed
        } else {
            position = try await initialize(event, &writer)
        }
        for await item in subscription.items {
            switch item {
            case .changes(let changes): position = try await tell(changes, of: event, after: position, &writer)
            case .heartbeat: try await writer.write(ServerSentEvent.comment("heartbeat"))
            case .closing:
                try await writer.write(ServerSentEvent.comment("closing"))
                return
            }
        }
        // Too slow, or gone; the former may resume.
        try? await writer.write(ServerSentEvent.comment("dropped"))
    }

    /// Sends what the watcher does not have yet.
    ///
    /// - Returns: Up to where it has everything now.
    private func tell(
        _ changes: SeatLogBatch,
        of event: String,
        after position: StreamPosition,
        _ writer: inout any ResponseBodyWriter
    ) async throws -> StreamPosition {
        if let frames = changes.frames(after: position) {
            try await writer.write(frames)
            return changes.entries[changes.entries.count - 1].position
        }
        var position = position
        // The map, or the missed entries, had some already.
        for entry in changes.entries where entry.position > position {
            if entry.isReset {
                position = try await initialize(event, &writer)
            } else {
                try await writer.write(entry.frame)
                position = entry.position
            }
        }
        return position
    }

    /// Sends everything, as of now.
    private func initialize(_ event: String, _ writer: inout any ResponseBodyWriter) async throws -> StreamPosition {
        let map = try await maps.map(of: event)
        try await writer.write(map.initFrame)
        return map.position
    }

    /// Sends exactly what was missed.
    ///
    /// - Returns: The last position sent, or nothing when what was missed is not all there any more.
    private func resume(
        _ event: String,
        after position: StreamPosition,
        _ writer: inout any ResponseBodyWriter
    ) async throws -> StreamPosition? {
        let log = SeatLog(event: event)
        var position = position
        while let missed = try await log.entries(after: position, redis) {
            for entry in missed {
                if entry.isReset { return nil }
                try await writer.write(entry.frame)
                position = entry.position
            }
            if missed.count < Int(SeatLog.page) { return position }
        }
        return nil
    }
}
