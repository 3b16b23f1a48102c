extension ErrorCode {
    static func read(_ fields: JSONFields, _ name: String) throws(ProxyError) -> ErrorCode {
        switch fields.value(name) {
        case .integer(let number): return .number(Int(number))
        case .string(let text): return .text(text)
        case let value: throw fields.mismatch(name, "a number or a text", value ?? .null)
        }
    }

    /// - Throws: ``ProxyError`` (400) if the protocol has no such error.
    func check(_ spoken: ProxiedProtocol) throws(ProxyError) {
        switch (spoken, self) {
        case (.redis, .text(let text)):
            let isLine = text.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F }
            guard isLine, (1...1_024).contains(text.utf8.count) else {
                throw ProxyError.badBody("act.error: expected one line of 1…1024 bytes, such as \"BUSY try later\"")
            }
        case (.redis, .number):
            throw ProxyError.badBody("act.error: Redis' errors are texts, such as \"BUSY try later\"")
        case (.mysql, .number(let number)) where (1_000...65_535).contains(number): break
        case (.mysql, _):
            throw ProxyError.badBody("act.error: \(self) is not in 1000…65535, the numbers of MySQL's errors")
        case (.http, .number(let number)) where (400...599).contains(number): break
        case (.http, _):
            throw ProxyError.badBody("act.error: \(self) is not in 400…599, the statuses that refuse")
        case (.kafka, _):
            throw ProxyError.badBody(
                "act: error is not for kafka, whose errors stand deep in each reply; use the broker's control port"
            )
        }
    }
}
