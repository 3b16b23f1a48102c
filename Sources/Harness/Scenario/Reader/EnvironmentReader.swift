/// Reads `environment:`, the one section that takes `${NAME}` from the process' environment.
struct EnvironmentReader {
    let environment: [String: String]

    func read(_ reader: NodeReader?) -> TargetEnvironment? {
        guard let reader, let fields = reader.mapping("the environment: { gateway: https://… }") else { return nil }
        let target = TargetEnvironment(
            gateway: gateway(fields.required("gateway")) ?? "",
            redis: fields.optional("redis").flatMap { text($0, "a URL: redis://host:6379") },
            mysql: fields.optional("mysql").flatMap { text($0, "a URL: mysql://user:password@host:3306/database") },
            kafka: fields.optional("kafka").flatMap { text($0, "brokers: host:9092") },
            authentication: fields.optional("auth").flatMap(authentication),
            proxy: fields.optional("proxy").flatMap { text($0, "the fault proxy's URL: http://host:8474") },
            commands: commands(fields.optional("commands"))
        )
        fields.finish()
        return target
    }

    private func text(_ reader: NodeReader, _ expected: String) -> String? {
        guard let text = reader.string(expected) else { return nil }
        do {
            let expanded = try EnvironmentReference.expand(text, environment)
            if expanded.isEmpty { reader.error("expected \(expected), found an empty text") }
            return expanded
        } catch {
            reader.context.add(reader.position(of: error.offset), reader.path, error.message)
            return nil
        }
    }

    private func gateway(_ reader: NodeReader?) -> String? {
        guard let reader, let url = text(reader, "the gateway's URL: https://host") else { return nil }
        let host = ["http://", "https://"].first { url.hasPrefix($0) }.map { url.dropFirst($0.count) }
        guard let host, let first = host.first, first != "/", !url.contains(where: \.isWhitespace) else {
            reader.error("expected the gateway's URL, http://… or https://…, found \"\(url)\"")
            return nil
        }
        return url.hasSuffix("/") ? String(url.dropLast()) : url
    }

    private func authentication(_ reader: NodeReader) -> TargetEnvironment.Authentication? {
        if reader.text == "off" { return .off }
        guard let fields = reader.mapping("{ secretFile: PATH } or off") else { return nil }
        let path = fields.required("secretFile").flatMap { text($0, "the path of a file") }
        fields.finish()
        return path.map { .secretFile($0) }
    }

    private func commands(_ reader: NodeReader?) -> [String: String] {
        guard let reader, let fields = reader.mapping("commands by what they do") else { return [:] }
        var commands: [String: String] = [:]
        for key in ["kill", "restart", "freeze", "resume"] {
            guard let value = fields.optional(key) else { continue }
            commands[key] = text(value, "a shell command, with ${process} in it")
        }
        fields.finish()
        return commands
    }
}
