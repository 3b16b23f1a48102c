import Contract
import HTTPTypes
import Hummingbird
import ServiceKit

/// What anybody may read.
struct CatalogRoutes: Sendable {
    let events: EventStore
    let maps: SeatMapReader

    func add(to router: Router<ServiceContext>) {
        router.get("api/events", use: list)
        router.get("api/events/{eventId}", use: event)
        router.get("api/events/{eventId}/seats", use: seats)
    }

    @Sendable
    private func list(_ request: Request, _ context: ServiceContext) async throws -> Response {
        do {
            return try jsonResponse(.ok, try await events.list())
        } catch {
            throw ServiceError.upstream("MySQL", error)
        }
    }

    @Sendable
    private func event(_ request: Request, _ context: ServiceContext) async throws -> Response {
        let id = try context.pathParameter("eventId")
        let event: EventBody?
        do {
            event = try await events.event(id)
        } catch {
            throw ServiceError.upstream("MySQL", error)
        }
        guard let event else { throw ServiceError(.notFound, "there is no such event") }
        return try jsonResponse(.ok, event)
    }

    @Sendable
    private func seats(_ request: Request, _ context: ServiceContext) async throws -> Response {
        let map = try await maps.map(of: try context.pathParameter("eventId"))
        let tag = "\"\(map.tag)\""
        let headers: HTTPFields = [.eTag: tag, .cacheControl: "no-cache"]
        if let known = request.headers[.ifNoneMatch], Self.matches(known, tag) {
            return Response(status: .notModified, headers: headers)
        }
        return jsonResponse(.ok, bytes: map.body, headers: headers)
    }

    /// RFC 9110, section 13.1.2: a list of tags, compared weakly, or any.
    static func matches(_ header: String, _ tag: String) -> Bool {
        header.split(separator: ",").contains { part in
            var candidate = part.drop(while: \.isWhitespace)
            while candidate.last?.isWhitespace == true { candidate.removeLast() }
            if candidate.hasPrefix("W/") { candidate = candidate.dropFirst(2) }
            return candidate == "*" || candidate == tag
        }
    }
}
