import Environment
import Logging
import Reporting
import Verification

/// What is recorded of a run from its start, in files of its folder: the seats' log in Redis, the messages in Kafka, the spans.
struct RunRecording: Sendable {
    /// The clients' history, which the load engine writes.
    static let history = "history.jsonl"

    /// Where the evidence is when the run is over.
    let sources: Verification.Sources

    /// Ends what follows the stores, of a run that is not judged.
    func abandon() async {
        _ = try? await sources.seatLog?.finish()
        await sources.messages?.abandon()
    }

    /// Begins to record.
    ///
    /// - Throws: when a file cannot be made, or an address is none.
    static func begin(
        of events: Set<String>,
        on target: TargetSuite,
        in folder: ReportFolder,
        withFaults: Bool,
        _ logger: Logger
    ) async throws -> RunRecording {
        let addresses = target.addresses
        let seatLog = try addresses.redis.map { url in
            try SeatLogTail(
                redisURL: url,
                events: events,
                path: folder.path + "/" + SeatLogTail.fileName,
                logger: logger
            )
        }
        await seatLog?.start()
        let messages = try addresses.kafka.map { brokers in
            try MessageTail(brokers: brokers, path: folder.path + "/" + MessageTail.fileName)
        }
        var recovery: RecoveryWatch?
        if withFaults, let redis = addresses.redis, let mysql = addresses.mysql {
            recovery = await RecoveryWatch(redisURL: redis, mysqlURL: mysql, events: events, logger: logger) {
                await target.leftovers()
            }
        }
        return RunRecording(
            sources: Verification.Sources(
                redisURL: addresses.redis,
                mysqlURL: addresses.mysql,
                seatLog: seatLog,
                messages: messages,
                history: folder.path + "/" + history,
                spans: try target.recordSpans(in: folder.path),
                recovery: recovery,
                replays: target.isOurs
            )
        )
    }
}
