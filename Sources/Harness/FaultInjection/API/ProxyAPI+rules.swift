import Hummingbird

/// Rules and outages, under `/chaos/v1`.
///
/// | call | status |
/// |---|---|
/// | `GET /chaos/v1/rules` | 200: a list of ``RuleBody``, of rules and outages that are over too |
/// | `GET/POST /chaos/v1/proxies/{p}/rules` | 200/200: the rules in force; ``RuleInput`` → ``RuleBody`` |
/// | `GET/DELETE /chaos/v1/proxies/{p}/rules/{name}` | 200/204 |
/// | `POST/DELETE /chaos/v1/proxies/{p}/down` | 200/204: `{name, leaseSeconds}` → ``RuleBody``; whoever made it |
/// | `DELETE /chaos/v1/proxies/{p}/down/{name}` | 204: only the one of that name |
///
/// What there is not is a 404, what there is already a 409, and a bad body a 400 that names the field.
extension ProxyAPI {
    func answerRules(_ route: ProxyRoute, _ request: Request) async throws -> Response {
        switch (route, request.method) {
        case (.rules(let proxy), .get):
            return json(try await relay.perform { table in try table.proxy(proxy).rules.map { table.body($0) } })
        case (.rules(let proxy), _):
            let input = try RuleInput(try await body(request))
            return json(try await relay.perform { try $0.addRule(proxy, input) })
        case (.rule(let proxy, let name), .get):
            return json(try await relay.perform { $0.body(try $0.rule(proxy, name)) })
        case (.rule(let proxy, let name), _):
            try await relay.perform { try $0.removeRule(proxy, name) }
            return Response(status: .noContent)
        default:
            throw ProxyError(.notFound, "no such path: \(request.uri.path)")
        }
    }

    func answerOutages(_ route: ProxyRoute, _ request: Request) async throws -> Response {
        switch (route, request.method) {
        case (.down(let proxy), .post):
            let input = try OutageInput(try await body(request))
            return json(try await relay.perform { try $0.takeDown(proxy, input) })
        case (.down(let proxy), _):
            try await relay.perform { try $0.endOutage(proxy, nil) }
            return Response(status: .noContent)
        case (.outage(let proxy, let name), _):
            try await relay.perform { try $0.endOutage(proxy, name) }
            return Response(status: .noContent)
        default:
            throw ProxyError(.notFound, "no such path: \(request.uri.path)")
        }
    }
}
