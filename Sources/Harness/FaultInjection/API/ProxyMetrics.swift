/// The proxy's metrics in Prometheus' text format; Toxiproxy's two families, and what toxics did.
enum ProxyMetrics {
    static func render(traffic: [ProxyTraffic], records: [ToxicRecordBody], rules: [RuleBody]) -> String {
        var text = ""
        family(
            &text,
            "toxiproxy_proxy_received_bytes_total",
            "Bytes received from the peer that a direction starts at."
        )
        for proxy in traffic {
            let labels = [("listener", proxy.listen), ("proxy", proxy.name), ("upstream", proxy.upstream)]
            let name = "toxiproxy_proxy_received_bytes_total"
            sample(&text, name, [("direction", "upstream")] + labels, proxy.upstreamBytes)
            sample(&text, name, [("direction", "downstream")] + labels, proxy.downstreamBytes)
        }
        family(&text, "seatstorm_proxy_connections_total", "Connections accepted.")
        for proxy in traffic {
            sample(&text, "seatstorm_proxy_connections_total", [("proxy", proxy.name)], proxy.connections)
        }
        let counters: [(String, String, KeyPath<ToxicCounters, UInt64>)] = [
            ("matched_connections", "Connections that toxics saw.", \.matchedConnections),
            ("matched_chunks", "Chunks that toxics saw.", \.matchedChunks),
            ("matched_bytes", "Bytes that toxics saw.", \.matchedBytes),
            ("applied_connections", "Connections that toxics changed something on.", \.appliedConnections),
            ("applied_chunks", "Chunks that toxics changed.", \.appliedChunks),
            ("applied_bytes", "Bytes in the chunks that toxics changed.", \.appliedBytes),
        ]
        for (name, help, path) in counters {
            let metric = "seatstorm_proxy_toxic_\(name)_total"
            family(&text, metric, help)
            for record in records {
                let labels = [
                    ("id", String(record.id)), ("proxy", record.proxy), ("stream", record.stream.rawValue),
                    ("toxic", record.toxic), ("type", record.type),
                ]
                sample(&text, metric, labels, record.counters[keyPath: path])
            }
        }
        renderRules(&text, traffic, rules)
        return text
    }

    private static func renderRules(_ text: inout String, _ traffic: [ProxyTraffic], _ rules: [RuleBody]) {
        let unfollowed = "seatstorm_proxy_unfollowed_total"
        family(&text, unfollowed, "Connections, or replies, that rules could not look into.")
        for proxy in traffic {
            for (reason, count) in proxy.unfollowed.sorted(by: { $0.key < $1.key }) {
                sample(&text, unfollowed, [("proxy", proxy.name), ("reason", reason)], count)
            }
        }
        let counters: [(String, String, KeyPath<RuleBody, UInt64>)] = [
            ("matched", "Messages that rules meant.", \.matched),
            ("applied", "Messages that rules acted on.", \.applied),
        ]
        for (name, help, path) in counters {
            let metric = "seatstorm_proxy_rule_\(name)_total"
            family(&text, metric, help)
            for rule in rules {
                let labels = [("id", String(rule.id)), ("proxy", rule.proxy), ("rule", rule.name), ("act", rule.act)]
                sample(&text, metric, labels, rule[keyPath: path])
            }
        }
    }

    private static func family(_ text: inout String, _ name: String, _ help: String) {
        text += "# HELP \(name) \(help)\n# TYPE \(name) counter\n"
    }

    private static func sample(_ text: inout String, _ name: String, _ labels: [(String, String)], _ value: UInt64) {
        let rendered = labels.map { "\($0)=\"\(escape($1))\"" }.joined(separator: ",")
        text += "\(name){\(rendered)} \(value)\n"
    }

    private static func escape(_ value: String) -> String {
        var escaped = ""
        for character in value.unicodeScalars {
            switch character {
            case "\\": escaped += "\\\\"
            case "\"": escaped += "\\\""
            case "\n": escaped += "\\n"
            default: escaped.unicodeScalars.append(character)
            }
        }
        return escaped
    }
}
