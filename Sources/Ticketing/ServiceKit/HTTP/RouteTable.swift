import HTTPTypes
import Hummingbird

/// Which methods a path answers to, so that a wrong method is told apart from a path that is not there.
struct RouteTable: Sendable {
    private struct Route: Sendable {
        let segments: [String]
        let method: HTTPRequest.Method
    }

    private let routes: [Route]

    init(_ router: Router<ServiceContext>) {
        routes = router.routes.map { route in
            Route(segments: Self.segments(route.path.description), method: route.method)
        }
    }

    /// The methods of `path`, sorted; empty when there is no such path.
    func methods(of path: String) -> [String] {
        let segments = Self.segments(path)
        let matching = routes.filter { route in
            route.segments.count == segments.count
                && zip(route.segments, segments).allSatisfy { $0.hasPrefix("{") || $0.hasPrefix(":") || $0 == $1 }
        }
        return Set(matching.map(\.method.rawValue)).sorted()
    }

    private static func segments(_ path: String) -> [String] {
        path.split(separator: "/").map(String.init)
    }
}
