import CRDKafka

/// Reads librdkafka's list of partitions.
func partitions(
    of list: UnsafePointer<rd_kafka_topic_partition_list_t>
) -> [(partition: KafkaPartition, offset: Int64, code: rd_kafka_resp_err_t)] {
    UnsafeBufferPointer(start: list.pointee.elems, count: Int(list.pointee.cnt)).map { element in
        (
            KafkaPartition(
                topic: element.topic.map { String(cString: $0) } ?? "",
                partition: element.partition
            ),
            element.offset,
            element.err
        )
    }
}

/// Makes librdkafka's list for the time of `body`.
func withPartitionList<T>(
    _ entries: [(partition: KafkaPartition, offset: Int64)],
    _ body: (UnsafeMutablePointer<rd_kafka_topic_partition_list_t>?) -> T
) -> T {
    let list = rd_kafka_topic_partition_list_new(Int32(max(1, entries.count)))
    defer { rd_kafka_topic_partition_list_destroy(list) }
    for entry in entries {
        let added = rd_kafka_topic_partition_list_add(list, entry.partition.topic, entry.partition.partition)
        added?.pointee.offset = entry.offset
    }
    return body(list)
}
