/// The requests of Kafka's protocol.
///
/// https://kafka.apache.org/protocol#protocol_api_keys
enum KafkaAPI {
    static let produce: Int16 = 0
    static let fetch: Int16 = 1
    static let metadata: Int16 = 3
    static let findCoordinator: Int16 = 10
    static let saslHandshake: Int16 = 17
    static let describeCluster: Int16 = 60

    static let keys: [String: Int16] = [
        "Produce": produce, "Fetch": fetch, "ListOffsets": 2, "Metadata": metadata, "OffsetCommit": 8,
        "OffsetFetch": 9, "FindCoordinator": findCoordinator, "JoinGroup": 11, "Heartbeat": 12, "LeaveGroup": 13,
        "SyncGroup": 14, "DescribeGroups": 15, "ListGroups": 16, "SaslHandshake": saslHandshake, "ApiVersions": 18,
        "CreateTopics": 19, "DeleteTopics": 20, "DeleteRecords": 21, "InitProducerId": 22, "OffsetForLeaderEpoch": 23,
        "AddPartitionsToTxn": 24, "AddOffsetsToTxn": 25, "EndTxn": 26, "TxnOffsetCommit": 28, "DescribeConfigs": 32,
        "AlterConfigs": 33, "SaslAuthenticate": 36, "CreatePartitions": 37, "DeleteGroups": 42,
        "DescribeCluster": describeCluster,
    ]

    /// The first version whose header and texts are of the flexible kind, of the requests that are looked into.
    static let firstFlexible: [Int16: Int16] = [
        produce: 9, fetch: 12, metadata: 9, findCoordinator: 3, describeCluster: 0,
    ]

    static func name(_ key: Int16) -> String {
        keys.first { $0.value == key }?.key ?? "API \(key)"
    }

    static func read(_ fields: JSONFields, _ name: String) throws(ProxyError) -> Int16? {
        guard let given = try fields.string(name) else { return nil }
        guard let key = keys.first(where: { $0.key.lowercased() == given.lowercased() })?.value else {
            let names = keys.sorted { $0.value < $1.value }.map(\.key).joined(separator: ", ")
            throw ProxyError.badBody("\(fields.path)\(name): \"\(given.prefix(100))\" is not one of \(names)")
        }
        return key
    }
}
