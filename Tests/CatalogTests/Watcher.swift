import AsyncHTTPClient
import Contract
import Foundation
import NIOCore
import NIOHTTP1
import ServiceKit
import TicketingTestKit

/// One event of a stream, as it was sent.
struct StreamEvent: Sendable {
    var name: String?
    var id: String?
    var data = ""
}

/// Reads a stream of seats.
final class Watcher {
    struct Ended: Error {}

    /// The shared client opens eight connections to a host, and each watcher keeps one.
    private static let client = {
        var configuration = HTTPClient.Configuration()
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = 64
        return HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }()

    private var chunks: HTTPClientResponse.Body.AsyncIterator
    private var text = ""

    private init(_ body: HTTPClientResponse.Body) { chunks = body.makeAsyncIterator() }

    static func watch<T>(
        _ service: RunningService,
        _ event: String,
        lastEventID: String? = nil,
        _ body: (Watcher) async throws -> T
    ) async throws -> T {
        var request = HTTPClientRequest(url: "\(service.url)/api/events/\(event)/seats/stream")
        if let lastEventID { request.headers.add(name: "Last-Event-ID", value: lastEventID) }
        let response = try await client.execute(request, timeout: .seconds(30))
        guard response.status == .ok, response.headers.first(name: "Content-Type") == "text/event-stream" else {
            throw Ended()
        }
        return try await body(Watcher(response.body))
    }

    /// The next event; comments are passed over.
    func next() async throws -> StreamEvent {
        while true {
            if let end = text.range(of: "\n\n") {
                let block = text[..<end.lowerBound]
                text.removeSubrange(..<end.upperBound)
                let event = Self.parse(block)
                if event.name != nil { return event }
                continue
            }
            guard let chunk = try await chunks.next() else { throw Ended() }
            text += String(decoding: chunk.readableBytesView, as: UTF8.self)
        }
    }

    /// The next event, which must be an update.
    func nextUpdate() async throws -> SeatUpdateBody {
        let event = try await next()
        guard event.name == "SEAT_UPDATE", event.id != nil else { throw Ended() }
        return try JSONCoding.decoder.decode(SeatUpdateBody.self, from: Data(event.data.utf8))
    }

    /// All that is left until the stream ends.
    func rest() async throws -> String {
        while let chunk = try await chunks.next() { text += String(decoding: chunk.readableBytesView, as: UTF8.self) }
        return text
    }

    private static func parse(_ block: Substring) -> StreamEvent {
        var event = StreamEvent()
        for line in block.split(separator: "\n") {
            if line.hasPrefix("event: ") { event.name = String(line.dropFirst(7)) }
            if line.hasPrefix("id: ") { event.id = String(line.dropFirst(4)) }
            if line.hasPrefix("data: ") { event.data += line.dropFirst(6) }
        }
        return event
    }
}
