import HTTPTypes
import Hummingbird

/// Which methods a path answers to, so that a wrong method is told apart from a path that is not there.
package struct RouteTable: Sendable {
    private struct Route: Sendable {
        let segments: [String]
        let method: HTTPRequest.Method

        func answers(to path: [String]) -> Bool {
            segments.count == path.count && zip(segments, path).allSatisfy { RouteTable.isParameter($0) || $0 == $1 }
        }

        var parameterCount: Int { segments.count(where: RouteTable.isParameter) }
    }

    private let routes: [Route]

    init(_ router: Router<ServiceContext>) {
        routes = router.routes.map { route in
            Route(segments: Self.segments(route.path.description), method: route.method)
        }
    }

    /// Every route as `GET /api/events/{eventId}`, sorted.
    package var names: [String] {
        routes.map { "\($0.method.rawValue) /\($0.segments.joined(separator: "/"))" }.sorted()
    }

    /// The methods of `path`, sorted; empty when there is no such path.
    ///
    /// As in the router, a path that is spelled out hides one with parameters.
    package func methods(of path: String) -> [String] {
        let segments = Self.segments(path)
        let matching = routes.filter { $0.answers(to: segments) }
        let fewest = matching.map(\.parameterCount).min()
        return Set(matching.filter { $0.parameterCount == fewest }.map(\.method.rawValue)).sorted()
    }

    private static func isParameter(_ segment: String) -> Bool { segment.hasPrefix("{") || segment.hasPrefix(":") }

    private static func segments(_ path: String) -> [String] {
        path.split(separator: "/").map(String.init)
    }
}
