import Contract
import KafkaClient
import MySQLClient
import Observability
import RedisClient

/// Gauges of what a process has in use, read when `/metrics` is asked for.
enum StoreGauges {
    /// Shows how busy a pool is.
    static func observe(_ mysql: MySQLClient, of service: ServiceName) {
        func gauge(_ name: String, _ help: String, _ value: @escaping @Sendable (MySQLPoolUsage) -> Int) {
            ServiceApplication.registry.observe(name, owner: service.rawValue, help: help) { [weak mysql] in
                mysql.map { [GaugeSample(Double(value($0.usage)))] } ?? []
            }
        }
        gauge("mysql_connections_in_use", "Connections of the MySQL pool on which a statement runs.") { $0.inUse }
        gauge("mysql_pool_size", "The most connections of the MySQL pool that can be in use.") { $0.size }
        gauge("mysql_statements_waiting", "Statements that wait for a connection of the MySQL pool.") { $0.waiting }
        gauge("mysql_sessions_open", "MySQL connections held for a named lock.") { $0.sessions }
    }

    /// Shows how busy a client is.
    static func observe(_ redis: RedisClient, of service: ServiceName) {
        ServiceApplication.registry.observe(
            "redis_commands_in_flight",
            owner: service.rawValue,
            help: "Redis commands that wait to be sent or answered."
        ) { [weak redis] in
            redis.map { [GaugeSample(Double($0.commandsInFlight))] } ?? []
        }
        let limit = Double(redis.configuration.maximumPending)
        ServiceApplication.registry.observe(
            "redis_commands_limit",
            owner: service.rawValue,
            help: "The most Redis commands that may be in flight; past it they are refused."
        ) {
            [GaugeSample(limit)]
        }
    }

    /// Shows how far a consumer is behind.
    static func observe(_ consumer: KafkaConsumer, named name: String) {
        ServiceApplication.registry.observe(
            "consumer_lag_messages",
            owner: name,
            help: "Messages of a partition that the consumer has not committed yet."
        ) { [weak consumer] in
            (consumer?.lag ?? [:]).map { partition, lag in
                GaugeSample(
                    Double(lag),
                    labels: [
                        ("consumer", name), ("topic", partition.topic), ("partition", "\(partition.partition)"),
                    ]
                )
            }
        }
    }
}
