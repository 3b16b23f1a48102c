/// What the connections of a proxy speak; declared when the proxy is made, and followed from the first byte.
package enum ProxiedProtocol: String, Sendable, Codable, CaseIterable {
    case redis, mysql, kafka, http

    /// The follower of one connection.
    func makeDialect() -> any Dialect {
        switch self {
        case .redis: RedisDialect()
        case .mysql: MySQLDialect()
        case .kafka: KafkaDialect()
        case .http: HTTPDialect()
        }
    }
}
